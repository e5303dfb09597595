#include "edgekeep/http/client.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <memory>

#include "beast.h"
#include "edgekeep/files/descriptor.h"

namespace edgekeep::http {
namespace {

constexpr std::size_t kPiece = 16384;

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

// A GET where there is no body.
std::string RequestFor(const Target& target, const std::string* body) {
  beast::request<beast::string_body> request(body == nullptr ? beast::verb::get : beast::verb::post, target.path, 11);
  request.set(beast::field::host, target.host);
  request.keep_alive(false);
  if (body != nullptr) request.body() = *body;
  request.prepare_payload();
  return TextOf(request, request.method());
}

// One request on one connection. Looking a name up has no limit; all that follows has the deadline's.
class Exchange {
 public:
  Exchange(std::uint64_t max_body, std::chrono::milliseconds patience) : deadline_(Clock::now() + patience) {
    parser_.header_limit(kMaxHead);
    parser_.body_limit(max_body);
    parser_.eager(true);
  }

  Result<Answer> Run(const Target& target, const std::string& request) {
    EK_TRY(Connect(target));
    EK_TRY(Send(request));
    EK_TRY(Receive());
    const auto& response = parser_.get();
    return Answer{.status = response.result_int(),
                  .content_type = std::string(response[beast::field::content_type]),
                  .body = response.body(),
                  .cache_control = {},
                  .allow = {}};
  }

 private:
  Status Connect(const Target& target) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(target.host.c_str(), target.port.c_str(), &hints, &found) != 0)
      return Error(ErrorCode::kIo, "http");
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> places(found, &::freeaddrinfo);
    Status connected = Error(ErrorCode::kIo, "http");
    for (const addrinfo* place = found; place != nullptr && !connected; place = place->ai_next) {
      connected = ConnectTo(*place);
    }
    return connected;
  }

  Status ConnectTo(const addrinfo& place) {
    socket_ = files::Descriptor(::socket(place.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket_.valid()) return Error(ErrorCode::kIo, "http");
    if (::connect(socket_.get(), place.ai_addr, place.ai_addrlen) == 0) return {};
    if (errno != EINPROGRESS) return Error(ErrorCode::kIo, "http");
    EK_TRY(Wait(POLLOUT));
    int error = 0;
    socklen_t size = sizeof error;
    const bool known = ::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size) == 0;
    return known && error == 0 ? Status() : Error(ErrorCode::kIo, "http");
  }

  Status Send(const std::string& request) {
    for (std::size_t sent = 0; sent < request.size();) {
      EK_TRY(Wait(POLLOUT));
      const ssize_t size = ::send(socket_.get(), request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
      if (size < 0 && errno != EAGAIN && errno != EINTR) return Error(ErrorCode::kIo, "http");
      if (size > 0) sent += static_cast<std::size_t>(size);
    }
    return {};
  }

  Status Receive() {
    std::string received;
    char chunk[kPiece];
    while (!parser_.is_done()) {
      EK_TRY(Wait(POLLIN));
      const ssize_t size = ::recv(socket_.get(), chunk, sizeof chunk, 0);
      if (size < 0 && (errno == EAGAIN || errno == EINTR)) continue;
      if (size < 0) return Error(ErrorCode::kIo, "http");
      received.append(chunk, static_cast<std::size_t>(size));
      EK_TRY(Parse(received, size == 0));
    }
    return {};
  }

  // Takes from `received` what it can.
  Status Parse(std::string& received, bool is_all) {
    Parsing error;
    while (!received.empty() && !parser_.is_done() && !error) {
      received.erase(0, parser_.put(boost::asio::buffer(received), error));
    }
    if (error == beast::error::need_more) error = {};
    if (is_all && !parser_.got_some()) return Error(ErrorCode::kIo, "http");
    if (is_all && !parser_.is_done() && !error) parser_.put_eof(error);
    if (error == beast::error::body_limit) return Error(ErrorCode::kTooLarge, "http: answer");
    // In a body made of chunks, the line before one.
    const bool is_endless = received.size() > kMaxHead + kPiece;
    return error || is_endless ? Error(ErrorCode::kIo, "http") : Status();
  }

  Status Wait(short events) const {
    for (;;) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - Clock::now()).count();
      if (left <= 0) return Error(ErrorCode::kTimedOut, "http");
      pollfd watched{socket_.get(), events, 0};
      const int ready = ::poll(&watched, 1, static_cast<int>(std::min<std::int64_t>(left, 60'000)));
      if (ready > 0) return {};
      if (ready < 0 && errno != EINTR) return Error(ErrorCode::kIo, "http");
    }
  }

  const Clock::time_point deadline_;
  beast::response_parser<beast::string_body> parser_;
  files::Descriptor socket_;
};

Result<Answer> Perform(const std::string& url, const std::string* body, std::uint64_t max_body,
                       std::chrono::milliseconds patience) {
  EK_TRY_ASSIGN(const Target target, ParseUrl(url));
  try {
    return Exchange(max_body, patience).Run(target, RequestFor(target, body));
  } catch (const std::exception&) {
    return Error(ErrorCode::kIo, "http");
  }
}

}  // namespace

Result<Answer> Post(const std::string& url, const std::string& body, std::uint64_t max_body,
                    std::chrono::milliseconds patience) {
  return Perform(url, &body, max_body, patience);
}

Result<Answer> Get(const std::string& url, std::uint64_t max_body, std::chrono::milliseconds patience) {
  return Perform(url, nullptr, max_body, patience);
}

}  // namespace edgekeep::http
