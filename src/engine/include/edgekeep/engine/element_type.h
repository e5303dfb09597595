// Element types by ONNX's numbers (onnx.proto, TensorProto.DataType), as far as a tensor can cross the gate.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include "edgekeep/base/result.h"
#include "edgekeep/engine/engine.h"

namespace edgekeep::engine {

inline constexpr ElementType kString = 8;

// Returns the bits of one element; elements of 4 and 2 bits share bytes. Fails with kUnsupported for strings, which
// have no fixed size, and for what no tensor here has: complex numbers, and numbers that are no type.
Result<std::size_t> ElementBits(ElementType type);

// True for every type a tensor can have: those above, and strings.
bool IsKnown(ElementType type);

// Returns how many elements a shape has. Fails with kBadTensor when a dimension is negative or the number overflows.
Result<std::size_t> NumElements(std::span<const std::int64_t> shape);

// Returns the bytes of a tensor. Fails with kUnsupported as above, with kBadTensor when a dimension is negative or the
// size overflows.
Result<std::size_t> TensorBytes(ElementType type, std::span<const std::int64_t> shape);

}  // namespace edgekeep::engine
