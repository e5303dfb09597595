#include "edgekeep/files/new_file.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstdio>

#include "edgekeep/base/hex.h"
#include "paths.h"

namespace edgekeep::files {
namespace {

mode_t ModeOf(Access access) {
  return access == Access::kPrivate ? 0600 : 0666;
}

Result<std::string> TemporaryName(const std::string& name) {
  std::array<std::uint8_t, 8> random;
  if (::getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size())) {
    return FromErrno(errno, "temporary name");
  }
  return "." + name.substr(0, 200) + "." + ToHex(random).c_str() + ".part";
}

// File systems without O_TMPFILE answer EOPNOTSUPP or, before they knew the flag, EISDIR.
bool CannotBeUnnamed(int error_number) {
  return error_number == EOPNOTSUPP || error_number == EISDIR || error_number == EINVAL;
}

}  // namespace

Result<NewFile> NewFile::Create(const std::string& path, Access access, Placement placement) {
  EK_TRY_ASSIGN(const SplitPath split, Split(path));
  Descriptor directory(::open(split.directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.valid()) return FromErrno(errno, "directory");
  struct stat unused;
  if (::fstatat(directory.get(), split.name.c_str(), &unused, AT_SYMLINK_NOFOLLOW) == 0) {
    return Error(ErrorCode::kAlreadyExists, "file");
  }
  if (placement == Placement::kUnnamedIfPossible) {
    Descriptor file(::openat(directory.get(), ".", O_TMPFILE | O_RDWR | O_CLOEXEC, ModeOf(access)));
    if (file.valid()) return NewFile(std::move(directory), std::move(file), split.name, {});
    if (!CannotBeUnnamed(errno)) return FromErrno(errno, "new file");
  }
  EK_TRY_ASSIGN(std::string temporary, TemporaryName(split.name));
  Descriptor file(
      ::openat(directory.get(), temporary.c_str(), O_CREAT | O_EXCL | O_RDWR | O_NOFOLLOW | O_CLOEXEC, ModeOf(access)));
  if (!file.valid()) return FromErrno(errno, "new file");
  return NewFile(std::move(directory), std::move(file), split.name, std::move(temporary));
}

NewFile::~NewFile() {
  if (file_.valid() && !temporary_.empty()) ::unlinkat(directory_.get(), temporary_.c_str(), 0);
}

Status NewFile::Reserve(std::uint64_t size) {
  if (::fallocate(file_.get(), 0, 0, static_cast<off_t>(size)) == 0) return {};
  if (errno == EOPNOTSUPP || errno == ENOSYS) return {};
  return FromErrno(errno, "room on the disk");
}

Status NewFile::WriteAt(std::uint64_t offset, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return FromErrno(errno, "write");
    bytes = bytes.subspan(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
  }
  return {};
}

Status NewFile::GiveName() {
  if (temporary_.empty()) {
    // AT_EMPTY_PATH needs a privilege on older kernels; the way over /proc needs /proc.
    if (::linkat(file_.get(), "", directory_.get(), name_.c_str(), AT_EMPTY_PATH) == 0) return {};
    if (errno == EEXIST) return Error(ErrorCode::kAlreadyExists, "file");
    const std::string by_proc = "/proc/self/fd/" + std::to_string(file_.get());
    if (::linkat(AT_FDCWD, by_proc.c_str(), directory_.get(), name_.c_str(), AT_SYMLINK_FOLLOW) == 0) return {};
    return FromErrno(errno, "file");
  }
  if (::renameat2(directory_.get(), temporary_.c_str(), directory_.get(), name_.c_str(), RENAME_NOREPLACE) != 0) {
    return FromErrno(errno, "file");
  }
  temporary_.clear();
  return {};
}

Status NewFile::Commit() {
  if (::fsync(file_.get()) != 0) return FromErrno(errno, "sync");
  EK_TRY(GiveName());
  if (::fsync(directory_.get()) != 0) {
    const int error_number = errno;
    ::unlinkat(directory_.get(), name_.c_str(), 0);
    return FromErrno(error_number, "sync");
  }
  return {};
}

Status WriteNewFile(const std::string& path, Access access, ByteView bytes) {
  EK_TRY_ASSIGN(NewFile file, NewFile::Create(path, access));
  EK_TRY(file.WriteAt(0, bytes));
  return file.Commit();
}

}  // namespace edgekeep::files
