#include "lease_clock.h"

namespace edgekeep::keep {

Result<core::LeaseTime> LeaseClock::Now() {
  EK_TRY_ASSIGN(const std::uint64_t counter, machine_->SecondsSinceStart());
  if (!last_ || counter - last_->counter >= kLookSeconds) {
    EK_TRY_ASSIGN(const ports::AnchorTime shown, anchor_->ReadClock());
    last_ = Reading{shown, counter};
  }
  return core::LeaseTime{.anchor_ms = last_->shown.milliseconds + (counter - last_->counter) * 1000,
                         .resets = last_->shown.resets,
                         .restarts = last_->shown.restarts,
                         .floor = clock_->floor()};
}

}  // namespace edgekeep::keep
