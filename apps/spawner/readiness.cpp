#include "readiness.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "edgekeep/gate/posix/descriptor.h"

namespace edgekeep::spawner {
namespace {

// sd_notify(3): one datagram; a path that begins with @ is in the abstract namespace.
void NotifyServiceManager() {
  const char* const path = getenv("NOTIFY_SOCKET");
  if (path == nullptr) return;
  const std::string_view name(path);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (name.empty() || name.size() >= sizeof address.sun_path) return;
  std::copy(name.begin(), name.end(), address.sun_path);
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
  const gate::Descriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  constexpr std::string_view kReady = "READY=1\n";
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  if (!socket.valid() || sendto(socket.get(), kReady.data(), kReady.size(), MSG_NOSIGNAL,
                                reinterpret_cast<const sockaddr*>(&address), length) < 0) {
    std::fputs("edgekeep-spawner: the service manager could not be notified\n", stderr);
  }
}

}  // namespace

void AnnounceReady(int ready_fd) noexcept {
  const gate::Descriptor ready(ready_fd);
  constexpr std::string_view kReady = "ready\n";
  if (ready.valid() && write(ready.get(), kReady.data(), kReady.size()) < 0) {
    std::fputs("edgekeep-spawner: nobody reads --ready-fd\n", stderr);
  }
  NotifyServiceManager();
}

}  // namespace edgekeep::spawner
