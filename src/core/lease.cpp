#include "edgekeep/core/lease.h"

#include <algorithm>

namespace edgekeep::core {
namespace {

std::uint64_t Since(std::uint64_t from, std::uint64_t to) {
  return to - std::min(from, to);
}

// A reset begins the count of restarts anew. Fewer resets: another anchor, or a cleared one.
std::uint64_t PowerUps(const LeaseTime& from, const LeaseTime& to) {
  if (to.resets == from.resets) return Since(from.restarts, to.restarts);
  return to.resets < from.resets ? 0 : std::uint64_t{to.resets} - from.resets + to.restarts;
}

}  // namespace

bool OnlyRestarted(const LeaseTime& from, const LeaseTime& to) {
  return to.resets == from.resets && to.restarts > from.restarts;
}

std::uint64_t LeaseMilliseconds(const LeaseTime& from, const LeaseTime& to, std::uint32_t start_charge_seconds) {
  constexpr std::uint64_t kLongest = UINT64_MAX / 4;
  const std::uint64_t with_power = std::min(Since(from.anchor_ms, to.anchor_ms), kLongest);
  // May pass 2^64: two numbers of 32 bits, times a third.
  const std::uint64_t charged =
      start_charge_seconds == 0
          ? 0
          : std::min(PowerUps(from, to), UINT64_MAX / start_charge_seconds) * start_charge_seconds;
  const std::uint64_t known = Since(from.floor.value, to.floor.value);
  return std::max(with_power + std::min(charged, kLongest / 1000) * 1000, std::min(known, kLongest / 1000) * 1000);
}

LeaseStanding StandingOf(const formats::Lease& lease, std::uint64_t counted_ms) {
  LeaseStanding standing;
  standing.used_seconds = Since(lease.counted_seconds, counted_ms / 1000);
  const std::uint64_t with_grace = std::uint64_t{lease.seconds} + lease.grace_seconds;
  standing.left_seconds = Since(standing.used_seconds, lease.seconds);
  standing.grace_left_seconds = Since(standing.used_seconds, with_grace);
  if (standing.left_seconds > 0) {
    standing.phase = LeasePhase::kRunning;
  } else if (standing.grace_left_seconds > 0) {
    standing.phase = LeasePhase::kGrace;
  }
  return standing;
}

}  // namespace edgekeep::core
