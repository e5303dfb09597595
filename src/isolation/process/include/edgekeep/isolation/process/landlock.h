// Landlock: the kernel refuses files, TCP, signals and abstract sockets to this process, whatever its user may do.
#pragma once
#include <cstdint>
#include <span>

#include "edgekeep/base/result.h"

namespace edgekeep::isolation {

// What stays possible below one directory, or with one file.
enum class Use : std::uint8_t {
  kReading,     // reading files
  kPlainFiles,  // making, reading, writing and removing plain files
  kTree,        // the same, and making, removing and renaming directories
  kSockets,     // making socket files, and removing them
};

struct Place {
  const char* path = nullptr;
  Use use = Use::kPlainFiles;
};

// Forbids every file and directory but `places`, TCP, and (Linux 6.12) signals and abstract sockets to the outside;
// open descriptors stay usable. Cannot be undone and holds for threads started afterwards. Fails with kUnsupported on a
// kernel without landlock, kIo when a place is missing.
Status ForbidFilesExcept(std::span<const Place> places);

// Forbids TCP, and signals and abstract sockets to all but this process and what it starts, as far as the kernel can;
// files stay as they are. For the spawner: who is bound in files by landlock may not mount any more.
Status ForbidNetworkAndOutsiders();

}  // namespace edgekeep::isolation
