#include "est_courier.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <limits>

#include "curl_library.h"
#include "pem.h"

namespace edgekeep::cli::device {
namespace {

constexpr std::size_t kMaxAnswer = 65536;
constexpr long kConnectSeconds = 15, kAnswerSeconds = 60;
// A server that names no time is asked again after this one, and none more often.
constexpr std::uint64_t kLeastPause = 1, kUsualPause = 10;

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

struct Answer {
  std::string body, type;
  bool is_too_large = false;
  long status = 0;
  std::uint64_t retry_after = 0;
};

std::size_t TakeBody(char* data, std::size_t, std::size_t size, void* pointer) {
  auto& answer = *static_cast<Answer*>(pointer);
  answer.is_too_large = answer.body.size() + size > kMaxAnswer;
  if (answer.is_too_large) return 0;
  answer.body.append(data, size);
  return size;
}

std::string BaseOf(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url.find("/.well-known/") == url.npos ? url + "/.well-known/est" : url;
}

// A proxy of the environment is for elsewhere.
std::string NoProxy() {
  const char* said = std::getenv("no_proxy");
  return (said != nullptr ? std::string(said) + "," : std::string()) + "localhost,127.0.0.1,::1";
}

Failure Refused(ErrorCode code, const std::string& what, const std::string& url, const std::string& advice) {
  return {code, what + ", " + NameOf(code), url, advice};
}

}  // namespace

struct EstCourier::Parts {
  const CurlCalls* curl = nullptr;
  CURL* easy = nullptr;
  curl_slist* headers = nullptr;
  std::string base;
  std::uint64_t patience = 0;
  std::optional<TlsIdentity> identity;
  bool shows_identity = false;

  ~Parts() {
    curl->free_list(headers);
    curl->cleanup(easy);
  }

  Failure WhatWentWrong(CURLcode code, const Answer& answer, const std::string& url) const {
    if (identity && identity->refused) return *identity->refused;
    const std::string what = "asking the owner's server failed";
    if (answer.is_too_large) return Refused(ErrorCode::kTooLarge, what, url, "its answer is larger than any may be");
    if (code == CURLE_OPERATION_TIMEDOUT) return Refused(ErrorCode::kTimedOut, what, url, "try again later");
    // OpenSSL's first word for a signature that is another authority's of that name is that no session came about.
    const bool is_stranger = code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE;
    if (is_stranger || code == CURLE_SSL_CONNECT_ERROR) {
      const std::string advice = "name its authority by --ca or --tls-ca";
      return Refused(ErrorCode::kUntrusted, what, url, is_stranger ? advice : advice + "; it has to speak TLS 1.2");
    }
    return Refused(ErrorCode::kIo, what, url, curl->words(code));
  }

  // With wolfSSL or mbedTLS libcurl would call back as well, and hand over something else than an SSL_CTX.
  bool HasOpenSsl() const {
    curl_tlssessioninfo* tls = nullptr;
    return curl->info(easy, CURLINFO_TLS_SSL_PTR, &tls) == CURLE_OK && tls != nullptr &&
           tls->backend == CURLSSLBACKEND_OPENSSL;
  }

  // libcurl calls back before each session, one with a proxy of the environment too, whom other authorities vouch for:
  // at TLS 1.2 it is shown nothing, whatever names it has.
  void OfferIdentity(std::optional<TlsIdentity> given) {
    if (!given || !HasOpenSsl()) return;
    identity = std::move(given);
    identity->host = HostIn(base);
    constexpr long kTls12 = CURL_SSLVERSION_TLSv1_2, kAtMostTls12 = kTls12 << 16;
    shows_identity = curl->set(easy, CURLOPT_PROXY_SSLVERSION, kTls12 | kAtMostTls12) == CURLE_OK &&
                     curl->set(easy, CURLOPT_SSL_CTX_DATA, this) == CURLE_OK &&
                     curl->set(easy, CURLOPT_SSL_CTX_FUNCTION, &ShowIdentity) == CURLE_OK;
  }

  static CURLcode ShowIdentity(CURL*, void* ssl_context, void* pointer) {
    return OfferTlsIdentity(ssl_context, *static_cast<Parts*>(pointer)->identity) ? CURLE_OK : CURLE_SSL_CERTPROBLEM;
  }

  // Whatever status it has; redirects are not followed.
  Outcome<Answer> Perform(const std::string& url) {
    Answer answer;
    curl->set(easy, CURLOPT_URL, url.c_str());
    curl->set(easy, CURLOPT_WRITEDATA, &answer);
    const CURLcode code = curl->perform(easy);
    if (code != CURLE_OK) return WhatWentWrong(code, answer, url);
    curl->info(easy, CURLINFO_RESPONSE_CODE, &answer.status);
    const char* type = nullptr;
    curl->info(easy, CURLINFO_CONTENT_TYPE, &type);
    if (type != nullptr) answer.type = type;
    curl_off_t pause = 0;
    curl->info(easy, CURLINFO_RETRY_AFTER, &pause);
    answer.retry_after = pause > 0 ? static_cast<std::uint64_t>(pause) : 0;
    if (answer.status < 300 || answer.status >= 400) return answer;
    return Refused(ErrorCode::kForbidden, "the owner's server sends us elsewhere", url, "name the right server");
  }

