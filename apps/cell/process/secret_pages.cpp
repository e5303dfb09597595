#include "secret_pages.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <utility>

#include "edgekeep/base/secret.h"

namespace edgekeep::cell {
namespace {

constexpr std::size_t kPage = 4096;
#ifndef SYS_memfd_secret
constexpr long SYS_memfd_secret = 447;  // the same number on every architecture
#endif

Result<MutableByteView> Mapped(void* start, std::size_t size) {
  if (start == MAP_FAILED) return Error(ErrorCode::kNoMemory, "secret pages");
  return MutableByteView(static_cast<std::uint8_t*>(start), size);
}

Result<MutableByteView> MapHidden(std::size_t size) {
  const int fd = static_cast<int>(syscall(SYS_memfd_secret, O_CLOEXEC));
  if (fd < 0) return Error(ErrorCode::kUnsupported, "memfd_secret");
  void* const start = ftruncate(fd, static_cast<off_t>(size)) == 0
                          ? mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)
                          : MAP_FAILED;
  close(fd);  // through the descriptor another process could map it
  return Mapped(start, size);
}

Result<MutableByteView> MapLocked(std::size_t size) {
  EK_TRY_ASSIGN(const MutableByteView bytes,
                Mapped(mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), size));
  if (mlock(bytes.data(), size) != 0 || madvise(bytes.data(), size, MADV_DONTDUMP) != 0) {
    munmap(bytes.data(), size);
    return Error(ErrorCode::kNoMemory, "secret pages");
  }
  return bytes;
}

}  // namespace

Result<SecretPages> SecretPages::Map(std::size_t size) {
  const std::size_t whole = (size + kPage - 1) / kPage * kPage;
  const auto hidden = MapHidden(whole);
  if (!hidden) {
    EK_TRY_ASSIGN(const MutableByteView locked, MapLocked(whole));
    return SecretPages(locked, false);
  }
  madvise(hidden->data(), whole, MADV_DONTFORK);
  Wipe(*hidden);
  return SecretPages(*hidden, true);
}

SecretPages::SecretPages(SecretPages&& other) noexcept
    : bytes_(std::exchange(other.bytes_, {})), hidden_(other.hidden_) {}

SecretPages::~SecretPages() {
  if (bytes_.empty()) return;
  Wipe(bytes_);
  munmap(bytes_.data(), bytes_.size());
}

}  // namespace edgekeep::cell
