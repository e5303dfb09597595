// Namespaces: what a process can name at all.
#pragma once
#include <sys/types.h>

#include "edgekeep/base/result.h"

namespace edgekeep::isolation {

// Fork, with the child in namespaces of its own. Returns 0 in the child. Call while this process has one thread.
// A cell gets mount, network, process, IPC, host name and cgroup namespaces, and is process 1 there.
Result<pid_t> ForkCell();
// The keep gets network, IPC and host name namespaces.
Result<pid_t> ForkKeep();

// An unprivileged process with one thread enters a user namespace that maps nothing but its own user and group, and
// drops what it is given there; CheckNoPrivileges holds afterwards. Needs /proc.
Status EnterOwnUserNamespace();

}  // namespace edgekeep::isolation
