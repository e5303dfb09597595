#include "edgekeep/core/lease.h"

#include <algorithm>

namespace edgekeep::core {
namespace {

std::uint64_t Since(std::uint64_t from, std::uint64_t to) {
  return to - std::min(from, to);
}

}  // namespace

std::uint64_t LeaseMilliseconds(const LeaseTime& from, const LeaseTime& to, std::uint32_t start_charge_seconds) {
  constexpr std::uint64_t kLongest = UINT64_MAX / 4;
  const std::uint64_t with_power = std::min(Since(from.anchor_ms, to.anchor_ms), kLongest);
  const std::uint64_t charged = Since(from.starts, to.starts) * start_charge_seconds;  // below 2^64: 32 bits each
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
