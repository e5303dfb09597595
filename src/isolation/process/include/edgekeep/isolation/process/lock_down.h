// What cells and the keep do to themselves.
#pragma once
#include "edgekeep/base/result.h"
#include "edgekeep/isolation/process/purpose.h"

namespace edgekeep::isolation {

// A cell locks itself down in two steps, each while it has one thread (kBadState otherwise); it ends with
// kExitNotConfined when one fails. Both need /proc.
//
// Before foreign code is loaded: makes the process undumpable, checks that no privilege is left, forbids all system
// calls but a cell's own (seccomp) and all files (landlock) but what loading takes: reading the system's libraries, and
// mapping code that nobody can write from files.
Status LockDownForLoading(Purpose purpose);
// Before the first key, or byte of anybody's: takes the libraries and the mapping of code away as well.
Status LockDown(Purpose purpose);

struct KeepDirectories {
  const char* state = nullptr;
  const char* anchor = nullptr;
  const char* sockets = nullptr;
};

// The first step of a keep, before it reads a key: no file but below its own directories, while there is one thread.
// The last one, when it listens and before it says so, is AllowOnlyKeepCalls. Needs /proc.
Status LockDownKeepFiles(const KeepDirectories& directories);

}  // namespace edgekeep::isolation
