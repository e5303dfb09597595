#include "est_courier.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <limits>

#include "curl_session.h"
#include "pem.h"

namespace edgekeep::cli::device {
namespace {

// A server that names no time is asked again after this one, and none more often.
constexpr std::uint64_t kLeastPause = 1, kUsualPause = 10;

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

std::string BaseOf(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url.find("/.well-known/") == url.npos ? url + "/.well-known/est" : url;
}

}  // namespace

struct EstCourier::Parts {
  CurlSession session;
  std::string base;
  std::uint64_t patience = 0;
  std::optional<TlsIdentity> identity;
  bool shows_identity = false;

  // With wolfSSL or mbedTLS libcurl would call back as well, and hand over something else than an SSL_CTX.
  bool HasOpenSsl() const {
    curl_tlssessioninfo* tls = nullptr;
    return session.curl().info(session.easy(), CURLINFO_TLS_SSL_PTR, &tls) == CURLE_OK && tls != nullptr &&
           tls->backend == CURLSSLBACKEND_OPENSSL;
  }

  // libcurl calls back before each session, one with a proxy of the environment too, whom other authorities vouch for:
  // at TLS 1.2 it is shown nothing, whatever names it has.
  void OfferIdentity(std::optional<TlsIdentity> given) {
    if (!given || !HasOpenSsl()) return;
    identity = std::move(given);
    identity->host = HostIn(base);
    constexpr long kTls12 = CURL_SSLVERSION_TLSv1_2, kAtMostTls12 = kTls12 << 16;
    const auto set = session.curl().set;
    CURL* const easy = session.easy();
    shows_identity = set(easy, CURLOPT_PROXY_SSLVERSION, kTls12 | kAtMostTls12) == CURLE_OK &&
                     set(easy, CURLOPT_SSL_CTX_DATA, this) == CURLE_OK &&
                     set(easy, CURLOPT_SSL_CTX_FUNCTION, &ShowIdentity) == CURLE_OK;
  }

  static CURLcode ShowIdentity(CURL*, void* ssl_context, void* pointer) {
    return OfferTlsIdentity(ssl_context, *static_cast<Parts*>(pointer)->identity) ? CURLE_OK : CURLE_SSL_CERTPROBLEM;
  }

  Outcome<HttpAnswer> Perform(const std::string& url) {
    Outcome<HttpAnswer> answer = session.Perform(url);
    if (!answer && identity && identity->refused) return *identity->refused;
    return answer;
  }

  Outcome<Der> Body(const HttpAnswer& answer, const std::string& url, const std::string& type) const {
    const std::string what = "the owner's server said no certificates";
    if (answer.status != 200) {
      return CourierFailure(ErrorCode::kForbidden,
                            "the owner's server refused, status " + std::to_string(answer.status), url,
                            "ask who runs it");
    }
    if (!answer.type.starts_with(type))
      return CourierFailure(ErrorCode::kMalformed, what, url, "it is no EST server's");
    Result<Der> der = ReadArmoured(AsBytes(answer.body));
    if (der) return *std::move(der);
    return CourierFailure(ErrorCode::kMalformed, what, url, "it is no EST server's");
  }
};

EstCourier::EstCourier(std::unique_ptr<Parts> parts) noexcept : parts_(std::move(parts)) {}

EstCourier::EstCourier(EstCourier&&) noexcept = default;
EstCourier::~EstCourier() = default;

bool EstCourier::shows_identity() const {
  return parts_->shows_identity;
}

Outcome<EstCourier> EstCourier::Open(const EstServer& server, std::optional<TlsIdentity> identity) {
  if (!server.url.starts_with("https://")) {
    return CourierFailure(ErrorCode::kBadArgument, "no owner's server", server.url, "say https://HOST");
  }
  EK_TRY_ASSIGN(CurlSession session, CurlSession::Open({.whose = "the owner's server",
                                                        .protocols = "https",
                                                        .ca = server.tls_ca,
                                                        .stranger = "name its authority by --ca or --tls-ca"}));
  auto parts = std::unique_ptr<Parts>(
      new Parts{.session = std::move(session), .base = BaseOf(server.url), .patience = server.patience});
  parts->OfferIdentity(std::move(identity));
  return EstCourier(std::move(parts));
}

Outcome<Der> EstCourier::Fetch(const std::string& what) {
  const std::string url = parts_->base + "/" + what;
  parts_->session.Get();
  EK_TRY_ASSIGN(const HttpAnswer answer, parts_->Perform(url));
  // RFC 7030 §4.5.2: there are none, in three ways.
  if (answer.status == 204 || answer.status == 404 || answer.status == 501) return Der();
  if (answer.status == 200 && answer.body.empty()) return Der();
  return parts_->Body(answer, url, what == "csrattrs" ? "application/csrattrs" : "application/pkcs7-mime");
}

Outcome<Der> EstCourier::Enrol(const std::string& operation, const Der& request) {
  const std::string url = parts_->base + "/" + operation, body = Armour("", request);
  parts_->session.Post(body, {"Content-Type: application/pkcs10", "Content-Transfer-Encoding: base64"});
  for (const auto begin = Clock::now();;) {
    EK_TRY_ASSIGN(const HttpAnswer answer, parts_->Perform(url));
    if (answer.status != 202) return parts_->Body(answer, url, "application/pkcs7-mime");
    const std::uint64_t pause = std::max(kLeastPause, answer.retry_after == 0 ? kUsualPause : answer.retry_after);
    // What the server takes to say so counts as well.
    if (SecondsSince(begin) + static_cast<double>(pause) > static_cast<double>(parts_->patience)) {
      return CourierFailure(ErrorCode::kBusy, "the owner's server takes its time", url,
                            "ask again in " + std::to_string(pause) + " seconds");
    }
    ::sleep(static_cast<unsigned>(pause));
  }
}

}  // namespace edgekeep::cli::device