  Outcome<Der> Body(const Answer& answer, const std::string& url, const std::string& type) const {
    const std::string what = "the owner's server said no certificates";
    if (answer.status != 200) {
      return Refused(ErrorCode::kForbidden, "the owner's server refused, status " + std::to_string(answer.status), url,
                     "ask who runs it");
    }
    if (!answer.type.starts_with(type)) return Refused(ErrorCode::kMalformed, what, url, "it is no EST server's");
    Result<Der> der = ReadArmoured(AsBytes(answer.body));
    if (der) return *std::move(der);
    return Refused(ErrorCode::kMalformed, what, url, "it is no EST server's");
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
    return Refused(ErrorCode::kBadArgument, "no owner's server", server.url, "say https://HOST");
  }
  const CurlCalls* const curl = LoadCurl();
  if (curl == nullptr) {
    return Refused(ErrorCode::kNotFound, "nothing to fetch with", "libcurl", "install libcurl, or carry files");
  }
  auto parts = std::make_unique<Parts>();
  parts->curl = curl;
  parts->base = BaseOf(server.url);
  parts->patience = server.patience;
  CURL* const easy = parts->easy = curl->init();
  if (easy == nullptr) return Refused(ErrorCode::kNoMemory, "nothing to fetch with", "libcurl", "");
  curl->set(easy, CURLOPT_PROTOCOLS_STR, "https");
  curl->set(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl->set(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl->set(easy, CURLOPT_CAINFO, server.tls_ca.c_str());
  curl->set(easy, CURLOPT_CAPATH, static_cast<char*>(nullptr));
  curl->set(easy, CURLOPT_NOSIGNAL, 1L);
  curl->set(easy, CURLOPT_NOPROXY, NoProxy().c_str());
  curl->set(easy, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  curl->set(easy, CURLOPT_TIMEOUT, kAnswerSeconds);
  curl->set(easy, CURLOPT_USERAGENT, "edgekeep");
  curl->set(easy, CURLOPT_WRITEFUNCTION, &TakeBody);
  parts->OfferIdentity(std::move(identity));
  return EstCourier(std::move(parts));
}

Outcome<Der> EstCourier::Fetch(const std::string& what) {
  const std::string url = parts_->base + "/" + what;
  parts_->curl->set(parts_->easy, CURLOPT_HTTPGET, 1L);
  EK_TRY_ASSIGN(const Answer answer, parts_->Perform(url));
  // RFC 7030 §4.5.2: there are none, in three ways.
  if (answer.status == 204 || answer.status == 404 || answer.status == 501) return Der();
  if (answer.status == 200 && answer.body.empty()) return Der();
  return parts_->Body(answer, url, what == "csrattrs" ? "application/csrattrs" : "application/pkcs7-mime");
}

Outcome<Der> EstCourier::Enrol(const std::string& operation, const Der& request) {
  const std::string url = parts_->base + "/" + operation, body = Armour("", request);
  const CurlCalls& curl = *parts_->curl;
  curl.free_list(parts_->headers);
  parts_->headers = curl.append(nullptr, "Content-Type: application/pkcs10");
  parts_->headers = curl.append(parts_->headers, "Content-Transfer-Encoding: base64");
  parts_->headers = curl.append(parts_->headers, "Expect:");
  curl.set(parts_->easy, CURLOPT_POST, 1L);
  curl.set(parts_->easy, CURLOPT_HTTPHEADER, parts_->headers);
  curl.set(parts_->easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
  curl.set(parts_->easy, CURLOPT_POSTFIELDS, body.c_str());
  for (const auto begin = Clock::now();;) {
    EK_TRY_ASSIGN(const Answer answer, parts_->Perform(url));
    if (answer.status != 202) return parts_->Body(answer, url, "application/pkcs7-mime");
    const std::uint64_t pause = std::max(kLeastPause, answer.retry_after == 0 ? kUsualPause : answer.retry_after);
    // What the server takes to say so counts as well.
    if (SecondsSince(begin) + static_cast<double>(pause) > static_cast<double>(parts_->patience)) {
      return Refused(ErrorCode::kBusy, "the owner's server takes its time", url,
                     "ask again in " + std::to_string(pause) + " seconds");
    }
    ::sleep(static_cast<unsigned>(pause));
  }
}

}  // namespace edgekeep::cli::device
