// MemoryFileHost: files in memory, in which an exporting cell leaves what an application is to get.
#pragma once
#include <memory>

#include "edgekeep/base/result.h"

namespace edgekeep::ports {

// An empty file without a name; whoever passes its descriptor on passes a copy. Ends with the object and all copies.
class MemoryFile {
 public:
  virtual ~MemoryFile() = default;
  // Open for reading and writing.
  virtual int descriptor() const = 0;
  // From now on nobody can change it, whoever holds a descriptor. Fails with kBusy while somebody has it mapped for
  // writing.
  virtual Status Seal() = 0;
};

class MemoryFileHost {
 public:
  virtual ~MemoryFileHost() = default;
  // Fails with kNoMemory.
  virtual Result<std::unique_ptr<MemoryFile>> NewFile() = 0;
};

}  // namespace edgekeep::ports
