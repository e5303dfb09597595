#include "edgekeep/factory/server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <list>
#include <thread>

namespace edgekeep::factory {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kBacklog = 64;
constexpr std::string_view kUnix = "unix:";
constexpr std::string_view kLoopback = "127.0.0.1:";

Result<files::Descriptor> ListenAt(int family, const sockaddr* address, socklen_t size) {
  files::Descriptor socket(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket.valid()) return files::FromErrno(errno, "station: socket");
  if (::bind(socket.get(), address, size) != 0 || ::listen(socket.get(), kBacklog) != 0) {
    return files::FromErrno(errno, "station: address");
  }
  return socket;
}

// Of a station that was killed: whoever still listens answers, and stays.
bool IsForsaken(const sockaddr_un& address) {
  struct stat facts{};
  if (::lstat(address.sun_path, &facts) != 0 || !S_ISSOCK(facts.st_mode) || facts.st_uid != ::geteuid()) return false;
  const files::Descriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const bool is_heard =
      ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 || errno != ECONNREFUSED;
  return probe.valid() && !is_heard;
}

Result<files::Descriptor> ListenUnix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) return Error(ErrorCode::kBadArgument, "station: path");
  std::memcpy(address.sun_path, path.c_str(), path.size());
  if (IsForsaken(address)) ::unlink(address.sun_path);
  const mode_t before = ::umask(0177);
  auto socket = ListenAt(AF_UNIX, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  ::umask(before);
  return socket;
}

Result<files::Descriptor> ListenLoopback(std::string_view text, std::string& address) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) return Error(ErrorCode::kBadArgument, "station: port");
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_port = htons(port);
  place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EK_TRY_ASSIGN(files::Descriptor socket, ListenAt(AF_INET, reinterpret_cast<const sockaddr*>(&place), sizeof place));
  socklen_t size = sizeof place;
  if (::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&place), &size) != 0) {
    return Error(ErrorCode::kIo, "station: address");
  }
  address = std::string(kLoopback) + std::to_string(ntohs(place.sin_port));
  return socket;
}

// What is said with one device, all of it within a time: who says a byte now and then is no better than who says
// nothing.
class Line {
 public:
  Line(int fd, Clock::time_point deadline) noexcept : fd_(fd), deadline_(deadline) {}

  Result<std::string> Read() {
    std::array<std::uint8_t, 4> head;
    EK_TRY(ReadAll(head));
    const std::uint32_t size =
        head[0] | std::uint32_t{head[1]} << 8 | std::uint32_t{head[2]} << 16 | std::uint32_t{head[3]} << 24;
    if (size == 0 || size > formats::kMaxProvisioningMessage) return Error(ErrorCode::kTooLarge, "a device's message");
    std::string message(size, '\0');
    EK_TRY(ReadAll({reinterpret_cast<std::uint8_t*>(message.data()), message.size()}));
    return message;
  }

  Status Write(const std::string& message) {
    const auto size = static_cast<std::uint32_t>(message.size());
    const std::array<std::uint8_t, 4> head = {static_cast<std::uint8_t>(size), static_cast<std::uint8_t>(size >> 8),
                                              static_cast<std::uint8_t>(size >> 16), 0};
    EK_TRY(WriteAll(head));
    return WriteAll(AsBytes(message));
  }

 private:
  static Error Gone() { return Error(ErrorCode::kPeerGone, "the device says nothing more"); }

  Status Await(short events) {
    while (true) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - Clock::now()).count();
      if (left <= 0) return Error(ErrorCode::kTimedOut, "the device says nothing more");
      pollfd polled{.fd = fd_, .events = events, .revents = 0};
      const int ready = ::poll(&polled, 1, static_cast<int>(left));
      if (ready > 0) return {};
      if (ready < 0 && errno != EINTR) return Gone();
    }
  }

  // After what a call that moved no byte left in errno.
  static bool MayGoOn() { return errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK; }

  Status ReadAll(MutableByteView out) {
    while (!out.empty()) {
      EK_TRY(Await(POLLIN));
      const ssize_t got = ::recv(fd_, out.data(), out.size(), MSG_DONTWAIT);
      if (got < 0 && MayGoOn()) continue;
      if (got <= 0) return Gone();
      out = out.subspan(static_cast<std::size_t>(got));
    }
    return {};
  }

  Status WriteAll(ByteView bytes) {
    while (!bytes.empty()) {
      EK_TRY(Await(POLLOUT));
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent < 0 && MayGoOn()) continue;
      if (sent <= 0) return Gone();
      bytes = bytes.subspan(static_cast<std::size_t>(sent));
    }
    return {};
  }

  int fd_;
  Clock::time_point deadline_;
};

