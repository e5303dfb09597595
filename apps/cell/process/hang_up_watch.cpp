#include "hang_up_watch.h"

#include <poll.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include <atomic>

#include "crash_wipe.h"

namespace edgekeep::cell {
namespace {

constexpr timespec kGrace{.tv_sec = 0, .tv_nsec = 500'000'000};

struct Watched {
  pollfd control;
  std::atomic<bool> work_ended = false;
};

// Outlives every frame: the thread is never joined.
constinit Watched watched{};

void* Watch(void* /*unused*/) {
  while (poll(&watched.control, 1, -1) <= 0) {
  }
  nanosleep(&kGrace, nullptr);
  if (watched.work_ended.load()) return nullptr;
  CrashWipe::WipeAll();
  _exit(0);
}

}  // namespace

Status HangUpWatch::Start(int control) {
  watched.control = {.fd = control, .events = POLLRDHUP, .revents = 0};
  pthread_t thread{};
  if (pthread_create(&thread, nullptr, Watch, nullptr) != 0) return Error(ErrorCode::kNoMemory, "thread");
  pthread_detach(thread);
  return {};
}

void HangUpWatch::WorkEnded() noexcept {
  watched.work_ended.store(true);
}

}  // namespace edgekeep::cell
