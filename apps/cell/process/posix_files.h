// The files a cell is handed, as descriptors.
#pragma once
#include "edgekeep/gate/posix/descriptor.h"
#include "edgekeep/prepare/prepare.h"
#include "edgekeep/sealing/byte_file.h"

namespace edgekeep::cell {

// A file to read. Its size is taken once.
class PosixSource final : public sealing::ByteSource {
 public:
  // Fails with kBadArgument unless `file` is a regular file.
  static Result<PosixSource> Of(gate::Descriptor file);

  std::uint64_t size() const override { return size_; }

  Status ReadAt(std::uint64_t offset, MutableByteView out) const override;

 private:
  PosixSource(gate::Descriptor file, std::uint64_t size) noexcept : file_(std::move(file)), size_(size) {}

  gate::Descriptor file_;
  std::uint64_t size_;
};

// An empty file to write, which stays its owner's.
class PosixSink final : public sealing::ByteSink {
 public:
  PosixSink() = default;

  explicit PosixSink(int file) noexcept : file_(file) {}

  Status WriteAt(std::uint64_t offset, ByteView bytes) override;

 private:
  int file_ = -1;
};

// A slot file to write, open for reading and writing.
class PosixSlotFile final : public prepare::SlotFileInMaking {
 public:
  // Empties it. Fails with kBadArgument unless `file` is a regular file.
  static Result<PosixSlotFile> Of(gate::Descriptor file);

  std::uint64_t size() const override;
  Status ReadAt(std::uint64_t offset, MutableByteView out) const override;
  Status WriteAt(std::uint64_t offset, ByteView bytes) override;
  Status MakeDurable() override;
  Status Discard() override;

 private:
  explicit PosixSlotFile(gate::Descriptor file) noexcept : file_(std::move(file)) {}

  gate::Descriptor file_;
};

}  // namespace edgekeep::cell
