// Seccomp: the system calls a cell has left; any other one kills it.
#pragma once
#include "edgekeep/base/result.h"
#include "edgekeep/isolation/process/purpose.h"

namespace edgekeep::isolation {

// Applies to every thread of the process, and cannot be undone. Needs no_new_privs.
Status AllowOnlyCellCalls(Purpose purpose);

}  // namespace edgekeep::isolation
