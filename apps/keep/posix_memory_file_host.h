// PosixMemoryFileHost: memory files as memfd_create(2) makes them.
#pragma once
#include "edgekeep/ports/memory_file_host.h"

namespace edgekeep::keep {

class PosixMemoryFileHost final : public ports::MemoryFileHost {
 public:
  Result<std::unique_ptr<ports::MemoryFile>> NewFile() override;
};

}  // namespace edgekeep::keep
