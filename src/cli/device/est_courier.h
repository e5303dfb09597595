// EstCourier: HTTPS to an EST server (RFC 7030), bounded in bytes and in time. It believes nothing: what comes back is
// the keep's to judge.
#pragma once
#include <memory>
#include <string>

#include "tls_identity.h"

namespace edgekeep::cli::device {

struct EstServer {
  std::string url;             // https://HOST[:PORT], or with /.well-known/est/LABEL
  std::string tls_ca;          // file: who may have issued the server's certificate
  std::uint64_t patience = 0;  // seconds in which a server may have itself asked again (Retry-After)
};

class EstCourier {
 public:
  // Fails for any other scheme than https, and where libcurl is not installed. A server that asks for a certificate is
  // shown `identity`; one that speaks no TLS 1.3, or no `identity`, nothing.
  static Outcome<EstCourier> Open(const EstServer& server, std::optional<TlsIdentity> identity);
  EstCourier(EstCourier&&) noexcept;
  ~EstCourier();

  // Nothing where the server has none.
  Outcome<Der> Fetch(const std::string& what);
  // `operation`: simpleenroll or simplereenroll. A server that takes its time is asked again, or kBusy: the last time
  // within `patience` from the first one.
  Outcome<Der> Enrol(const std::string& operation, const Der& request);
  // False without an identity, and where this libcurl has another TLS library than OpenSSL.
  bool shows_identity() const;

 private:
  struct Parts;

  explicit EstCourier(std::unique_ptr<Parts> parts) noexcept;

  std::unique_ptr<Parts> parts_;
};

}  // namespace edgekeep::cli::device
