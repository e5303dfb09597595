// RenewalService: leases renewed over HTTP (spec/renewal.md).
#pragma once
#include <memory>
#include <string>

#include "edgekeep/author/renewal_desk.h"
#include "edgekeep/http/server.h"
#include "session.h"

namespace edgekeep::cli::publisher {

inline constexpr const char* kRenewalPath = "/renew-licence";

class RenewalService {
 public:
  // Asks for the passphrase and opens the licensor's keys. `identities`: a directory with DEVICE.eki for each device,
  // where the publisher demands them; empty for none. Borrows the session.
  static author::Outcome<std::unique_ptr<RenewalService>> Open(const Session& session, std::string identities);

  // What strangers are told names the failure and no file, key or advice. Whoever runs the server reads more: a line
  // for each request that a device signed.
  http::Answer Answer(const http::Request& request);

 private:
  RenewalService(const Session& session, author::Publisher publisher, SecretBytes passphrase)
      : session_(session), publisher_(std::move(publisher)), passphrase_(std::move(passphrase)) {}

  http::Answer Take(const std::string& body);

  const Session& session_;
  author::Publisher publisher_;
  SecretBytes passphrase_;
  std::unique_ptr<author::RenewalDesk> desk_;
};

}  // namespace edgekeep::cli::publisher
