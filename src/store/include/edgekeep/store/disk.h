// Disk: the few file operations the store is made of, so that a test can cut the power between any two of them.
#pragma once
#include <cstdint>
#include <string_view>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/inline_string.h"
#include "edgekeep/base/inline_vector.h"
#include "edgekeep/ports/store.h"

namespace edgekeep::store {

using EntryName = InlineString<160>;
inline constexpr std::size_t kMaxEntries = 96;
using EntryNames = InlineVector<EntryName, kMaxEntries>;

// Paths are relative to the disk's root, parts joined by "/"; "" is the root itself. Symbolic links are followed
// nowhere. Nothing is durable before SyncFile (contents) and SyncDirectory (names) have returned. Every call fails with
// kNoSpace, kReadOnly or kIo where the world says so.
class Disk {
 public:
  virtual ~Disk() = default;
  // Succeeds when the directory is there already.
  virtual Status MakeDirectory(std::string_view path) = 0;
  // Makes an empty regular file, to be read and written. Fails with kAlreadyExists.
  virtual Result<ports::FileHandle> Create(std::string_view path) = 0;
  // Opens a regular file to be read. Fails with kNotFound.
  virtual Result<ports::FileHandle> Open(std::string_view path) = 0;
  virtual Result<std::uint64_t> SizeOf(ports::FileHandle file) = 0;
  // Reads or writes all of it.
  virtual Status ReadAt(ports::FileHandle file, std::uint64_t offset, MutableByteView out) = 0;
  virtual Status WriteAt(ports::FileHandle file, std::uint64_t offset, ByteView bytes) = 0;
  virtual Status SyncFile(ports::FileHandle file) = 0;
  virtual Status SyncDirectory(std::string_view path) = 0;
  // Replaces `to`, if it is there, atomically.
  virtual Status Rename(std::string_view from, std::string_view to) = 0;
  // Fails with kNotFound.
  virtual Status Remove(std::string_view path) = 0;
  // Removes a directory. Fails with kNotFound, and with kBadState where something is in it.
  virtual Status RemoveDirectory(std::string_view path) = 0;
  // Names in a directory, without "." and "..". Fails with kTooLarge beyond kMaxEntries.
  virtual Result<EntryNames> List(std::string_view path) = 0;
  // Removes everything below the root, whatever it is called and however many there are, but the root's entry `kept`;
  // durably. Goes on where something cannot be removed, and fails as the first of them.
  virtual Status EraseAll(std::string_view kept) = 0;
  virtual void Close(ports::FileHandle file) noexcept = 0;
};

}  // namespace edgekeep::store
