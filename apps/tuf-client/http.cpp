#include "http.h"

#include <curl/curl.h>

#include <cstdlib>

namespace edgekeep::tuf_client {
namespace {

constexpr long kMaxRedirects = 4;
constexpr long kConnectSeconds = 15;

// One answer under way.
struct Transfer {
  CURL* handle;
  std::uint64_t bytes_left;
  const std::function<bool(ByteView)>* take;
  bool is_too_large = false;

  // The body of a 404 or a redirect is nobody's file.
  bool IsFile() const {
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    return status == 200;
  }
};

// Returns fewer bytes than it got to end the transfer.
std::size_t OnBody(char* data, std::size_t, std::size_t size, void* pointer) {
  auto& transfer = *static_cast<Transfer*>(pointer);
  if (size > transfer.bytes_left) {
    transfer.is_too_large = true;
    return 0;
  }
  transfer.bytes_left -= size;
  if (!transfer.IsFile()) return size;
  return (*transfer.take)({reinterpret_cast<const std::uint8_t*>(data), size}) ? size : 0;
}

// A proxy of the environment is for elsewhere.
std::string HostsWithoutProxy() {
  const char* said = std::getenv("no_proxy");
  return (said != nullptr ? std::string(said) + "," : std::string()) + "localhost,127.0.0.1,::1";
}

Status StatusOf(CURLcode code, const Transfer& transfer) {
  if (transfer.is_too_large || code == CURLE_FILESIZE_EXCEEDED)
    return Error(ErrorCode::kTooLarge, "file on the server");
  if (code == CURLE_OPERATION_TIMEDOUT) return Error(ErrorCode::kTimedOut, "server");
  if (code == CURLE_WRITE_ERROR) return Error(ErrorCode::kMalformed, "file on the server");
  if (code != CURLE_OK) return Error(ErrorCode::kIo, curl_easy_strerror(code));
  long status = 0;
  curl_easy_getinfo(transfer.handle, CURLINFO_RESPONSE_CODE, &status);
  if (status == 404) return Error(ErrorCode::kNotFound, "file on the server");
  return status == 200 ? Status() : Status(Error(ErrorCode::kIo, "the server's answer is neither 200 nor 404"));
}

}  // namespace

struct Http::Handle {
  CURL* easy = nullptr;

  ~Handle() { curl_easy_cleanup(easy); }
};

Http::Http(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}

Http::Http(Http&&) noexcept = default;
Http::~Http() = default;

Result<Http> Http::Open(std::chrono::seconds max_slowness) {
  auto handle = std::make_unique<Handle>();
  handle->easy = curl_easy_init();
  if (handle->easy == nullptr) return Error(ErrorCode::kNoMemory, "HTTP client");
  CURL* const easy = handle->easy;
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(easy, CURLOPT_MAXREDIRS, kMaxRedirects);
  // Names of roles and targets are encoded already: nothing in a path may be taken for a step up.
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_NOPROXY, HostsWithoutProxy().c_str());
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, kMinBytesPerSecond);
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, static_cast<long>(max_slowness.count()));
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "edgekeep-tuf-client");
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, OnBody);
  return Http(std::move(handle));
}

Status Http::Get(const std::string& url, const FetchBounds& bounds, const std::function<bool(ByteView)>& take) {
  Transfer transfer{.handle = handle_->easy, .bytes_left = bounds.max_bytes, .take = &take};
  curl_easy_setopt(handle_->easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle_->easy, CURLOPT_TIMEOUT, static_cast<long>(bounds.max_time.count()));
  curl_easy_setopt(handle_->easy, CURLOPT_WRITEDATA, &transfer);
  return StatusOf(curl_easy_perform(handle_->easy), transfer);
}

Result<std::string> Http::GetAll(const std::string& url, const FetchBounds& bounds) {
  std::string body;
  EK_TRY(Get(url, bounds, [&](ByteView bytes) {
    body.append(edgekeep::AsText(bytes));
    return true;
  }));
  return body;
}

}  // namespace edgekeep::tuf_client
