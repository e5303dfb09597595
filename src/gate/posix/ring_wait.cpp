#include <linux/futex.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>

#include "deadline.h"
#include "edgekeep/gate/posix/ring_memory.h"

namespace edgekeep::gate {
namespace {

// The other side may be hostile or dead: no sleep is longer, whatever wake-ups it withholds.
constexpr int kLongestSleepMs = 100;
constexpr int kLooksBetweenClockReads = 64;
// A spin in vain costs at most one in so many waits.
constexpr std::uint32_t kLongestRest = 31;

using Word = std::atomic<std::uint32_t>;

void Pause() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

bool Spin(const Word& word, std::uint32_t old, SpinMemory& memory) noexcept {
  if (word.load(std::memory_order_acquire) != old) return true;
  const std::uint32_t microseconds = memory.NextMicroseconds();
  if (microseconds == 0) return false;
  const std::uint64_t end = MonotonicMicroseconds() + microseconds;
  do {
    for (int i = 0; i < kLooksBetweenClockReads; ++i) {
      if (word.load(std::memory_order_acquire) != old) {
        memory.Note(false);
        return true;
      }
      Pause();
    }
  } while (MonotonicMicroseconds() < end);
  memory.Note(true);
  return false;
}

void Sleep(Word& word, std::uint32_t old, int milliseconds) noexcept {
  const timespec length{.tv_sec = milliseconds / 1000, .tv_nsec = (milliseconds % 1000) * 1'000'000L};
  // Not a private futex: the word is shared between processes. Why it returns does not matter, the caller looks again.
  syscall(SYS_futex, &word, FUTEX_WAIT, old, &length, nullptr, 0);
}

bool HungUp(int socket) noexcept {
  pollfd watched{.fd = socket, .events = POLLRDHUP, .revents = 0};
  return socket >= 0 && poll(&watched, 1, 0) > 0 && watched.revents != 0;
}

Status SleepUntilChange(Word& word, std::uint32_t old, int timeout_ms, int ended_socket) {
  const Deadline deadline(timeout_ms);
  while (word.load(std::memory_order_acquire) == old) {
    if (HungUp(ended_socket)) return Error(ErrorCode::kPeerGone, "ring");
    const int left = deadline.remaining_ms(kLongestSleepMs);
    if (left == 0) return Error(ErrorCode::kTimedOut, "ring");
    Sleep(word, old, left);
  }
  return {};
}

void WakeIfWaiting(Word& word, const Word& waiting) noexcept {
  if (waiting.load() != 0) syscall(SYS_futex, &word, FUTEX_WAKE, 1, nullptr, nullptr, 0);
}

}  // namespace

std::uint32_t SpinMemory::NextMicroseconds() noexcept {
  if (rest_left_ == 0) return longest_us_;
  --rest_left_;
  return 0;
}

void SpinMemory::Note(bool in_vain) noexcept {
  rest_ = in_vain ? std::min(2 * rest_ + 1, kLongestRest) : 0;
  rest_left_ = rest_;
}

// NOLINTNEXTLINE(readability-function-size): two words, what to wait for, how long, and for whom
Status WaitForChange(std::atomic<std::uint32_t>& word, std::uint32_t old, std::atomic<std::uint32_t>& waiting,
                     SpinMemory& spin, int timeout_ms, int ended_socket) {
  if (Spin(word, old, spin)) return {};
  // Sequentially consistent with Raise: either the raiser sees this flag, or the sleeper sees the new value.
  waiting.store(1);
  const Status status = SleepUntilChange(word, old, timeout_ms, ended_socket);
  waiting.store(0);
  return status;
}

void Raise(std::atomic<std::uint32_t>& word, std::atomic<std::uint32_t>& waiting) noexcept {
  word.fetch_add(1);
  WakeIfWaiting(word, waiting);
}

void Set(std::atomic<std::uint32_t>& word, std::uint32_t value, std::atomic<std::uint32_t>& waiting) noexcept {
  word.store(value);
  WakeIfWaiting(word, waiting);
}

}  // namespace edgekeep::gate
