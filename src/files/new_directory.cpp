#include "edgekeep/files/new_directory.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "edgekeep/files/descriptor.h"
#include "paths.h"

namespace edgekeep::files {
namespace {

Status CheckFree(const std::string& target) {
  struct stat status;
  if (::lstat(target.c_str(), &status) != 0) {
    return errno == ENOENT ? Status() : FromErrno(errno, "directory");
  }
  std::error_code ignored;
  if (S_ISDIR(status.st_mode) && std::filesystem::is_empty(target, ignored)) return {};
  return Error(ErrorCode::kAlreadyExists, "directory");
}

Status SyncDirectory(const std::string& path) {
  const Descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.valid() || ::fsync(directory.get()) != 0) return FromErrno(errno, "sync");
  return {};
}

}  // namespace

Status EnsureDirectory(const std::string& path) {
  EK_TRY_ASSIGN(const SplitPath split, Split(path));
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return FromErrno(errno, "directory");
  // Also where it was there: who made it may have been cut off before this.
  return SyncDirectory(split.directory);
}

Result<NewDirectory> NewDirectory::Create(const std::string& target) {
  EK_TRY_ASSIGN(const SplitPath split, Split(target));
  EK_TRY(CheckFree(target));
  std::string path = split.directory + "/." + split.name.substr(0, 200) + ".part.XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) return FromErrno(errno, "new directory");
  return NewDirectory(split.directory + "/" + split.name, split.directory, std::move(path));
}

NewDirectory::NewDirectory(NewDirectory&& other) noexcept
    : target_(std::move(other.target_)), parent_(std::move(other.parent_)), path_(std::move(other.path_)) {
  other.path_.clear();
}

NewDirectory::~NewDirectory() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

Status NewDirectory::Commit() {
  EK_TRY(SyncDirectory(path_));
  // Replaces an empty directory and nothing else: rename(2) refuses anything that is not empty or not a directory.
  if (::rename(path_.c_str(), target_.c_str()) != 0) return FromErrno(errno, "directory");
  path_.clear();
  return SyncDirectory(parent_);
}

}  // namespace edgekeep::files
