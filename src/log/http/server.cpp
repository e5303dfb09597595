#include "edgekeep/log/http/server.h"

#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <list>

namespace edgekeep::log {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using Protocol = asio::ip::tcp;
using Streams = std::list<beast::tcp_stream>;
using Handler = std::function<HttpAnswer(const HttpRequest&)>;

constexpr auto kWait = asio::as_tuple(asio::use_awaitable);
constexpr std::uint32_t kMaxHead = 8192;
// Without descriptors accepting fails at once, again and again: let others finish first.
constexpr std::chrono::milliseconds kPause{100};

class Server {
 public:
  Server(int listener, int ended, const Handler& handler, const HttpBounds& bounds)
      : acceptor_(context_, Protocol::v4(), listener), ended_(context_, ended), handler_(handler), bounds_(bounds) {}

  Status Run() {
    asio::co_spawn(context_, Accept(), asio::detached);
    ended_.async_wait(asio::posix::stream_descriptor::wait_read, [this](const auto&) { context_.stop(); });
    context_.run();
    return failed_ ? Error(ErrorCode::kIo, "http: listening") : Status();
  }

 private:
  asio::awaitable<void> Accept() {
    for (;;) {
      auto [error, socket] = co_await acceptor_.async_accept(kWait);
      if (error == asio::error::bad_descriptor || error == asio::error::invalid_argument) {
        failed_ = true;
        context_.stop();
        co_return;
      }
      if (error) {
        asio::steady_timer pause(context_, kPause);
        co_await pause.async_wait(kWait);
        continue;
      }
      // Its coroutine ends, and takes it from the list, when it next looks.
      if (streams_.size() >= bounds_.connections) MakeRoom();
      const auto place = streams_.emplace(streams_.end(), std::move(socket));
      asio::co_spawn(context_, Serve(place), asio::detached);
    }
  }

  void MakeRoom() {
    for (beast::tcp_stream& stream : streams_) {
      if (!stream.socket().is_open()) continue;
      stream.close();
      return;
    }
  }

  asio::awaitable<void> Serve(Streams::iterator stream) {
    beast::flat_buffer buffer(kMaxHead + bounds_.max_body);
    for (bool goes_on = true; goes_on;) {
      http::request_parser<http::string_body> parser;
      parser.header_limit(kMaxHead);
      parser.body_limit(bounds_.max_body);
      stream->expires_after(bounds_.patience);
      const auto [error, size] = co_await http::async_read(*stream, buffer, parser, kWait);
      if (error && error != http::error::body_limit) break;
      http::response<http::string_body> response = error ? TooLarge() : Answer(parser.get());
      goes_on = response.keep_alive();
      stream->expires_after(bounds_.patience);
      const auto [write_error, written] = co_await http::async_write(*stream, response, kWait);
      goes_on = goes_on && !write_error;
    }
    streams_.erase(stream);
  }

  static http::response<http::string_body> TooLarge() {
    http::response<http::string_body> response(http::status::payload_too_large, 11);
    response.keep_alive(false);
    response.prepare_payload();
    return response;
  }

  http::response<http::string_body> Answer(const http::request<http::string_body>& request) {
    const bool is_head = request.method() == http::verb::head;
    const std::string target(request.target());
    const HttpAnswer answer = handler_({.method = is_head ? "GET" : std::string(request.method_string()),
                                        .path = target.substr(0, target.find('?')),
                                        .body = request.body()});
    http::response<http::string_body> response(static_cast<http::status>(answer.status), request.version());
    response.set(http::field::content_type, answer.content_type);
    if (!answer.cache_control.empty()) response.set(http::field::cache_control, answer.cache_control);
    response.keep_alive(request.keep_alive());
    response.body() = answer.body;
    response.prepare_payload();
    if (is_head) response.body().clear();  // the length is its GET's
    return response;
  }

  asio::io_context context_{1};
  Protocol::acceptor acceptor_;
  asio::posix::stream_descriptor ended_;
  const Handler& handler_;
  const HttpBounds bounds_;
  Streams streams_;
  bool failed_ = false;
};

// The port is what follows the last colon.
Result<Protocol::endpoint> ParseEndpoint(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos) return Error(ErrorCode::kBadArgument, "http: address");
  boost::system::error_code error;
  const auto host = asio::ip::make_address_v4(address.substr(0, colon), error);
  const std::string port = address.substr(colon + 1);
  const bool is_number = !port.empty() && port.size() <= 5 && port.find_first_not_of("0123456789") == std::string::npos;
  if (error || !is_number || std::stoul(port) > UINT16_MAX) return Error(ErrorCode::kBadArgument, "http: address");
  return Protocol::endpoint(host, static_cast<std::uint16_t>(std::stoul(port)));
}

}  // namespace

Result<HttpServer> HttpServer::Listen(const std::string& address) {
  EK_TRY_ASSIGN(const Protocol::endpoint endpoint, ParseEndpoint(address));
  try {
    asio::io_context context;
    Protocol::acceptor acceptor(context, endpoint);
    const Protocol::endpoint bound = acceptor.local_endpoint();
    return HttpServer(acceptor.release(), bound.address().to_string() + ":" + std::to_string(bound.port()));
  } catch (const std::exception&) {
    return Error(ErrorCode::kIo, "http: cannot listen there");
  }
}

HttpServer::HttpServer(HttpServer&& other) noexcept
    : listener_(std::exchange(other.listener_, -1)), address_(std::move(other.address_)) {}

HttpServer::~HttpServer() {
  if (listener_ >= 0) ::close(listener_);
}

Status HttpServer::Serve(int ended, const Handler& handler, const HttpBounds& bounds) {
  try {
    return Server(std::exchange(listener_, -1), ::dup(ended), handler, bounds).Run();
  } catch (const std::exception&) {
    return Error(ErrorCode::kIo, "http: serving");
  }
}

}  // namespace edgekeep::log
