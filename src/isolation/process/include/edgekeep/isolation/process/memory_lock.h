// Memory that never reaches swap or a core dump.
#pragma once
#include <cstdint>
#include <string_view>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/result.h"

namespace edgekeep::isolation {

enum class MemoryLocking : std::uint8_t {
  kAll,   // every page of the process, present and future
  kPool,  // the pool; everything else could be swapped out
};

// "all" or "pool", as spec/gate.md has it.
std::string_view NameOf(MemoryLocking locking) noexcept;

// Locked, zero-filled, 2 MiB aligned, huge pages where there are any, absent from core dumps and from children.
// It lives until the process ends.
struct LockedMemory {
  MemoryLocking locking = MemoryLocking::kPool;
  MutableByteView pool;
};

// Maps and locks `pool_bytes` (rounded up to 2 MiB). Pages are taken when they are first touched, and locked then.
// Needs an unbounded RLIMIT_MEMLOCK or CAP_IPC_LOCK, which may be dropped afterwards: what is locked stays so.
// Fails with kNoMemory.
Result<LockedMemory> LockMemory(std::uint64_t pool_bytes);

}  // namespace edgekeep::isolation
