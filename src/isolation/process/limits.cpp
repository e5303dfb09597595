#include "edgekeep/isolation/process/limits.h"

#include <sys/resource.h>

#include <algorithm>

#include "edgekeep/gate/cell_sessions.h"
#include "edgekeep/gate/ring.h"

namespace edgekeep::isolation {
namespace {

constexpr std::uint64_t kMebi = 1ULL << 20;
constexpr std::uint64_t kGibi = 1ULL << 30;

// An engine holds weights in its own layout, activations and copies it makes while loading.
std::uint64_t PrivateBytesFor(Purpose purpose, std::uint64_t memory_bytes) {
  return 4 * memory_bytes + kGibi + TensorBytesFor(purpose, memory_bytes);
}

// The largest rings of as many sessions as one cell may have: their memory is the applications'.
constexpr std::uint64_t kRingBytes = gate::kMaxSessionsOfCell * (gate::kMaxRingBytes + gate::kRingDataOffset);

// Address space also holds libraries, rings and what allocators reserve without using it.
std::uint64_t AddressBytesFor(Purpose purpose, std::uint64_t memory_bytes) {
  return PrivateBytesFor(purpose, memory_bytes) + 8 * kGibi + (purpose == Purpose::kServe ? kRingBytes : 0);
}

// The largest file such a cell may write.
std::uint64_t FileBytesFor(Purpose purpose, std::uint64_t memory_bytes) {
  if (purpose == Purpose::kInstall) return ScratchBytesFor(memory_bytes);
  // Other cells write no file; but the kernel takes secret pages for one, until ForbidGrowingFiles.
  return purpose == Purpose::kExport ? std::max(memory_bytes, kMebi) : kMebi;
}

struct Bound {
  __rlimit_resource resource;
  rlim_t value;
};

Status Apply(const Bound& bound) {
  const rlimit limit{.rlim_cur = bound.value, .rlim_max = bound.value};
  if (setrlimit(bound.resource, &limit) != 0) return Error(ErrorCode::kIo, "resource limit");
  return {};
}

}  // namespace

std::uint64_t ScratchBytesFor(std::uint64_t memory_bytes) noexcept {
  return 2 * memory_bytes + 64 * kMebi;
}

std::uint64_t TensorBytesFor(Purpose purpose, std::uint64_t memory_bytes) noexcept {
  constexpr std::uint64_t kMost = 1ULL << 40;
  if (purpose != Purpose::kServe) return 0;
  // In whole huge pages: what lies before and behind stays aligned.
  return (std::min(memory_bytes, kMost) + 2 * kMebi - 1) / (2 * kMebi) * (2 * kMebi) + 256 * kMebi;
}

std::uint64_t MemoryBytesFor(Purpose purpose, std::uint64_t memory_bytes) noexcept {
  const std::uint64_t in_files = purpose == Purpose::kServe ? kRingBytes : ScratchBytesFor(memory_bytes);
  return PrivateBytesFor(purpose, memory_bytes) + in_files;
}

Status LimitCell(Purpose purpose, std::uint64_t memory_bytes) {
  const Bound bounds[] = {
      {RLIMIT_CORE, 0},
      {RLIMIT_NOFILE, 64 + gate::kMaxSessionsOfCell},
      {RLIMIT_NPROC, kCellTasks},
      {RLIMIT_MSGQUEUE, 0},
      {RLIMIT_DATA, PrivateBytesFor(purpose, memory_bytes)},
      {RLIMIT_AS, AddressBytesFor(purpose, memory_bytes)},
      {RLIMIT_FSIZE, FileBytesFor(purpose, memory_bytes)},
  };
  for (const Bound& bound : bounds) EK_TRY(Apply(bound));
  return {};
}

Status ForbidGrowingFiles() {
  return Apply({RLIMIT_FSIZE, 0});
}

Status LimitKeep() {
  constexpr Bound kBounds[] = {
      {RLIMIT_CORE, 0},          {RLIMIT_NOFILE, 1024}, {RLIMIT_NPROC, kKeepTasks},
      {RLIMIT_DATA, kKeepBytes}, {RLIMIT_MSGQUEUE, 0},
  };
  for (const Bound& bound : kBounds) EK_TRY(Apply(bound));
  return {};
}

bool AllowLockingAll() noexcept {
  const rlimit unbounded{.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
  return setrlimit(RLIMIT_MEMLOCK, &unbounded) == 0;
}

bool MayLockAll() noexcept {
  rlimit limit{};
  return getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur == RLIM_INFINITY;
}

}  // namespace edgekeep::isolation
