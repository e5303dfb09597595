#include "edgekeep/files/read_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <limits>

#include "edgekeep/files/descriptor.h"

namespace edgekeep::files {
namespace {

struct OpenFile {
  Descriptor descriptor;
  struct stat status;
};

Result<OpenFile> Open(const std::string& path, int extra_flags, std::uint64_t max_size) {
  // O_NONBLOCK: opening a FIFO that nobody writes to would hang before it could be refused.
  Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | extra_flags));
  if (!descriptor.valid()) return FromErrno(errno, errno == ELOOP ? "symbolic link" : "file");
  struct stat status;
  if (::fstat(descriptor.get(), &status) != 0) return FromErrno(errno, "file");
  if (!S_ISREG(status.st_mode)) return Error(ErrorCode::kBadArgument, "not a regular file");
  if (static_cast<std::uint64_t>(status.st_size) > max_size) return Error(ErrorCode::kTooLarge, "file");
  return OpenFile{std::move(descriptor), status};
}

Status CheckPrivate(const struct stat& status) {
  if (status.st_uid != ::geteuid() && status.st_uid != 0) return Error(ErrorCode::kForbidden, "file of another user");
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) return Error(ErrorCode::kForbidden, "file open to other users");
  return {};
}

Status ReadWhole(const OpenFile& file, MutableByteView out) {
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t got = ::pread(file.descriptor.get(), out.data() + done, out.size() - done, static_cast<off_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return FromErrno(errno, "read");
    if (got == 0) return Error(ErrorCode::kIo, "file became shorter while it was read");
    done += static_cast<std::size_t>(got);
  }
  return {};
}

}  // namespace

Result<Bytes> ReadFile(const std::string& path, std::size_t max_size) {
  EK_TRY_ASSIGN(const OpenFile file, Open(path, 0, max_size));
  EK_TRY_ASSIGN(Bytes bytes, Bytes::Allocate(static_cast<std::size_t>(file.status.st_size)));
  EK_TRY(ReadWhole(file, bytes.mutable_view()));
  return bytes;
}

Result<SecretBytes> ReadPrivateFile(const std::string& path, std::size_t max_size) {
  EK_TRY_ASSIGN(const OpenFile file, Open(path, O_NOFOLLOW, max_size));
  EK_TRY(CheckPrivate(file.status));
  EK_TRY_ASSIGN(SecretBytes bytes, SecretBytes::Allocate(static_cast<std::size_t>(file.status.st_size)));
  EK_TRY(ReadWhole(file, bytes.RevealForWriting()));
  return bytes;
}

Result<FileFront> ReadFront(const std::string& path, std::size_t max_front) {
  EK_TRY_ASSIGN(const OpenFile file, Open(path, 0, std::numeric_limits<std::uint64_t>::max()));
  const auto size = static_cast<std::uint64_t>(file.status.st_size);
  EK_TRY_ASSIGN(Bytes front, Bytes::Allocate(static_cast<std::size_t>(std::min<std::uint64_t>(size, max_front))));
  EK_TRY(ReadWhole(file, front.mutable_view()));
  return FileFront{std::move(front), size};
}

}  // namespace edgekeep::files
