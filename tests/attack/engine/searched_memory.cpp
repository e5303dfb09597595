#include "searched_memory.h"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace edgekeep::attack {
namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kLowest = 0x10000;
constexpr std::uint64_t kHighest = 0x7FFF'FFFF'F000;
constexpr std::uint64_t kStride = 1ULL << 32;

const std::uint8_t* At(std::uint64_t address) {
  return reinterpret_cast<const std::uint8_t*>(address);
}

// The kernel maps nothing over what is mapped when it is asked not to: so it says whether anything is.
bool IsAllFree(std::uint64_t from, std::uint64_t size) {
  constexpr int kFlags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE;
  void* const place = const_cast<std::uint8_t*>(At(from));
  void* const got = mmap(place, size, PROT_NONE, kFlags, -1, 0);
  if (got == MAP_FAILED) return errno != EEXIST;
  munmap(got, size);
  return true;
}

// The kernel reads a signal set from there before it finds that nothing else makes sense.
bool IsReadable(std::uint64_t page) {
  constexpr int kNoSuchWay = 99;
  return syscall(SYS_rt_sigprocmask, kNoSuchWay, At(page), nullptr, 8) == 0 || errno == EINVAL;
}

bool IsZero(std::uint64_t page) {
  const std::uint8_t* const bytes = At(page);
  return bytes[0] == 0 && std::memcmp(bytes, bytes + 1, kPage - 1) == 0;
}

void AddPage(std::uint64_t page, std::vector<Memory>& runs) {
  if (!IsReadable(page) || IsZero(page)) return;
  const bool follows = !runs.empty() && runs.back().data() + runs.back().size() == At(page);
  if (follows) {
    runs.back() = Memory(runs.back().data(), runs.back().size() + kPage);
  } else {
    runs.emplace_back(At(page), kPage);
  }
}

// Halves what is not all free, until single pages are left; in the order of addresses.
void Find(std::uint64_t from, std::uint64_t size, std::vector<Memory>& runs) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> pending = {{from, size}};
  while (!pending.empty()) {
    const auto [start, length] = pending.back();
    pending.pop_back();
    if (IsAllFree(start, length)) continue;
    if (length == kPage) {
      AddPage(start, runs);
      continue;
    }
    const std::uint64_t half = length / 2 / kPage * kPage;
    pending.emplace_back(start + half, length - half);
    pending.emplace_back(start, half);
  }
}

}  // namespace

std::vector<Memory> ReadableMemory() {
  std::vector<Memory> runs;
  for (std::uint64_t from = kLowest; from < kHighest; from += kStride) {
    Find(from, std::min(kStride, kHighest - from), runs);
  }
  return runs;
}

Snapshot Snapshot::Take() {
  const std::vector<Memory> found = ReadableMemory();
  std::size_t size = 0;
  for (const Memory& run : found) size += run.size();
  Snapshot snapshot;
  void* const room = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (room == MAP_FAILED) return snapshot;
  auto* at = static_cast<std::uint8_t*>(room);
  for (const Memory& run : found) {
    std::copy(run.begin(), run.end(), at);
    snapshot.runs_.emplace_back(at, run.size());
    at += run.size();
  }
  return snapshot;
}

}  // namespace edgekeep::attack
