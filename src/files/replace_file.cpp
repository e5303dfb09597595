#include "edgekeep/files/replace_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>

#include "paths.h"

namespace edgekeep::files {

Status ReplaceFile(const std::string& path, Access access, ByteView bytes) {
  EK_TRY_ASSIGN(const SplitPath split, Split(path));
  struct stat status;
  if (::lstat(path.c_str(), &status) != 0) return FromErrno(errno, "file");
  if (!S_ISREG(status.st_mode)) return Error(ErrorCode::kBadArgument, "not a regular file");
  // A cut may have left one behind; it never counted.
  const std::string next = split.directory + "/." + split.name + ".next";
  ::unlink(next.c_str());
  EK_TRY(WriteNewFile(next, access, bytes));
  const Descriptor directory(::open(split.directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (::rename(next.c_str(), path.c_str()) != 0 || !directory.valid() || ::fsync(directory.get()) != 0) {
    const int error_number = errno;
    ::unlink(next.c_str());
    return FromErrno(error_number, "file");
  }
  return {};
}

}  // namespace edgekeep::files
