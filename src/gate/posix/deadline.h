// Deadline: a point of the monotonic clock by which a wait must end.
#pragma once
#include <cstdint>

namespace edgekeep::gate {

std::uint64_t MonotonicMicroseconds() noexcept;

class Deadline {
 public:
  // Negative: never.
  explicit Deadline(int timeout_ms) noexcept;

  bool passed() const noexcept { return remaining_ms(0) == 0; }

  // What poll() takes: milliseconds left, rounded up; at most `bound` when that is positive; -1 for ever.
  int remaining_ms(int bound = 0) const noexcept;

 private:
  std::uint64_t at_us_;
};

}  // namespace edgekeep::gate
