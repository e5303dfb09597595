// What the spawner tells a cell.
#pragma once
#include <cstdint>

#include "edgekeep/base/result.h"
#include "edgekeep/isolation/process/purpose.h"

namespace edgekeep::cell {

// --purpose serve|install --pool-bytes N --engine PATH
struct Arguments {
  isolation::Purpose purpose = isolation::Purpose::kServe;
  std::uint64_t pool_bytes = 0;
  const char* engine = nullptr;
};

// Fails with kBadArgument for anything else than each of the three once.
Result<Arguments> ParseArguments(int count, const char* const* values);

}  // namespace edgekeep::cell
