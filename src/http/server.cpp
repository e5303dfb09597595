#include "edgekeep/http/server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <list>
#include <vector>

#include "connection.h"

namespace edgekeep::http {
namespace {

// Without descriptors accepting fails at once, again and again: let others finish first.
constexpr std::chrono::milliseconds kPause{100};

class Service {
 public:
  Service(int listener, int ended, const Handler& handler, const Bounds& bounds)
      : listener_(listener), ended_(ended), handler_(handler), bounds_(bounds) {}

  Status Run() {
    for (;;) {
      Wait();
      if (watched_[0].revents != 0) return {};
      Attend();
      if (watched_[1].revents != 0) EK_TRY(Accept());
    }
  }

 private:
  // Until somebody has something, or somebody's time is over. Descriptors below zero are nobody.
  void Wait() {
    const bool pauses = Clock::now() < pause_ends_;
    Clock::time_point until = pauses ? pause_ends_ : Clock::time_point::max();
    watched_ = {{ended_, POLLIN, 0}, {pauses ? -1 : listener_, POLLIN, 0}};
    for (const Connection& connection : connections_) {
      watched_.push_back(connection.Awaited());
      until = connection.IsReady() ? Clock::time_point() : std::min(until, connection.deadline());
    }
    if (::poll(watched_.data(), watched_.size(), MillisecondsTo(until)) >= 0) return;
    for (pollfd& each : watched_) each.revents = 0;
  }

  static int MillisecondsTo(Clock::time_point until) {
    if (until == Clock::time_point::max()) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
  }

  void Attend() {
    auto watched = watched_.begin() + 2;
    const Clock::time_point now = Clock::now();
    for (auto each = connections_.begin(); each != connections_.end(); ++watched) {
      const bool can_work = watched->revents != 0 || each->IsReady();
      const bool goes_on = (!can_work || each->Work()) && now < each->deadline();
      each = goes_on ? std::next(each) : connections_.erase(each);
    }
  }

  Status Accept() {
    files::Descriptor socket(::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!socket.valid()) {
      if (errno == EBADF || errno == EINVAL || errno == ENOTSOCK) return Error(ErrorCode::kIo, "http: listening");
      if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) pause_ends_ = Clock::now() + kPause;
      return {};
    }
    if (connections_.size() >= bounds_.connections) connections_.pop_front();
    connections_.emplace_back(std::move(socket), handler_, bounds_);
    return {};
  }

  const int listener_;
  const int ended_;
  const Handler& handler_;
  const Bounds& bounds_;
  std::list<Connection> connections_;  // who has been there longest first
  std::vector<pollfd> watched_;
  Clock::time_point pause_ends_;
};

// The port is what follows the last colon.
Result<sockaddr_in> ParseEndpoint(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos) return Error(ErrorCode::kBadArgument, "http: address");
  sockaddr_in endpoint{};
  endpoint.sin_family = AF_INET;
  const std::string port = address.substr(colon + 1);
  const bool is_number = !port.empty() && port.size() <= 5 && port.find_first_not_of("0123456789") == std::string::npos;
  if (!is_number || std::stoul(port) > UINT16_MAX ||
      ::inet_pton(AF_INET, address.substr(0, colon).c_str(), &endpoint.sin_addr) != 1)
    return Error(ErrorCode::kBadArgument, "http: address");
  endpoint.sin_port = htons(static_cast<std::uint16_t>(std::stoul(port)));
  return endpoint;
}

std::string TextOf(const sockaddr_in& endpoint) {
  char text[INET_ADDRSTRLEN] = {};
  ::inet_ntop(AF_INET, &endpoint.sin_addr, text, sizeof text);
  return std::string(text) + ":" + std::to_string(ntohs(endpoint.sin_port));
}

}  // namespace

Status Serve(int listener, int ended, const Handler& handler, const Bounds& bounds) {
  // Who came may be gone when it is accepted.
  const int flags = ::fcntl(listener, F_GETFL);
  if (flags < 0 || ::fcntl(listener, F_SETFL, flags | O_NONBLOCK) != 0) return Error(ErrorCode::kIo, "http: listening");
  try {
    return Service(listener, ended, handler, bounds).Run();
  } catch (const std::exception&) {
    return Error(ErrorCode::kIo, "http: serving");
  }
}

Result<Server> Server::Listen(const std::string& address) {
  EK_TRY_ASSIGN(sockaddr_in endpoint, ParseEndpoint(address));
  auto* const place = reinterpret_cast<sockaddr*>(&endpoint);
  socklen_t size = sizeof endpoint;
  Server server(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "");
  const int on = 1;
  if (::setsockopt(server.listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      ::bind(server.listener_, place, size) != 0 || ::listen(server.listener_, SOMAXCONN) != 0 ||
      ::getsockname(server.listener_, place, &size) != 0)
    return Error(ErrorCode::kIo, "http: cannot listen there");
  server.address_ = TextOf(endpoint);
  return server;
}

Server::Server(Server&& other) noexcept
    : listener_(std::exchange(other.listener_, -1)), address_(std::move(other.address_)) {}

Server::~Server() {
  if (listener_ >= 0) ::close(listener_);
}

Status Server::Serve(int ended, const Handler& handler, const Bounds& bounds) const {
  return http::Serve(listener_, ended, handler, bounds);
}

}  // namespace edgekeep::http
