// Error numbers as the other side of the gate writes them.
#pragma once
#include <cstdint>

#include "edgekeep/base/result.h"

namespace edgekeep::gate {

// Fails with kMalformed for a number that spec/errors.md does not list.
Result<ErrorCode> ErrorCodeOf(std::uint64_t number);

}  // namespace edgekeep::gate
