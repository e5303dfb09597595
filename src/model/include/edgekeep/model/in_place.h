// Which inputs an engine may read where an application can still write.
#pragma once
#include <cstdint>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/result.h"

namespace edgekeep::model {

// Bit i stands for input i of ReadSignature(model). It is set when the input is of floating-point numbers and
// everything computed from it reaches only operators of a fixed list, and none of their operands that are indices or
// shapes: then nothing that changes the input while it is read can lead an engine outside of a tensor. What is not
// understood is not proven: operators that are not on the list, subgraphs, functions, nodes out of order, names given
// twice.
//
// Time is n log n in the model's size, memory one entry for each named value, of which at most 2^20 are looked at.
// Fails with kModelRefused for what is no model, kNoMemory.
Result<std::uint32_t> InputsUsableInPlace(ByteView model);

}  // namespace edgekeep::model
