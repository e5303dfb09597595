#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "edgekeep/gate/posix/channel.h"

namespace edgekeep::gate {
namespace {

constexpr int kBacklog = 64;
// How long connecting may wait for room in the listener's backlog.
constexpr timeval kConnectTimeout{.tv_sec = 5, .tv_usec = 0};

Result<sockaddr_un> AddressOf(std::string_view path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  // A first zero byte would name the abstract namespace, which has no permissions.
  if (path.empty() || path.front() == '\0' || path.size() >= sizeof address.sun_path) {
    return Error(ErrorCode::kBadArgument, "path of a gate socket (at most 107 bytes)");
  }
  std::copy(path.begin(), path.end(), address.sun_path);
  return address;
}

Result<Descriptor> NewSocket() {
  Descriptor socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  if (!socket.valid()) return Error(ErrorCode::kIo, "gate socket");
  return socket;
}

const sockaddr* Plain(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

Error ConnectError() {
  switch (errno) {
    case ENOENT:
    case ENOTDIR:
    case ECONNREFUSED:
    case EPROTOTYPE:
      return Error(ErrorCode::kNotFound, "gate socket");
    case EACCES:
    case EPERM:
      return Error(ErrorCode::kForbidden, "gate socket");
    case EAGAIN:
      return Error(ErrorCode::kTimedOut, "gate socket");
    default:
      return Error(ErrorCode::kIo, "gate socket");
  }
}

// Makes way for a new socket file: removes a socket that nobody answers at, and nothing else.
Status RemoveStale(const sockaddr_un& address) {
  struct stat found{};
  if (lstat(address.sun_path, &found) != 0) {
    if (errno == ENOENT) return {};
    return Error(ErrorCode::kIo, "gate socket");
  }
  if (!S_ISSOCK(found.st_mode)) return Error(ErrorCode::kAlreadyExists, "gate socket: a file of another kind is there");
  EK_TRY_ASSIGN(const Descriptor knocking, NewSocket());
  if (::connect(knocking.get(), Plain(address), sizeof address) == 0) return Error(ErrorCode::kBusy, "gate socket");
  if (errno != ECONNREFUSED) return Error(ErrorCode::kBusy, "gate socket");
  if (unlink(address.sun_path) != 0 && errno != ENOENT) return Error(ErrorCode::kIo, "stale gate socket");
  return {};
}

}  // namespace

Result<Channel> Channel::Connect(std::string_view path) {
  EK_TRY_ASSIGN(const sockaddr_un address, AddressOf(path));
  EK_TRY_ASSIGN(Descriptor socket, NewSocket());
  setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &kConnectTimeout, sizeof kConnectTimeout);
  int result = 0;
  do {
    result = ::connect(socket.get(), Plain(address), sizeof address);
  } while (result != 0 && errno == EINTR);
  if (result != 0) return ConnectError();
  return Channel(std::move(socket));
}

bool RefuseDescriptors(int socket) noexcept {
  constexpr int kPassRights = 83;  // SO_PASSRIGHTS, which the C library of Debian 12 does not name
  constexpr int kOff = 0;
  return setsockopt(socket, SOL_SOCKET, kPassRights, &kOff, sizeof kOff) == 0;
}

Result<Descriptor> Listen(std::string_view path, unsigned mode, Passing passing) {
  EK_TRY_ASSIGN(const sockaddr_un address, AddressOf(path));
  EK_TRY(RemoveStale(address));
  EK_TRY_ASSIGN(Descriptor socket, NewSocket());
  // bind() gives the file the socket's own mode less the umask: never wider than asked for, not even for a moment.
  if (fchmod(socket.get(), mode) != 0) return Error(ErrorCode::kIo, "mode of a gate socket");
  if (bind(socket.get(), Plain(address), sizeof address) != 0) {
    return Error(errno == EADDRINUSE ? ErrorCode::kBusy : ErrorCode::kIo, "gate socket");
  }
  if (chmod(address.sun_path, mode) != 0) return Error(ErrorCode::kIo, "mode of a gate socket");
  // Before anybody can connect; connections have it from here.
  if (passing == Passing::kRefused) RefuseDescriptors(socket.get());
  if (listen(socket.get(), kBacklog) != 0) return Error(ErrorCode::kIo, "gate socket");
  return socket;
}

Result<Descriptor> Accept(int listener) {
  for (;;) {
    Descriptor connection(accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
    if (connection.valid()) return connection;
    if (errno != EINTR && errno != ECONNABORTED) return Error(ErrorCode::kIo, "accepting at the gate");
  }
}

}  // namespace edgekeep::gate
