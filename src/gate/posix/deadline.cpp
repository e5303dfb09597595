#include "deadline.h"

#include <algorithm>
#include <ctime>
#include <limits>

namespace edgekeep::gate {
namespace {

constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();

}  // namespace

std::uint64_t MonotonicMicroseconds() noexcept {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 + static_cast<std::uint64_t>(now.tv_nsec) / 1000;
}

Deadline::Deadline(int timeout_ms) noexcept
    : at_us_(timeout_ms < 0 ? kNever : MonotonicMicroseconds() + static_cast<std::uint64_t>(timeout_ms) * 1000) {}

int Deadline::remaining_ms(int bound) const noexcept {
  if (at_us_ == kNever) return bound > 0 ? bound : -1;
  const std::uint64_t now = MonotonicMicroseconds();
  const std::uint64_t left = at_us_ > now ? (at_us_ - now + 999) / 1000 : 0;
  const auto limit = static_cast<std::uint64_t>(bound > 0 ? bound : std::numeric_limits<int>::max());
  return static_cast<int>(std::min(left, limit));
}

}  // namespace edgekeep::gate
