#include "station_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

#include "edgekeep/formats/provisioning.h"

namespace edgekeep::cli::device {
namespace {

constexpr std::string_view kUnix = "unix:";
constexpr timeval kPatience{120, 0};

// The length of a socket's address; 0 for text that is none.
socklen_t ParseUnix(std::string_view path, sockaddr_storage& storage) {
  auto& address = reinterpret_cast<sockaddr_un&>(storage);
  if (path.empty() || path.size() >= sizeof address.sun_path) return 0;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  return sizeof address;
}

socklen_t ParseInternet(const std::string& text, sockaddr_storage& storage) {
  auto& address = reinterpret_cast<sockaddr_in&>(storage);
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return 0;
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto [parsed, error] = std::from_chars(text.data() + colon + 1, end, port);
  if (error != std::errc() || parsed != end) return 0;
  if (::inet_pton(AF_INET, text.substr(0, colon).c_str(), &address.sin_addr) != 1) return 0;
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  return sizeof address;
}

bool SendAll(int fd, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(sent));
  }
  return true;
}

bool ReceiveAll(int fd, MutableByteView out) {
  while (!out.empty()) {
    const ssize_t got = ::recv(fd, out.data(), out.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    out = out.subspan(static_cast<std::size_t>(got));
  }
  return true;
}

}  // namespace

StationSocket::StationSocket(StationSocket&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), address_(std::move(other.address_)) {}

StationSocket::~StationSocket() {
  if (fd_ >= 0) ::close(fd_);
}

Failure StationSocket::Gone() const {
  return {ErrorCode::kPeerGone, "the station says nothing", address_, "look at the station, then try again"};
}

Outcome<StationSocket> StationSocket::Connect(const std::string& address) {
  sockaddr_storage storage{};
  const bool is_unix = address.starts_with(kUnix);
  const socklen_t size =
      is_unix ? ParseUnix(std::string_view(address).substr(kUnix.size()), storage) : ParseInternet(address, storage);
  if (size == 0) {
    return Failure{ErrorCode::kBadArgument, "no address", address, "say unix:PATH, or an IPv4 address and a port"};
  }
  StationSocket socket(::socket(is_unix ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), address);
  ::setsockopt(socket.fd_, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  ::setsockopt(socket.fd_, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  if (::connect(socket.fd_, reinterpret_cast<const sockaddr*>(&storage), size) != 0) {
    return Failure{ErrorCode::kNotRunning, "cannot reach the station", address, "start it, or name another one"};
  }
  return socket;
}

Outcome<std::vector<std::uint8_t>> StationSocket::Ask(ByteView message) const {
  const auto size = static_cast<std::uint32_t>(message.size());
  std::array<std::uint8_t, 4> head;
  for (unsigned i = 0; i < head.size(); ++i) head[i] = static_cast<std::uint8_t>(size >> (8 * i));
  if (!SendAll(fd_, head) || !SendAll(fd_, message) || !ReceiveAll(fd_, head)) return Gone();
  std::uint32_t answer_size = 0;
  for (unsigned i = 0; i < head.size(); ++i) answer_size |= std::uint32_t{head[i]} << (8 * i);
  if (answer_size == 0 || answer_size > formats::kMaxProvisioningMessage) {
    return Failure{ErrorCode::kMalformed, "no station", address_, "name a factory's station"};
  }
  std::vector<std::uint8_t> answer(answer_size);
  if (!ReceiveAll(fd_, answer)) return Gone();
  return answer;
}

}  // namespace edgekeep::cli::device
