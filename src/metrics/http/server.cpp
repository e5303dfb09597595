#include "edgekeep/metrics/http/server.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <list>

namespace edgekeep::metrics {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

using Protocol = asio::local::stream_protocol;
using Stream = beast::basic_stream<Protocol>;
using Clock = std::chrono::steady_clock;
using Response = http::response<http::string_body>;

constexpr auto kWait = asio::as_tuple(asio::use_awaitable);
constexpr std::uint32_t kMaxHead = 8192;
// Without descriptors accepting fails at once, again and again: let others finish first.
constexpr std::chrono::milliseconds kPause{100};

class PageServer {
 public:
  PageServer(int listener, int ended, const Page& page, const Bounds& bounds)
      : acceptor_(context_, Protocol(), listener), ended_(context_, ended), page_(page), bounds_(bounds) {}

  Status Run() {
    asio::co_spawn(context_, Accept(), asio::detached);
    ended_.async_wait(asio::posix::stream_descriptor::wait_read, [this](const auto&) { context_.stop(); });
    context_.run();
    return failed_ ? Error(ErrorCode::kIo, "metrics: listening") : Status();
  }

 private:
  using Streams = std::list<Stream>;

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
    for (Stream& stream : streams_) {
      if (!stream.socket().is_open()) continue;
      stream.close();
      return;
    }
  }

  asio::awaitable<void> Serve(Streams::iterator stream) {
    beast::flat_buffer buffer(kMaxHead);
    http::request_parser<http::empty_body> parser;
    parser.header_limit(kMaxHead);
    stream->expires_after(bounds_.patience);
    const auto [error, size] = co_await http::async_read(*stream, buffer, parser, kWait);
    if (!error) {
      const Response response = Answer(parser.get());
      stream->expires_after(bounds_.patience);
      co_await http::async_write(*stream, response, kWait);
    }
    streams_.erase(stream);
  }

  Response Answer(const http::request<http::empty_body>& request) {
    const bool reads = request.method() == http::verb::get || request.method() == http::verb::head;
    const auto target = request.target();
    const bool is_page = target.substr(0, target.find('?')) == page_.path;
    const http::status status = !reads     ? http::status::method_not_allowed
                                : !is_page ? http::status::not_found
                                           : http::status::ok;
    Response response(status, request.version());
    response.set(http::field::content_type, status == http::status::ok ? page_.content_type : "text/plain");
    if (!reads) response.set(http::field::allow, "GET, HEAD");
    response.keep_alive(false);
    response.body() = status == http::status::ok ? Text() : "The page is at " + page_.path + "\n";
    response.prepare_payload();
    // The length is what GET would be answered with.
    if (request.method() == http::verb::head) response.body().clear();
    return response;
  }

  const std::string& Text() {
    const auto now = Clock::now();
    if (text_.empty() || now - made_ >= bounds_.freshness) {
      text_ = page_.text();
      made_ = Clock::now();
    }
    return text_;
  }

  asio::io_context context_{1};
  Protocol::acceptor acceptor_;
  asio::posix::stream_descriptor ended_;
  const Page& page_;
  const Bounds bounds_;
  Streams streams_;
  std::string text_;
  Clock::time_point made_;
  bool failed_ = false;
};

}  // namespace

Status ServePage(int listener, int ended, const Page& page, const Bounds& bounds) {
  try {
    return PageServer(listener, ended, page, bounds).Run();
  } catch (const std::exception&) {
    return Error(ErrorCode::kIo, "metrics: serving");
  }
}

}  // namespace edgekeep::metrics
