// Landlock: the kernel refuses files, TCP, signals and abstract sockets to this process, whatever its user may do.
#pragma once
#include "edgekeep/base/result.h"

namespace edgekeep::isolation {

// Forbids every file and directory, TCP, and (Linux 6.12) signals and abstract sockets to the outside; open descriptors
// stay usable. `except` is a directory in which plain files may be made, read, written and removed; null: none.
// Cannot be undone and holds for threads started afterwards. Fails with kUnsupported on a kernel without landlock.
Status ForbidFiles(const char* except);

}  // namespace edgekeep::isolation
