#include "readiness.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace edgekeep::spawner {

// sd_notify(3): one datagram; a path that begins with @ is in the abstract namespace.
gate::Descriptor ConnectServiceManager() noexcept {
  const char* const path = getenv("NOTIFY_SOCKET");
  sockaddr_un address{};
  const std::string_view name(path == nullptr ? "" : path);
  if (name.empty() || name.size() >= sizeof address.sun_path) return {};
  address.sun_family = AF_UNIX;
  std::copy(name.begin(), name.end(), address.sun_path);
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
  gate::Descriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  if (connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), length) != 0) {
    std::fputs("edgekeep-spawner: the service manager cannot be reached\n", stderr);
  }
  return socket;
}

void AnnounceReady(int ready_fd, const gate::Descriptor& service_manager) noexcept {
  constexpr std::string_view kReady = "ready\n";
  constexpr std::string_view kNotice = "READY=1\n";
  const gate::Descriptor ready(ready_fd);
  if (ready.valid() && write(ready.get(), kReady.data(), kReady.size()) < 0) {
    std::fputs("edgekeep-spawner: nobody reads --ready-fd\n", stderr);
  }
  if (service_manager.valid() && send(service_manager.get(), kNotice.data(), kNotice.size(), MSG_NOSIGNAL) < 0) {
    std::fputs("edgekeep-spawner: the service manager could not be notified\n", stderr);
  }
}

}  // namespace edgekeep::spawner
