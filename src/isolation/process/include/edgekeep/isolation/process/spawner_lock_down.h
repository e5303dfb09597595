// What the spawner does to itself.
#pragma once
#include "edgekeep/base/result.h"

namespace edgekeep::isolation {

// Before it starts anybody. It stays root, for it makes namespaces, mounts and users' processes; it loses its network,
// its keyring, and every capability and system call it has no use for. What it starts inherits the loss.
Status LockDownSpawner();

}  // namespace edgekeep::isolation
