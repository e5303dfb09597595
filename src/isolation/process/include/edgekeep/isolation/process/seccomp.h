// Seccomp: the system calls a process has left; any other one kills it.
#pragma once
#include "edgekeep/base/result.h"
#include "edgekeep/isolation/process/purpose.h"

namespace edgekeep::isolation {

// Applies to every thread of the process, and cannot be undone. Needs no_new_privs.
Status AllowOnlyCellCalls(Purpose purpose);
// For a keep that listens already: no new socket but pairs, no process, no program, no code.
Status AllowOnlyKeepCalls();

}  // namespace edgekeep::isolation
