// The last step of a cell before it meets a key or a byte of anybody's.
#pragma once
#include "edgekeep/base/result.h"
#include "edgekeep/isolation/process/purpose.h"

namespace edgekeep::isolation {

// Makes the process undumpable, checks that no privilege is left, forbids files (landlock) and all system calls a cell
// does not need (seccomp). Call it after the engine was loaded, while there is one thread (kBadState otherwise), and
// end with kExitNotConfined when it fails. Needs /proc.
Status LockDown(Purpose purpose);

}  // namespace edgekeep::isolation
