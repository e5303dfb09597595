#include "edgekeep/store/system_clock.h"

#include <time.h>

namespace edgekeep::store {

Result<UnixTime> SystemClock::Now() {
  timespec now{};
  if (::clock_gettime(CLOCK_REALTIME, &now) != 0 || now.tv_sec < 0) return Error(ErrorCode::kIo, "system clock");
  return UnixTime{static_cast<std::uint64_t>(now.tv_sec)};
}

Result<std::uint64_t> SystemClock::SecondsSinceStart() {
  timespec since{};
  if (::clock_gettime(CLOCK_BOOTTIME, &since) != 0 || since.tv_sec < 0) return Error(ErrorCode::kIo, "boot time");
  return static_cast<std::uint64_t>(since.tv_sec);
}

}  // namespace edgekeep::store
