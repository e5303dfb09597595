// Seccomp: the system calls a process has left; any other one kills it, or fails.
#pragma once
#include "edgekeep/base/result.h"
#include "edgekeep/isolation/process/purpose.h"

namespace edgekeep::isolation {

// Applies to every thread of the process, and cannot be undone. Needs no_new_privs.
Status AllowOnlyCellCalls(Purpose purpose);
// For a cell that is about to load its engine: files are named, and code is mapped from files, but nothing that is or
// was writable becomes code. AllowOnlyCellCalls can follow.
Status AllowOnlyLoadingCalls(Purpose purpose);
// For a keep that listens already: no new socket but pairs, no process, no program, no code.
Status AllowOnlyKeepCalls();
// For the spawner and all it starts: what is not listed does not exist (ENOSYS). Sockets are local ones; no tracing, no
// kernel programs or modules, no keys, no entering of namespaces, no devices, no clock, no reboot.
Status AllowOnlySpawnerCalls();

}  // namespace edgekeep::isolation
