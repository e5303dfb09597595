// How a lease stands (spec/licence.md §8, spec/keep-state.md §11). No clock is asked here.
#pragma once
#include <cstdint>

#include "edgekeep/base/ids.h"
#include "edgekeep/formats/licence.h"

namespace edgekeep::core {

// What a device knows of time at one moment.
struct LeaseTime {
  std::uint64_t anchor_ms = 0;  // with power, by the anchor's own clock
  std::uint32_t resets = 0;     // how often the power came back, by the anchor
  std::uint32_t restarts = 0;   // and since the last of them, with the anchor's state kept
  UnixTime floor;               // of the keep's time
};

// Since `from` the power went and came back, and the anchor kept its state: the next reset forgets how often.
bool OnlyRestarted(const LeaseTime& from, const LeaseTime& to);

// How much of a lease passed between two moments: the time with power and `start_charge_seconds` for each power-up, or
// what the floor of time rose, whichever is more. Whatever went back counts as nothing.
std::uint64_t LeaseMilliseconds(const LeaseTime& from, const LeaseTime& to, std::uint32_t start_charge_seconds);

enum class LeasePhase : std::uint8_t { kRunning = 1, kGrace = 2, kOver = 3 };

struct LeaseStanding {
  LeasePhase phase = LeasePhase::kOver;
  std::uint64_t used_seconds = 0;        // since the lease began
  std::uint64_t left_seconds = 0;        // of the lease
  std::uint64_t grace_left_seconds = 0;  // of lease and grace together
};

// `counted_ms` were counted under the licence's id.
LeaseStanding StandingOf(const formats::Lease& lease, std::uint64_t counted_ms);

}  // namespace edgekeep::core
