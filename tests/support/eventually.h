// Waiting for what has no descriptor to wait on.
#pragma once
#include <poll.h>

#include <chrono>

namespace edgekeep::test {

// Calls `condition` until it is true or the limit is over; returns what it said last.
template <typename Condition>
bool Eventually(Condition condition, std::chrono::milliseconds limit = std::chrono::seconds(10)) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return condition();
    ::poll(nullptr, 0, 5);
  }
  return true;
}

}  // namespace edgekeep::test
