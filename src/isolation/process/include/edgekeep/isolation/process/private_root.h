// The private root of a cell: a small file system of its own, read-only, in place of the host's.
#pragma once
#include <cstdint>

#include "edgekeep/isolation/process/cell_user.h"

namespace edgekeep::isolation {

struct PrivateRoot {
  const char* mount_point = nullptr;  // an existing directory of the host; only this cell sees what is mounted there
  const char* cell_binary = nullptr;  // becomes kCellPath
  UserIds user;                       // owns kScratchPath
  std::uint64_t scratch_bytes = 0;    // size of kScratchPath; 0: there is none
};

// A process in a mount namespace of its own leaves the host's files for: the directories in which the dynamic loader
// finds libraries, the cell's program, a /proc that shows the cell alone, and for installing a scratch space in
// memory, never swapped out from Linux 6.3 on. Everything but the scratch space is read-only; nothing is a device or
// sets a user.
Status EnterPrivateRoot(const PrivateRoot& root);

}  // namespace edgekeep::isolation
