#include "deadline.h"

#include <algorithm>
#include <limits>

#include "edgekeep/client/model.h"
#include "edgekeep/gate/posix/channel.h"

namespace edgekeep::client {

using std::chrono::steady_clock;

Deadline Deadline::In(std::uint32_t timeout_ms, std::uint32_t fallback_ms) noexcept {
  const std::uint32_t chosen = timeout_ms == EK_TIMEOUT_DEFAULT ? fallback_ms : timeout_ms;
  if (chosen == EK_TIMEOUT_NOW) return Passed();
  Deadline deadline;
  if (chosen != EK_TIMEOUT_NEVER) deadline.end_ = steady_clock::now() + std::chrono::milliseconds(chosen);
  return deadline;
}

Deadline Deadline::Passed() noexcept {
  Deadline deadline;
  deadline.end_ = steady_clock::time_point::min();
  return deadline;
}

int Deadline::remaining_ms() const noexcept {
  if (!end_) return gate::kForever;
  if (*end_ <= steady_clock::now()) return 0;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*end_ - steady_clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, std::numeric_limits<int>::max()));
}

}  // namespace edgekeep::client
