#include "edgekeep/store/system_clock.h"

#include <time.h>

namespace edgekeep::store {

Result<UnixTime> SystemClock::Now() {
  timespec now{};
  if (::clock_gettime(CLOCK_REALTIME, &now) != 0 || now.tv_sec < 0) return Error(ErrorCode::kIo, "system clock");
  return UnixTime{static_cast<std::uint64_t>(now.tv_sec)};
}

}  // namespace edgekeep::store
