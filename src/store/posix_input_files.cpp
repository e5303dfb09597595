#include "edgekeep/store/posix_input_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "posix_error.h"

namespace edgekeep::store {

Result<std::uint64_t> PosixInputFiles::CheckedSize(int descriptor) {
  struct stat status{};
  if (::fstat(descriptor, &status) != 0)
    return Error(ErrorCode::kBadArgument, "the file that was handed in: no descriptor");
  // Reading a FIFO or a terminal could wait for ever.
  if (!S_ISREG(status.st_mode))
    return Error(ErrorCode::kBadArgument, "the file that was handed in: not a regular file");
  const int flags = ::fcntl(descriptor, F_GETFL);
  if (flags < 0 || (flags & O_ACCMODE) != O_RDONLY || (flags & O_PATH) != 0) {
    return Error(ErrorCode::kBadArgument, "the file that was handed in: not opened for reading only");
  }
  return static_cast<std::uint64_t>(status.st_size);
}

Status PosixInputFiles::ReadAt(int descriptor, std::uint64_t offset, MutableByteView out) {
  while (!out.empty()) {
    const ssize_t got = ::pread(descriptor, out.data(), out.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ErrorOfErrno("the file that was handed in: reading");
    if (got == 0) return Error(ErrorCode::kMalformed, "the file that was handed in: shorter than it was");
    out = out.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
  return {};
}

}  // namespace edgekeep::store
