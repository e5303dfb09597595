// InputFiles: files that clients hand in by descriptor.
#pragma once
#include <cstdint>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/result.h"

namespace edgekeep::ports {

// Everything about such a file is hostile: its kind, its size, and its bytes, which may change at any time.
class InputFiles {
 public:
  virtual ~InputFiles() = default;
  // Returns the size in bytes. Fails with kBadArgument unless `descriptor` is a regular file opened for reading only.
  virtual Result<std::uint64_t> CheckedSize(int descriptor) = 0;
  // Reads exactly out.size() bytes at `offset`. Fails with kMalformed when the file ends before, or kIo.
  virtual Status ReadAt(int descriptor, std::uint64_t offset, MutableByteView out) = 0;
};

}  // namespace edgekeep::ports
