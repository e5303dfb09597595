// Clock: what the keep takes for the time.
#pragma once
#include <cstdint>

#include "edgekeep/base/ids.h"
#include "edgekeep/base/result.h"

namespace edgekeep::ports {

class Clock {
 public:
  virtual ~Clock() = default;
  // Never earlier than what an earlier call on this device returned, across restarts, up to the store's last record.
  virtual Result<UnixTime> Now() = 0;
};

// The machine's own clocks: what they show may be wrong, or be turned.
class MachineClock : public Clock {
 public:
  // The time of day. May go back.
  Result<UnixTime> Now() override = 0;
  // Seconds since the machine started, sleep included: nobody can turn it, and it never goes back.
  virtual Result<std::uint64_t> SecondsSinceStart() = 0;
};

}  // namespace edgekeep::ports
