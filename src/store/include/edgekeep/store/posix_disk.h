// PosixDisk: a Disk in a directory of the file system; files 0600, directories 0700.
#pragma once
#include <utility>

#include "edgekeep/store/disk.h"

namespace edgekeep::store {

class PosixDisk final : public Disk {
 public:
  // Makes the directory `root` when its parent is there and it is not. Fails with kNotFound, kForbidden, kReadOnly,
  // kIo.
  static Result<PosixDisk> Open(const char* root);

  PosixDisk(PosixDisk&& other) noexcept : root_(std::exchange(other.root_, -1)) {}

  PosixDisk& operator=(PosixDisk&&) = delete;
  ~PosixDisk() override;

  Status MakeDirectory(std::string_view path) override;
  Result<ports::FileHandle> Create(std::string_view path) override;
  Result<ports::FileHandle> Open(std::string_view path) override;
  Result<std::uint64_t> SizeOf(ports::FileHandle file) override;
  Status ReadAt(ports::FileHandle file, std::uint64_t offset, MutableByteView out) override;
  Status WriteAt(ports::FileHandle file, std::uint64_t offset, ByteView bytes) override;
  Status SyncFile(ports::FileHandle file) override;
  Status SyncDirectory(std::string_view path) override;
  Status Rename(std::string_view from, std::string_view to) override;
  Status Remove(std::string_view path) override;
  Status RemoveDirectory(std::string_view path) override;
  Result<EntryNames> List(std::string_view path) override;
  Status EraseAll(std::string_view kept) override;
  void Close(ports::FileHandle file) noexcept override;

 private:
  explicit PosixDisk(int root) noexcept : root_(root) {}

  int root_;
};

}  // namespace edgekeep::store
