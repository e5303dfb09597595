// LeaseClock: by what leases are counted (spec/keep-state.md §11).
#pragma once
#include <optional>

#include "edgekeep/core/lease.h"
#include "edgekeep/keep/floored_clock.h"
#include "edgekeep/ports/anchor.h"
#include "edgekeep/ports/clock.h"

namespace edgekeep::keep {

// The anchor is asked once in kLookSeconds, for silicon is slow; between, the machine's counter goes on from what it
// showed. One thread at a time. What it is made of outlives it.
class LeaseClock {
 public:
  static constexpr std::uint64_t kLookSeconds = 900;

  LeaseClock(ports::Anchor& anchor, ports::MachineClock& machine, FlooredClock& clock) noexcept
      : anchor_(&anchor), machine_(&machine), clock_(&clock) {}

  // Fails as the anchor does.
  Result<core::LeaseTime> Now();

 private:
  struct Reading {
    ports::AnchorTime shown;
    std::uint64_t counter = 0;  // of the machine, then
  };

  ports::Anchor* anchor_;
  ports::MachineClock* machine_;
  FlooredClock* clock_;
  std::optional<Reading> last_;
};

}  // namespace edgekeep::keep
