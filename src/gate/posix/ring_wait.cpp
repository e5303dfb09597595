#include <linux/futex.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <utility>

#include "deadline.h"
#include "edgekeep/base/check.h"
#include "edgekeep/gate/posix/ring_memory.h"

namespace edgekeep::gate {
namespace {

// The other side may be hostile or dead: no sleep is longer, whatever wake-ups it withholds.
constexpr int kLongestSleepMs = 100;
// Where the kernel lets nobody sleep on several words: how late what happens to the others is noticed.
constexpr int kSleepOnOneMs = 5;
constexpr int kLooksBetweenClockReads = 64;
// A spin in vain costs at most one in so many waits.
constexpr std::uint32_t kLongestRest = 31;
// Waits that take alike differ by no more than a 16th; none is known that is shorter or longer than these.
constexpr std::uint64_t kUnlike = 16;
constexpr std::uint64_t kShortestSleep = 150;
constexpr std::uint64_t kLongestKnown = 20'000;
// A timer is up to 50 microseconds late unless somebody asks for better, and then there is the waking up.
constexpr std::uint64_t kWakeUp = 70;

using Word = std::atomic<std::uint32_t>;

void Pause() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// True when `changed` is, before `end`.
template <typename Changed>
bool SpinUntil(std::uint64_t end, Changed changed, SpinMemory& memory) noexcept {
  do {
    for (int i = 0; i < kLooksBetweenClockReads; ++i) {
      if (changed()) {
        memory.Note(false);
        return true;
      }
      Pause();
    }
  } while (MonotonicMicroseconds() < end);
  memory.Note(true);
  return false;
}

template <typename Changed>
bool Spin(std::uint64_t now, Changed changed, SpinMemory& memory) noexcept {
  const std::uint32_t microseconds = memory.NextMicroseconds();
  return microseconds != 0 && SpinUntil(now + microseconds, changed, memory);
}

void Sleep(Word& word, std::uint32_t old, std::int64_t microseconds) noexcept {
  const timespec length{.tv_sec = microseconds / 1'000'000, .tv_nsec = microseconds % 1'000'000 * 1000};
  // Not a private futex: the word is shared between processes. Why it returns does not matter, the caller looks again.
  syscall(SYS_futex, &word, FUTEX_WAIT, old, &length, nullptr, 0);
}

bool HungUp(int socket) noexcept {
  pollfd watched{.fd = socket, .events = POLLRDHUP, .revents = 0};
  return socket >= 0 && poll(&watched, 1, 0) > 0 && watched.revents != 0;
}

Status SleepUntilChange(Word& word, std::uint32_t old, const Deadline& deadline, int ended_socket) {
  while (word.load(std::memory_order_acquire) == old) {
    if (HungUp(ended_socket)) return Error(ErrorCode::kPeerGone, "ring");
    const int left = deadline.remaining_ms(kLongestSleepMs);
    if (left == 0) return Error(ErrorCode::kTimedOut, "ring");
    Sleep(word, old, std::int64_t{left} * 1000);
  }
  return {};
}

bool HasChanged(const Bell& bell) noexcept {
  return bell.word->load(std::memory_order_acquire) != bell.old;
}

bool HasAnyChanged(std::span<const Bell> bells) noexcept {
  return std::ranges::any_of(bells, HasChanged);
}

#ifndef SYS_futex_waitv
constexpr long SYS_futex_waitv = 449;  // the same number on every architecture
#endif

// False where the kernel has no such call.
bool SleepOnAll(std::span<const Bell> bells, int milliseconds) noexcept {
  std::array<futex_waitv, kMaxBells> words;
  for (std::size_t i = 0; i < bells.size(); ++i) {
    words[i] = {.val = bells[i].old,
                .uaddr = reinterpret_cast<std::uintptr_t>(bells[i].word),
                .flags = FUTEX_32,
                .__reserved = 0};
  }
  const std::uint64_t end_us = MonotonicMicroseconds() + static_cast<std::uint64_t>(milliseconds) * 1000;
  const timespec end{.tv_sec = static_cast<time_t>(end_us / 1'000'000),
                     .tv_nsec = static_cast<long>(end_us % 1'000'000 * 1000)};
  return syscall(SYS_futex_waitv, words.data(), bells.size(), 0, &end, CLOCK_MONOTONIC) >= 0 || errno != ENOSYS;
}

void SetWaiting(std::span<const Bell> bells, std::uint32_t value) noexcept {
  for (const Bell& bell : bells) bell.waiting->store(value);
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

std::uint32_t WaitMemory::SleepMicroseconds() const noexcept {
  const std::uint64_t sooner = std::min(last_us_, before_us_);
  if (sooner < kShortestSleep || sooner > kLongestKnown) return 0;
  if (std::max(last_us_, before_us_) - sooner > sooner / kUnlike) return 0;
  return static_cast<std::uint32_t>(sooner - kWakeUp);
}

void WaitMemory::Note(std::uint64_t microseconds) noexcept {
  before_us_ = std::exchange(last_us_, microseconds);
}

namespace {

struct Watched {
  Word& word;
  std::uint32_t old;
  Word& waiting;

  bool HasChanged() const noexcept { return word.load(std::memory_order_acquire) != old; }
};

bool SleepThenSpin(const Watched& watched, WaitMemory& memory, std::uint32_t microseconds) noexcept {
  const std::uint32_t spin = memory.end().NextMicroseconds();
  if (spin == 0) return false;
  watched.waiting.store(1);
  Sleep(watched.word, watched.old, microseconds);
  watched.waiting.store(0);
  if (watched.HasChanged()) return true;
  return SpinUntil(MonotonicMicroseconds() + spin, [&] { return watched.HasChanged(); }, memory.end());
}

}  // namespace

// NOLINTNEXTLINE(readability-function-size): two words, what to wait for, how long, and for whom
Status WaitForChange(std::atomic<std::uint32_t>& word, std::uint32_t old, std::atomic<std::uint32_t>& waiting,
                     WaitMemory& memory, int timeout_ms, int ended_socket) {
  const Watched watched{word, old, waiting};
  if (watched.HasChanged()) return {};
  const std::uint64_t start = MonotonicMicroseconds();
  const std::uint32_t sleep = memory.SleepMicroseconds();
  const bool known = sleep != 0 && (timeout_ms < 0 || sleep / 1000 + 1 < static_cast<std::uint32_t>(timeout_ms));
  if (!known && Spin(start, [&] { return watched.HasChanged(); }, memory.beginning())) {
    memory.Note(0);
    return {};
  }
  const Deadline deadline(timeout_ms);
  if (!known || !SleepThenSpin(watched, memory, sleep)) {
    // Sequentially consistent with Raise: either the raiser sees this flag, or the sleeper sees the new value.
    waiting.store(1);
    const Status status = SleepUntilChange(word, old, deadline, ended_socket);
    waiting.store(0);
    EK_TRY(status);
  }
  memory.Note(MonotonicMicroseconds() - start);
  return {};
}

void WaitForAny(std::span<const Bell> bells, SpinMemory& spin, int timeout_ms) noexcept {
  EK_CHECK(!bells.empty() && bells.size() <= kMaxBells);
  if (HasAnyChanged(bells)) return;
  if (Spin(MonotonicMicroseconds(), [&] { return HasAnyChanged(bells); }, spin)) return;
  SetWaiting(bells, 1);
  // Once more, since a word may have been changed by who saw nobody waiting; the kernel compares only when asked.
  if (!HasAnyChanged(bells) && !SleepOnAll(bells, timeout_ms)) {
    Sleep(*bells.back().word, bells.back().old, std::int64_t{std::min(timeout_ms, kSleepOnOneMs)} * 1000);
  }
  SetWaiting(bells, 0);
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
