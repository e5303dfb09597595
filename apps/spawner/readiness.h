// Telling whoever started the spawner that the keep answers.
#pragma once
#include "edgekeep/gate/posix/descriptor.h"

namespace edgekeep::spawner {

// A socket to the service manager's NOTIFY_SOCKET; not valid when there is none. To be opened before the spawner loses
// its network.
gate::Descriptor ConnectServiceManager() noexcept;

// Writes "ready" to `ready_fd` (-1: none) and closes it, and sends READY=1 to the service manager.
void AnnounceReady(int ready_fd, const gate::Descriptor& service_manager) noexcept;

}  // namespace edgekeep::spawner
