#include "harden.h"

#include <malloc.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace edgekeep::keep {
namespace {

// More than the keep's heap grows to with every connection open; less than the 8 MiB that hosts allow by default.
constexpr std::size_t kHeapSize = std::size_t{5} << 20;

struct Stack {
  std::uintptr_t begin = 0;
  std::size_t size = 0;  // 0: a thread of somebody else's
};

constexpr std::uintptr_t kPage = 4096;
constexpr std::uintptr_t kInUse = 4 * kPage;  // by the frame that gives a stack back, what it calls, and its callers

// What functions that have returned left of the stack in those pages and the next. An array of this frame is the one
// thing that certainly lies there and that nobody stands on.
[[gnu::noinline, gnu::no_sanitize("address", "thread")]] void WipeBelow() noexcept {
  unsigned char below[kInUse + 2 * kPage];
  ::explicit_bzero(below, sizeof below);
}

Stack OwnStack(std::size_t most) noexcept {
  pthread_attr_t attributes{};
  if (::pthread_getattr_np(::pthread_self(), &attributes) != 0) return {};
  void* start = nullptr;
  std::size_t size = 0;
  const bool known = ::pthread_attr_getstack(&attributes, &start, &size) == 0 && size <= most;
  ::pthread_attr_destroy(&attributes);
  return known ? Stack{reinterpret_cast<std::uintptr_t>(start), size} : Stack{};
}

bool MayLockEverything() noexcept {
  rlimit limit{};
  return ::getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur == RLIM_INFINITY;
}

// Never shrunk, and nothing beside it: what malloc hands out then lies in locked pages.
bool LockHeap() noexcept {
  ::mallopt(M_TRIM_THRESHOLD, -1);
  ::mallopt(M_MMAP_MAX, 0);
  void* const room = std::malloc(kHeapSize);
  if (room == nullptr) return false;
  const auto begin = reinterpret_cast<std::uintptr_t>(room) & ~std::uintptr_t{4095};
  const auto end = reinterpret_cast<std::uintptr_t>(::sbrk(0));
  std::free(room);
  return begin < end && ::mlock(reinterpret_cast<void*>(begin), end - begin) == 0;
}

}  // namespace

Status Harden() {
  const rlimit no_core{0, 0};
  if (::setrlimit(RLIMIT_CORE, &no_core) != 0) return Error(ErrorCode::kForbidden, "RLIMIT_CORE");
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return Error(ErrorCode::kForbidden, "PR_SET_DUMPABLE");
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return Error(ErrorCode::kForbidden, "PR_SET_NO_NEW_PRIVS");
  return {};
}

LockedMemory LockSecrets() noexcept {
  // One heap for all threads: with one each, as many would stay as connections ever were open at once.
  ::mallopt(M_ARENA_MAX, 1);
  if (MayLockEverything() && ::mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0) return LockedMemory::kAll;
  return LockHeap() ? LockedMemory::kHeap : LockedMemory::kNone;
}

void LockStack(std::size_t stack_size) noexcept {
  const Stack stack = OwnStack(stack_size);
  if (stack.size != 0) ::mlock2(reinterpret_cast<void*>(stack.begin), stack.size, MLOCK_ONFAULT);
}

// The C library keeps the stacks of ended threads for the next ones, and gives back nothing that is locked.
void GiveBackStack(std::size_t stack_size) noexcept {
  // The pages that stay are those in which the thread's outermost functions had their frames.
  WipeBelow();
  const Stack stack = OwnStack(stack_size);
  const std::uintptr_t end = (reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)) - kInUse) & ~(kPage - 1);
  if (stack.size == 0 || end <= stack.begin) return;
  ::munlock(reinterpret_cast<void*>(stack.begin), end - stack.begin);
  ::madvise(reinterpret_cast<void*>(stack.begin), end - stack.begin, MADV_DONTNEED);
}

const char* NameOf(LockedMemory locked) noexcept {
  switch (locked) {
    case LockedMemory::kAll:
      return "all";
    case LockedMemory::kHeap:
      return "heap";
    case LockedMemory::kNone:
      break;
  }
  return "none";
}

}  // namespace edgekeep::keep
