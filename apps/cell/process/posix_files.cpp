#include "posix_files.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace edgekeep::cell {
namespace {

Error FromErrno(const char* where) {
  switch (errno) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return Error(ErrorCode::kNoSpace, where);
    case EROFS:
      return Error(ErrorCode::kReadOnly, where);
    default:
      return Error(ErrorCode::kIo, where);
  }
}

Result<std::uint64_t> SizeOfRegular(int file) {
  struct stat status{};
  if (fstat(file, &status) != 0) return FromErrno("file");
  if (!S_ISREG(status.st_mode)) return Error(ErrorCode::kBadArgument, "not a regular file");
  return static_cast<std::uint64_t>(status.st_size);
}

Status ReadFully(int file, std::uint64_t offset, MutableByteView out) {
  while (!out.empty()) {
    const ssize_t got = pread(file, out.data(), out.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return FromErrno("read");
    if (got == 0) return Error(ErrorCode::kMalformed, "file ends early");
    out = out.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
  return {};
}

Status WriteFully(int file, std::uint64_t offset, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t put = pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return FromErrno("write");
    bytes = bytes.subspan(static_cast<std::size_t>(put));
    offset += static_cast<std::uint64_t>(put);
  }
  return {};
}

}  // namespace

Result<PosixSource> PosixSource::Of(gate::Descriptor file) {
  EK_TRY_ASSIGN(const std::uint64_t size, SizeOfRegular(file.get()));
  return PosixSource(std::move(file), size);
}

Status PosixSource::ReadAt(std::uint64_t offset, MutableByteView out) const {
  return ReadFully(file_.get(), offset, out);
}

Status PosixSink::WriteAt(std::uint64_t offset, ByteView bytes) {
  return WriteFully(file_, offset, bytes);
}

Result<PosixSlotFile> PosixSlotFile::Of(gate::Descriptor file) {
  EK_TRY(SizeOfRegular(file.get()));
  PosixSlotFile slot(std::move(file));
  EK_TRY(slot.Discard());
  return slot;
}

std::uint64_t PosixSlotFile::size() const {
  return SizeOfRegular(file_.get()).value_or(0);
}

Status PosixSlotFile::ReadAt(std::uint64_t offset, MutableByteView out) const {
  return ReadFully(file_.get(), offset, out);
}

Status PosixSlotFile::WriteAt(std::uint64_t offset, ByteView bytes) {
  return WriteFully(file_.get(), offset, bytes);
}

Status PosixSlotFile::MakeDurable() {
  if (fsync(file_.get()) != 0) return FromErrno("sync");
  // Advice only: a file system that keeps its cache is read back from there.
  posix_fadvise(file_.get(), 0, 0, POSIX_FADV_DONTNEED);
  return {};
}

Status PosixSlotFile::Discard() {
  if (ftruncate(file_.get(), 0) != 0) return FromErrno("truncate");
  return {};
}

}  // namespace edgekeep::cell
