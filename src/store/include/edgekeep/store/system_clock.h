// SystemClock: the time the system believes in, without any floor, and how long it has been up.
#pragma once
#include "edgekeep/ports/clock.h"

namespace edgekeep::store {

// Not yet what ports::Clock promises: keep::FlooredClock adds that time does not go back.
class SystemClock final : public ports::MachineClock {
 public:
  Result<UnixTime> Now() override;
  Result<std::uint64_t> SecondsSinceStart() override;
};

}  // namespace edgekeep::store
