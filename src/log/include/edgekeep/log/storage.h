// Storage: the files of a log or a witness. What is not synced may be gone after a cut, in part or whole.
#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "edgekeep/base/bytes.h"

namespace edgekeep::log {

// Paths are relative, parted by '/'. Directories are made as they are needed.
class Storage {
 public:
  virtual ~Storage() = default;
  // Fails with kNotFound, or kTooLarge.
  virtual Result<std::string> Read(const std::string& path, std::size_t max_size) const = 0;
  // Makes or overwrites a file in place.
  virtual Status Write(const std::string& path, ByteView content) = 0;
  // Makes the content of a file last.
  virtual Status Sync(const std::string& path) = 0;
  // Makes the names in a directory last, "" being the storage's own.
  virtual Status SyncDirectory(const std::string& path) = 0;
  // In place of what stands at `to`, if anything.
  virtual Status Rename(const std::string& from, const std::string& to) = 0;
};

// A file that is the old one or the new one whenever power is cut: written beside, synced, renamed, its directory
// synced.
Status ReplaceFile(Storage& storage, const std::string& path, ByteView content);

// Where ReplaceFile writes what will stand at `path`.
std::string PathBeside(const std::string& path);

// The directories above `path`, the innermost first, "" last.
std::vector<std::string> DirectoriesAbove(const std::string& path);

// Takes the lock of the directory for as long as it lives: kBusy where somebody else has it for longer than `patience`.
// The directory must exist.
Result<std::unique_ptr<Storage>> OpenDirectory(const std::string& path, std::chrono::milliseconds patience = {});
// Without the lock, for reading.
Result<std::unique_ptr<Storage>> OpenDirectoryToRead(const std::string& path);

}  // namespace edgekeep::log
