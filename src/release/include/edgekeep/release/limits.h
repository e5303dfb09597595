// Limits: what the client takes at most, so that no server can cost more than this.
#pragma once
#include <cstddef>
#include <cstdint>

namespace edgekeep::release {

struct Limits {
  // Of one file, where no other file that is trusted states its length. A hybrid root of five holders has 70 kB.
  std::size_t root_bytes = 512'000;
  std::size_t timestamp_bytes = 64 * 1024;
  std::size_t snapshot_bytes = 2'000'000;
  std::size_t targets_bytes = 5'000'000;
  // In one refresh; what was accepted before stays accepted, and the next one goes on from there.
  unsigned root_rotations = 256;
  // Delegated roles visited for one target.
  unsigned delegations = 32;
  // Comparisons of characters between patterns and the path of one target.
  std::uint64_t pattern_steps = 50'000'000;
};

// Of a device, which parses metadata in memory that is scarce and locked: a tree takes some ten times its text. Targets
// of 512 KiB are of some 1500 files.
inline constexpr Limits kDeviceLimits = {.root_bytes = 128 * 1024,
                                         .timestamp_bytes = 32 * 1024,
                                         .snapshot_bytes = 32 * 1024,
                                         .targets_bytes = 512 * 1024,
                                         .root_rotations = 256,
                                         .delegations = 0,
                                         .pattern_steps = 0};

inline constexpr std::size_t kMaxDelegations = 64;   // the most that Limits::delegations may say
inline constexpr std::size_t kMaxSignatures = 128;   // of one file
inline constexpr std::size_t kMaxTargetPath = 1024;  // bytes
inline constexpr std::size_t kMaxEncodedRole = 150;  // characters of a role's name, percent-encoded

}  // namespace edgekeep::release
