// Clock: what the keep takes for the time.
#pragma once
#include "edgekeep/base/ids.h"
#include "edgekeep/base/result.h"

namespace edgekeep::ports {

class Clock {
 public:
  virtual ~Clock() = default;
  // Never earlier than what an earlier call on this device returned, across restarts, up to the store's last record.
  virtual Result<UnixTime> Now() = 0;
};

}  // namespace edgekeep::ports
