// PosixInputFiles: clients' descriptors, looked at before anything is read from them.
#pragma once
#include "edgekeep/ports/input_files.h"

namespace edgekeep::store {

class PosixInputFiles final : public ports::InputFiles {
 public:
  Result<std::uint64_t> CheckedSize(int descriptor) override;
  Status ReadAt(int descriptor, std::uint64_t offset, MutableByteView out) override;
};

}  // namespace edgekeep::store
