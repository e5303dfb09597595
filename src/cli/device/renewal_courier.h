// RenewalCourier: takes a device's request to a licence server and brings back what it answers (spec/renewal.md). It
// believes nothing: the keep made the request and judges the answer.
#pragma once
#include <string>
#include <vector>

#include "curl_session.h"

namespace edgekeep::cli::device {

struct RenewalServer {
  std::string url;     // https://HOST[:PORT][/PATH], or http:// to an address of this machine (127.0.0.0/8, [::1])
  std::string ca;      // file: who may have issued the server's certificate; empty: whom the machine believes
  long patience = 60;  // seconds for each answer
};

struct RenewalReply {
  Outcome<std::string> licence;
  std::uint64_t retry_after = 0;  // seconds that the server said; 0 where it said nothing
  bool is_from_server = false;    // it is there, and said something
};

class RenewalCourier {
 public:
  // Fails with kBadArgument for any other URL, kNotFound without libcurl.
  static Outcome<RenewalCourier> Open(const RenewalServer& server);

  RenewalReply Ask(const std::string& request);

 private:
  RenewalCourier(CurlSession session, std::string url) : session_(std::move(session)), url_(std::move(url)) {}

  CurlSession session_;
  std::string url_;
};

}  // namespace edgekeep::cli::device
