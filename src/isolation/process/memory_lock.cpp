#include "edgekeep/isolation/process/memory_lock.h"

#include <sys/mman.h>

#include "edgekeep/isolation/process/limits.h"

namespace edgekeep::isolation {
namespace {

constexpr std::uint64_t kHugePage = 2ULL << 20;
constexpr std::uint64_t kLargestPool = 1ULL << 40;

std::uint64_t RoundUp(std::uint64_t value) {
  return (value + kHugePage - 1) / kHugePage * kHugePage;
}

Result<MutableByteView> MapAligned(std::uint64_t size) {
  void* const start = mmap(nullptr, size + kHugePage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (start == MAP_FAILED) return Error(ErrorCode::kNoMemory, "locked memory");
  const auto address = reinterpret_cast<std::uintptr_t>(start);
  auto* const first = static_cast<std::uint8_t*>(start);
  const std::uint64_t before = RoundUp(address) - address;
  if (before != 0) munmap(first, before);
  if (before != kHugePage) munmap(first + before + size, kHugePage - before);
  return MutableByteView(first + before, size);
}

Status Protect(MutableByteView pool) {
  // Without huge pages everything still works, slower.
  madvise(pool.data(), pool.size(), MADV_HUGEPAGE);
  for (const int advice : {MADV_DONTDUMP, MADV_DONTFORK}) {
    if (madvise(pool.data(), pool.size(), advice) != 0) return Error(ErrorCode::kIo, "locked memory");
  }
  return {};
}

}  // namespace

std::string_view NameOf(MemoryLocking locking) noexcept {
  return locking == MemoryLocking::kAll ? "all" : "pool";
}

Result<LockedMemory> LockMemory(std::uint64_t pool_bytes) {
  if (pool_bytes > kLargestPool) return Error(ErrorCode::kNoMemory, "locked memory");
  LockedMemory memory;
  if (MayLockAll()) {
    if (mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) != 0) return Error(ErrorCode::kNoMemory, "locked memory");
    memory.locking = MemoryLocking::kAll;
  }
  if (pool_bytes == 0) return memory;
  EK_TRY_ASSIGN(memory.pool, MapAligned(RoundUp(pool_bytes)));
  EK_TRY(Protect(memory.pool));
  if (mlock2(memory.pool.data(), memory.pool.size(), MLOCK_ONFAULT) != 0) {
    return Error(ErrorCode::kNoMemory, "locked memory");
  }
  return memory;
}

}  // namespace edgekeep::isolation
