// RenewalService: leases renewed over HTTP (spec/renewal.md).
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "edgekeep/author/renewal_desk.h"
#include "edgekeep/http/server.h"
#include "session.h"

namespace edgekeep::cli::publisher {

inline constexpr const char* kRenewalPath = "/renew-licence";

// Takes whom the publisher's own list takes, where it demands identities, by IDENTITIES/DEVICE.eki; otherwise
// everybody. What is demanded is looked at each time. Borrows the session.
author::DeviceCheck ListedAmong(const Session& session, std::string identities);

// What whoever runs the server reads: a line for each licence that was renewed, and one for each other thing that came
// of it, each once an hour: who sends a device's requests again and again, one or several in turn, fills no disk.
class RenewalLog {
 public:
  // Nothing where it was said, or where more is said than anybody reads.
  std::optional<std::string> LineFor(const author::RenewalAnswer& answer, UnixTime now);

 private:
  static constexpr std::uint64_t kAgainSeconds = 3600, kSweepSeconds = 60;
  static constexpr std::size_t kMost = 16384;
  using Said = std::pair<formats::LicenceId, std::string>;

  bool IsNews(const Said& what, UnixTime now);
  void Forget(const formats::LicenceId& id);

  std::map<Said, UnixTime> said_;
  UnixTime swept_;  // of what was said longer ago than that
};

class RenewalService {
 public:
  // Asks for the passphrase and opens the licensor's keys; from here on this process leaves no core. `identities`: a
  // directory with DEVICE.eki for each device, where the publisher demands them; empty for none. Borrows the session.
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
  RenewalLog log_;
};

}  // namespace edgekeep::cli::publisher
