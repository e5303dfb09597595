#include "metrics_socket.h"

#include <grp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace edgekeep::cli::device {
namespace {

constexpr int kBacklog = 16;

Failure Because(const std::string& path, ErrorCode code, const char* why) {
  return {code, "cannot listen at " + path, why, AdviceFor(code)};
}

Outcome<sockaddr_un> AddressOf(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) {
    return Because(path, ErrorCode::kBadArgument, "the path is too long for a socket");
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

bool IsLeftBehind(const sockaddr_un& address) {
  struct stat about{};
  if (::lstat(address.sun_path, &about) != 0 || !S_ISSOCK(about.st_mode)) return false;
  const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const bool refused =
      ::connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 && errno == ECONNREFUSED;
  ::close(probe);
  return refused;
}

// Nobody may connect before it is for the right ones.
bool Bind(int fd, const sockaddr_un& address) {
  const mode_t before = ::umask(0777);
  const int bound = ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  ::umask(before);
  return bound == 0;
}

bool GiveTo(const std::string& path, const group* members) {
  if (members != nullptr && ::chown(path.c_str(), 0, members->gr_gid) != 0) return false;
  return ::chmod(path.c_str(), members != nullptr ? 0660 : 0600) == 0;
}

}  // namespace

Outcome<ListeningSocket> ListeningSocket::Make(const std::string& path, const std::string& group) {
  const Outcome<sockaddr_un> address = AddressOf(path);
  if (!address) return address.error();
  const struct group* const members = group.empty() ? nullptr : ::getgrnam(group.c_str());
  if (!group.empty() && members == nullptr) return Because(path, ErrorCode::kNotFound, "there is no such group");
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return Because(path, ErrorCode::kIo, std::strerror(errno));
  if (IsLeftBehind(*address)) ::unlink(path.c_str());
  if (!Bind(fd, *address)) {
    const int number = errno;
    ::close(fd);
    return Because(path, number == EADDRINUSE ? ErrorCode::kAlreadyExists : ErrorCode::kIo, std::strerror(number));
  }
  ListeningSocket made(fd, path);
  if (!GiveTo(path, members) || ::listen(fd, kBacklog) != 0) {
    return Because(path, ErrorCode::kIo, std::strerror(errno));
  }
  return made;
}

ListeningSocket::ListeningSocket(ListeningSocket&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), path_(std::exchange(other.path_, {})) {}

ListeningSocket::~ListeningSocket() {
  if (fd_ >= 0) ::close(fd_);
  if (!path_.empty()) ::unlink(path_.c_str());
}

}  // namespace edgekeep::cli::device
