#include "curl_session.h"

#include <cstdlib>
#include <utility>

#include "small_file.h"

namespace edgekeep::cli::device {
namespace {

constexpr std::size_t kMaxAnswer = 65536;
constexpr long kConnectSeconds = 15;
// All the authorities that a system comes with are a fifth of it.
constexpr std::size_t kMaxBundle = 1 << 20;

std::size_t TakeBody(char* data, std::size_t, std::size_t size, void* pointer) {
  auto& answer = *static_cast<HttpAnswer*>(pointer);
  answer.is_too_large = answer.body.size() + size > kMaxAnswer;
  if (answer.is_too_large) return 0;
  answer.body.append(data, size);
  return size;
}

// A proxy of the environment is for elsewhere.
std::string NoProxy() {
  const char* said = std::getenv("no_proxy");
  return (said != nullptr ? std::string(said) + "," : std::string()) + "localhost,127.0.0.1,::1";
}

}  // namespace

Failure CourierFailure(ErrorCode code, const std::string& what, const std::string& url, const std::string& advice) {
  return {code, what + ", " + NameOf(code), url, advice};
}

Outcome<CurlSession> CurlSession::Open(const Server& server) {
  // libcurl would wait for a pipe, and look at none of it before there is something to ask.
  if (!server.ca.empty()) EK_TRY(ReadRegularFile(server.ca, "the certificate of who issued the server's", kMaxBundle));
  const CurlCalls* const curl = LoadCurl();
  if (curl == nullptr) {
    return CourierFailure(ErrorCode::kNotFound, "nothing to fetch with", "libcurl", "install libcurl, or carry files");
  }
  CURL* const easy = curl->init();
  if (easy == nullptr) return CourierFailure(ErrorCode::kNoMemory, "nothing to fetch with", "libcurl", "");
  CurlSession session(*curl, easy, server);
  curl->set(easy, CURLOPT_PROTOCOLS_STR, server.protocols);
  curl->set(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl->set(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!server.ca.empty() || !server.believes_machine) {
    curl->set(easy, CURLOPT_CAINFO, server.ca.c_str());
    curl->set(easy, CURLOPT_CAPATH, static_cast<char*>(nullptr));
  }
  curl->set(easy, CURLOPT_NOSIGNAL, 1L);
  curl->set(easy, CURLOPT_NOPROXY, NoProxy().c_str());
  curl->set(easy, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  curl->set(easy, CURLOPT_TIMEOUT, server.seconds);
  curl->set(easy, CURLOPT_USERAGENT, "edgekeep");
  curl->set(easy, CURLOPT_WRITEFUNCTION, &TakeBody);
  return session;
}

CurlSession::CurlSession(CurlSession&& other) noexcept
    : curl_(other.curl_),
      easy_(std::exchange(other.easy_, nullptr)),
      headers_(std::exchange(other.headers_, nullptr)),
      whose_(std::move(other.whose_)),
      stranger_(std::move(other.stranger_)) {}

CurlSession::~CurlSession() {
  curl_->free_list(headers_);
  if (easy_ != nullptr) curl_->cleanup(easy_);
}

void CurlSession::Get() {
  curl_->set(easy_, CURLOPT_HTTPGET, 1L);
}

void CurlSession::Post(const std::string& body, std::initializer_list<const char*> headers) {
  curl_slist* list = curl_->append(nullptr, "Expect:");
  for (const char* const header : headers) list = curl_->append(list, header);
  curl_->set(easy_, CURLOPT_HTTPHEADER, list);
  curl_->free_list(std::exchange(headers_, list));
  curl_->set(easy_, CURLOPT_POST, 1L);
  curl_->set(easy_, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
  curl_->set(easy_, CURLOPT_POSTFIELDS, body.data());
}

Failure CurlSession::WhatWentWrong(CURLcode code, const HttpAnswer& answer, const std::string& url) const {
  const std::string what = "asking " + whose_ + " failed";
  if (answer.is_too_large)
    return CourierFailure(ErrorCode::kTooLarge, what, url, "its answer is larger than any may be");
  if (code == CURLE_OPERATION_TIMEDOUT) return CourierFailure(ErrorCode::kTimedOut, what, url, "try again later");
  // OpenSSL's first word for a signature that is another authority's of that name is that no session came about.
  const bool is_stranger = code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE;
  if (is_stranger || code == CURLE_SSL_CONNECT_ERROR)
    return CourierFailure(ErrorCode::kUntrusted, what, url,
                          is_stranger ? stranger_ : stranger_ + "; it has to speak TLS 1.2");
  return CourierFailure(ErrorCode::kIo, what, url, curl_->words(code));
}

Outcome<HttpAnswer> CurlSession::Perform(const std::string& url) {
  HttpAnswer answer;
  curl_->set(easy_, CURLOPT_URL, url.c_str());
  curl_->set(easy_, CURLOPT_WRITEDATA, &answer);
  const CURLcode code = curl_->perform(easy_);
  if (code != CURLE_OK) return WhatWentWrong(code, answer, url);
  curl_->info(easy_, CURLINFO_RESPONSE_CODE, &answer.status);
  const char* type = nullptr;
  curl_->info(easy_, CURLINFO_CONTENT_TYPE, &type);
  if (type != nullptr) answer.type = type;
  curl_off_t pause = 0;
  curl_->info(easy_, CURLINFO_RETRY_AFTER, &pause);
  answer.retry_after = pause > 0 ? static_cast<std::uint64_t>(pause) : 0;
  if (answer.status < 300 || answer.status >= 400) return answer;
  return CourierFailure(ErrorCode::kForbidden, whose_ + " sends us elsewhere", url, "name the right server");
}

}  // namespace edgekeep::cli::device