Status Converse(Line line, Visit& visit, const std::function<UnixTime()>& now) {
  while (!visit.is_over()) {
    EK_TRY_ASSIGN(const std::string message, line.Read());
    EK_TRY_ASSIGN(const std::string answer, visit.Answer(AsBytes(message), now()));
    EK_TRY(line.Write(answer));
  }
  return {};
}

// The devices that are there, one thread each.
class Visitors {
 public:
  Visitors(Station& station, const std::function<UnixTime()>& now, const std::function<bool(const VisitResult&)>& tell,
           std::chrono::milliseconds patience)
      : station_(station),
        now_(now),
        tell_(tell),
        patience_(patience),
        freed_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

  ~Visitors() {
    for (Visitor& visitor : visitors_) ::shutdown(visitor.socket.get(), SHUT_RDWR);
    for (Visitor& visitor : visitors_) visitor.thread.join();
  }

  // Readable when a device has left.
  int freed() const { return freed_.get(); }

  bool is_full() const { return visitors_.size() >= kMaxVisitors; }

  bool is_enough() {
    const std::lock_guard lock(mutex_);
    return is_enough_;
  }

  void Admit(files::Descriptor socket) {
    Visitor& visitor = visitors_.emplace_back();
    visitor.socket = std::move(socket);
    visitor.thread = std::thread([this, &visitor] { Receive(visitor); });
  }

  void Collect() {
    std::uint64_t count = 0;
    static_cast<void>(::read(freed_.get(), &count, sizeof count));
    const std::lock_guard lock(mutex_);
    std::erase_if(visitors_, [](Visitor& visitor) {
      if (visitor.is_done) visitor.thread.join();
      return visitor.is_done;
    });
  }

 private:
  struct Visitor {
    files::Descriptor socket;
    std::thread thread;
    bool is_done = false;
  };

  void Receive(Visitor& visitor) {
    const Clock::time_point began = Clock::now();
    Visit visit(station_);
    const Status said = Converse({visitor.socket.get(), began + patience_}, visit, now_);
    VisitResult result{.given = visit.given(), .refusal = visit.refusal()};
    if (!said && !result.refusal) result.refusal = said.error();
    result.took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began);
    {
      const std::lock_guard lock(mutex_);
      if (!tell_(result)) is_enough_ = true;
      visitor.is_done = true;
    }
    // What was said arrives before the end of it.
    ::shutdown(visitor.socket.get(), SHUT_WR);
    constexpr std::uint64_t kOne = 1;
    static_cast<void>(::write(freed_.get(), &kOne, sizeof kOne));
  }

  Station& station_;
  const std::function<UnixTime()>& now_;
  const std::function<bool(const VisitResult&)>& tell_;
  std::chrono::milliseconds patience_;
  files::Descriptor freed_;
  std::mutex mutex_;
  bool is_enough_ = false;
  std::list<Visitor> visitors_;  // places stay where they are
};

}  // namespace

StationServer::~StationServer() {
  if (socket_.valid() && !path_.empty()) ::unlink(path_.c_str());
}

Result<StationServer> StationServer::Listen(const std::string& address) {
  if (address.starts_with(kUnix)) {
    const std::string path = address.substr(kUnix.size());
    EK_TRY_ASSIGN(files::Descriptor socket, ListenUnix(path));
    return StationServer(std::move(socket), address, path);
  }
  if (!address.starts_with(kLoopback)) {
    return Error(ErrorCode::kBadArgument, "station: neither unix:PATH nor 127.0.0.1:PORT");
  }
  std::string bound;
  EK_TRY_ASSIGN(files::Descriptor socket, ListenLoopback(address.substr(kLoopback.size()), bound));
  return StationServer(std::move(socket), bound, {});
}

Status StationServer::Serve(Station& station, int end, const std::function<UnixTime()>& now,
                            const std::function<bool(const VisitResult&)>& tell, std::chrono::milliseconds patience) {
  Visitors visitors(station, now, tell, patience);
  while (true) {
    std::array<pollfd, 3> polled = {
        {{end, POLLIN, 0}, {visitors.freed(), POLLIN, 0}, {visitors.is_full() ? -1 : socket_.get(), POLLIN, 0}}};
    if (::poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR) return Error(ErrorCode::kIo, "station: poll");
    if (polled[1].revents != 0) visitors.Collect();
    if (polled[0].revents != 0 || visitors.is_enough()) return {};
    if (polled[2].revents == 0) continue;
    files::Descriptor device(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!device.valid()) continue;
    visitors.Admit(std::move(device));
  }
}

}  // namespace edgekeep::factory
