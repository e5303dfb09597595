// Element types by ONNX's numbers (onnx.proto, TensorProto.DataType), as far as a tensor can cross the gate.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include "edgekeep/base/result.h"
#include "edgekeep/engine/engine.h"

namespace edgekeep::engine {

// Returns the bytes of one element. Fails with kUnsupported for types a tensor does not have here: strings, complex
// numbers, 4-bit integers, 8-bit floats, and numbers that are no type.
Result<std::size_t> ElementBytes(ElementType type);

// Returns the bytes of a tensor. Fails with kUnsupported as above, with kBadTensor when a dimension is negative or the
// size overflows.
Result<std::size_t> TensorBytes(ElementType type, std::span<const std::int64_t> shape);

}  // namespace edgekeep::engine
