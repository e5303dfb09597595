// VersionFloors: which versions of metadata were seen, for whoever keeps that apart from the metadata themselves.
#pragma once
#include <cstdint>

#include "edgekeep/base/ids.h"

namespace edgekeep::release {

// Each half holds for the keys that vouched for it: whoever rotates a role's keys, to recover from versions that were
// pushed up, begins anew (TUF 1.0.34 §5.3.11).
struct VersionFloors {
  Digest timestamp_keys;  // zeros: no timestamp was seen
  std::uint64_t timestamp = 0;
  std::uint64_t snapshot = 0;  // that a timestamp described
  Digest snapshot_keys;        // zeros: no snapshot was seen
  std::uint64_t targets = 0;   // that a snapshot described

  friend bool operator==(const VersionFloors&, const VersionFloors&) = default;
};

}  // namespace edgekeep::release
