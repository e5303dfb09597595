#include "whole_file.h"

#include "paths.h"

namespace edgekeep::store {
namespace {

Status WriteNew(Disk& disk, std::string_view path, ByteView bytes) {
  EK_TRY(RemoveIfThere(disk, path));
  EK_TRY_ASSIGN(const ports::FileHandle file, disk.Create(path));
  const auto write = [&]() -> Status {
    EK_TRY(disk.WriteAt(file, 0, bytes));
    return disk.SyncFile(file);
  };
  const Status written = write();
  disk.Close(file);
  return written;
}

}  // namespace

Result<Bytes> ReadWhole(Disk& disk, std::string_view path, std::size_t max_size) {
  EK_TRY_ASSIGN(const ports::FileHandle file, disk.Open(path));
  const auto read = [&]() -> Result<Bytes> {
    EK_TRY_ASSIGN(const std::uint64_t size, disk.SizeOf(file));
    if (size > max_size) return Error(ErrorCode::kTooLarge, "stored object");
    EK_TRY_ASSIGN(Bytes bytes, Bytes::Allocate(static_cast<std::size_t>(size)));
    EK_TRY(disk.ReadAt(file, 0, bytes.mutable_view()));
    return bytes;
  };
  Result<Bytes> bytes = read();
  disk.Close(file);
  return bytes;
}

Status ReplaceWhole(Disk& disk, std::string_view directory, std::string_view name, ByteView bytes) {
  const StorePath unfinished = Join(directory, name, kUnfinished);
  const auto replace = [&]() -> Status {
    EK_TRY(WriteNew(disk, unfinished.view(), bytes));
    return disk.Rename(unfinished.view(), Join(directory, name).view());
  };
  if (const Status replaced = replace(); !replaced) {
    // A full disk gets its space back; what cannot be removed now is removed when the store opens next.
    static_cast<void>(RemoveIfThere(disk, unfinished.view()).has_value());
    return replaced;
  }
  return disk.SyncDirectory(directory);
}

Status RemoveIfThere(Disk& disk, std::string_view path) {
  const Status removed = disk.Remove(path);
  if (!removed && removed.error().code() != ErrorCode::kNotFound) return removed;
  return {};
}

}  // namespace edgekeep::store
