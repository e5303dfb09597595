#include "small_thread.h"

#include <memory>
#include <new>

#include "harden.h"

namespace edgekeep::keep {
namespace {

// Signature checks and a frame's buffers need no more.
constexpr std::size_t kStackSize = std::size_t{512} << 10;

struct Work {
  void* (*run)(void*);
  void* argument;
};

void* LockAndRun(void* given) {
  const Work work = *static_cast<Work*>(given);
  delete static_cast<Work*>(given);
  LockStack(kStackSize);
  void* const result = work.run(work.argument);
  GiveBackStack(kStackSize);
  return result;
}

}  // namespace

std::optional<pthread_t> StartSmallThread(void* (*run)(void*), void* argument) noexcept {
  std::unique_ptr<Work> work(new (std::nothrow) Work{run, argument});
  if (!work) return std::nullopt;
  pthread_attr_t attributes{};
  ::pthread_attr_init(&attributes);
  ::pthread_attr_setstacksize(&attributes, kStackSize);
  pthread_t thread{};
  const bool started = ::pthread_create(&thread, &attributes, LockAndRun, work.get()) == 0;
  ::pthread_attr_destroy(&attributes);
  if (!started) return std::nullopt;
  static_cast<void>(work.release());
  return thread;
}

}  // namespace edgekeep::keep
