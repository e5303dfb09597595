// System V shared memory, which outlives whoever made it.
#pragma once
#include <cstdint>
#include <set>

#include "edgekeep/probe/scan.h"

namespace edgekeep::probe {

// Adds what the segments of `users` hold to `report`; `list` is /proc/sysvipc/shm or a file like it.
void ScanSharedSegments(const std::filesystem::path& list, const std::set<std::uint32_t>& users,
                        std::span<const Canary> canaries, Report& report);

}  // namespace edgekeep::probe
