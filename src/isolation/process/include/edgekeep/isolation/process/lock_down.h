// What cells, the keep and the spawner do to themselves.
#pragma once
#include "edgekeep/base/result.h"
#include "edgekeep/isolation/process/purpose.h"

namespace edgekeep::isolation {

// The last step of a cell before it meets a key or a byte of anybody's: makes the process undumpable, checks that no
// privilege is left, forbids files (landlock) and all system calls a cell does not need (seccomp). Call it after the
// engine was loaded, while there is one thread (kBadState otherwise), and end with kExitNotConfined when it fails.
// Needs /proc.
Status LockDown(Purpose purpose);

struct KeepDirectories {
  const char* state = nullptr;
  const char* anchor = nullptr;
  const char* sockets = nullptr;
};

// The first step of a keep, before it reads a key: no file but below its own directories, while there is one thread.
// The last one, when it listens and before it says so, is AllowOnlyKeepCalls. Needs /proc.
Status LockDownKeepFiles(const KeepDirectories& directories);

// What the spawner does to itself before it starts anybody. It stays root, for it makes namespaces, mounts and users'
// processes; it loses its network, its keyring, and every capability and system call it has no use for. What it starts
// inherits the loss.
Status LockDownSpawner();

}  // namespace edgekeep::isolation
