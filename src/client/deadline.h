// Deadline: the end of a wait that goes through several steps.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>

namespace edgekeep::client {

class Deadline {
 public:
  // `timeout_ms` as the C interface has it: EK_TIMEOUT_DEFAULT means `fallback_ms`, EK_TIMEOUT_NOW one that
  // is over already, EK_TIMEOUT_NEVER no end.
  static Deadline In(std::uint32_t timeout_ms, std::uint32_t fallback_ms) noexcept;

  // One that is over: who waits by it only looks.
  static Deadline Passed() noexcept;

  // False when it was over before it began.
  bool waits() const noexcept { return end_ != std::chrono::steady_clock::time_point::min(); }

  // Milliseconds left, rounded up; gate::kForever when there is no end.
  int remaining_ms() const noexcept;

  // Absent when there is no end.
  std::optional<std::chrono::steady_clock::time_point> end() const noexcept { return end_; }

 private:
  std::optional<std::chrono::steady_clock::time_point> end_;
};

}  // namespace edgekeep::client
