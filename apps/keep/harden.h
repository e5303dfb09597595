// What the keep does to itself before it touches a key.
#pragma once
#include <cstddef>

#include "edgekeep/base/result.h"

namespace edgekeep::keep {

// No core dump, not dumpable, no new privileges. Fails with kForbidden.
Status Harden();

enum class LockedMemory {
  kAll,   // every page, present and future
  kHeap,  // the heap that secrets live in, and stacks as far as the limit goes
  kNone,
};

// Keeps secrets out of swap as far as RLIMIT_MEMLOCK allows. To be called before any secret is in memory and before
// there is a second thread.
LockedMemory LockSecrets() noexcept;

// Locks the calling thread's stack as it is touched, best effort.
void LockStack(std::size_t stack_size) noexcept;

// For a thread that is about to end: what functions that have returned left on its stack is wiped where the thread
// still stands, and goes back to the kernel, zeroed before anybody sees it, elsewhere.
void GiveBackStack(std::size_t stack_size) noexcept;

const char* NameOf(LockedMemory locked) noexcept;

}  // namespace edgekeep::keep
