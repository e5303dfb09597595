// What the spawner tells a cell.
#pragma once
#include <cstdint>
#include <optional>

#include "edgekeep/base/ids.h"
#include "edgekeep/base/result.h"
#include "edgekeep/isolation/process/purpose.h"

namespace edgekeep::cell {

// --purpose serve|install|measure|export --pool-bytes N --engine PATH [--engine-sha256 HEX]
struct Arguments {
  isolation::Purpose purpose = isolation::Purpose::kServe;
  std::uint64_t pool_bytes = 0;
  const char* engine = nullptr;
  std::optional<Digest> engine_digest;  // of the engine, by whoever measured it before; absent: the cell does
};

// Fails with kBadArgument for anything else than each of the first three once, and the last at most once.
Result<Arguments> ParseArguments(int count, const char* const* values);

}  // namespace edgekeep::cell
