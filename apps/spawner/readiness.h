// Telling whoever started the spawner that the keep answers.
#pragma once

namespace edgekeep::spawner {

// Writes "ready" to `ready_fd` (-1: none) and closes it, and sends READY=1 to the service manager's NOTIFY_SOCKET.
void AnnounceReady(int ready_fd) noexcept;

}  // namespace edgekeep::spawner
