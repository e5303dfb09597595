// SystemClock: the time the system believes in, without any floor.
#pragma once
#include "edgekeep/ports/clock.h"

namespace edgekeep::store {

// Not yet what ports::Clock promises: keep::FlooredClock adds that time does not go back.
class SystemClock final : public ports::Clock {
 public:
  Result<UnixTime> Now() override;
};

}  // namespace edgekeep::store
