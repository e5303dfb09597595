// MonotonicCounter: a number that the anchor's silicon only ever raises.
#pragma once
#include <cstdint>

#include "edgekeep/base/result.h"

namespace edgekeep::ports {

// What is bound to it cannot be put back to an older state unless the anchor is put back with it. Any number of
// threads. It starts at any value, wears out (silicon bears 1e5 to 1e6 increments), and serves one purpose.
class MonotonicCounter {
 public:
  virtual ~MonotonicCounter() = default;
  // The value that the last Increment returned, or one more after a cut.
  virtual Result<std::uint64_t> Read() = 0;
  // Raises it by exactly one and returns the new value, which is durable then. After a failure or a cut the counter may
  // have risen or not: Read tells. No value ever returns once it was left.
  virtual Result<std::uint64_t> Increment() = 0;
};

}  // namespace edgekeep::ports
