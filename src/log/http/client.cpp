#include "edgekeep/log/http/client.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

namespace edgekeep::log {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr auto kWait = asio::as_tuple(asio::use_awaitable);

struct Target {
  std::string host;
  std::string port = "80";
  std::string path;
};

Result<Target> ParseUrl(const std::string& url) {
  constexpr std::string_view kScheme = "http://";
  if (!url.starts_with(kScheme)) return Error(ErrorCode::kUnsupported, "http: scheme");
  const std::size_t slash = url.find('/', kScheme.size());
  Target target;
  target.host = url.substr(kScheme.size(), slash == std::string::npos ? slash : slash - kScheme.size());
  target.path = slash == std::string::npos ? "/" : url.substr(slash);
  if (const std::size_t colon = target.host.rfind(':'); colon != std::string::npos) {
    target.port = target.host.substr(colon + 1);
    target.host.resize(colon);
  }
  if (target.host.empty() || target.port.empty()) return Error(ErrorCode::kBadArgument, "http: address");
  return target;
}

Error FailureOf(const boost::system::error_code& error) {
  if (error == beast::error::timeout) return Error(ErrorCode::kTimedOut, "http");
  if (error == http::error::body_limit) return Error(ErrorCode::kTooLarge, "http: answer");
  return Error(ErrorCode::kIo, "http");
}

// One request on one connection.
class Exchange {
 public:
  // A GET where there is no body.
  Exchange(const Target& target, const std::string* body, std::uint64_t max_body, std::chrono::milliseconds patience)
      : target_(target),
        patience_(patience),
        request_(body == nullptr ? http::verb::get : http::verb::post, target.path, 11) {
    request_.set(http::field::host, target.host);
    request_.keep_alive(false);
    if (body != nullptr) request_.body() = *body;
    request_.prepare_payload();
    parser_.body_limit(max_body);
  }

  Result<HttpAnswer> Run() {
    asio::co_spawn(context_, Work(), asio::detached);
    context_.run_for(2 * patience_);  // looking a name up has no limit of its own
    return result_;
  }

 private:
  asio::awaitable<void> Work() {
    const boost::system::error_code error = co_await Talk();
    if (error) {
      result_ = FailureOf(error);
      co_return;
    }
    const auto& response = parser_.get();
    result_ = HttpAnswer{.status = response.result_int(),
                         .content_type = std::string(response[http::field::content_type]),
                         .body = response.body(),
                         .cache_control = {}};
  }

  asio::awaitable<boost::system::error_code> Talk() {
    stream_.expires_after(patience_);
    const auto [resolve_error, places] = co_await resolver_.async_resolve(target_.host, target_.port, kWait);
    if (resolve_error) co_return resolve_error;
    const auto [connect_error, place] = co_await stream_.async_connect(places, kWait);
    if (connect_error) co_return connect_error;
    const auto [write_error, written] = co_await http::async_write(stream_, request_, kWait);
    if (write_error) co_return write_error;
    const auto [read_error, read] = co_await http::async_read(stream_, buffer_, parser_, kWait);
    co_return read_error;
  }

  const Target& target_;
  const std::chrono::milliseconds patience_;
  http::request<http::string_body> request_;
  http::response_parser<http::string_body> parser_;
  beast::flat_buffer buffer_;
  asio::io_context context_{1};
  beast::tcp_stream stream_{context_};
  asio::ip::tcp::resolver resolver_{context_};
  Result<HttpAnswer> result_ = Error(ErrorCode::kIo, "http");
};

Result<HttpAnswer> Perform(const std::string& url, const std::string* body, std::uint64_t max_body,
                           std::chrono::milliseconds patience) {
  EK_TRY_ASSIGN(const Target target, ParseUrl(url));
  try {
    return Exchange(target, body, max_body, patience).Run();
  } catch (const std::exception&) {
    return Error(ErrorCode::kIo, "http");
  }
}

}  // namespace

Result<HttpAnswer> HttpPost(const std::string& url, const std::string& body, std::uint64_t max_body,
                            std::chrono::milliseconds patience) {
  return Perform(url, &body, max_body, patience);
}

Result<HttpAnswer> HttpGet(const std::string& url, std::uint64_t max_body, std::chrono::milliseconds patience) {
  return Perform(url, nullptr, max_body, patience);
}

}  // namespace edgekeep::log
