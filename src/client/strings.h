// Strings of a caller's, laid out as the ring has them (base/strings.h).
#pragma once
#include "edgekeep/base/bytes.h"
#include "edgekeep/base/result.h"
#include "edgekeep/client/model.h"

namespace edgekeep::client {

// The bytes that `input`, which is of `count` strings, takes in the ring. Fails with kBadTensor when it holds another
// number of strings, kBadArgument when one has no bytes, kTooLarge.
Result<std::uint64_t> StringInputSize(const ek_input& input, std::uint64_t count);

// Writes the strings of `input` into `out`, which has that size. Fails with kBadArgument when the caller has meanwhile
// made them longer.
Status WriteStringInput(const ek_input& input, MutableByteView out);

}  // namespace edgekeep::client
