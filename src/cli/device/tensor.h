// A tensor on the command line's side: bytes, a shape and a type.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "edgekeep/client/model.h"

namespace edgekeep::cli::device {

struct Tensor {
  ek_element_type type = EK_FLOAT32;
  std::vector<std::int64_t> shape;
  std::vector<std::uint8_t> bytes;
};

// Bytes of one element; 0 for a type without whole bytes for each (strings, 4 and 2 bits), and for one that is not
// known.
std::size_t ElementSize(ek_element_type type);
// The type by whose elements NumPy writes the bits of one it does not know (uint16 for bfloat16, uint8 for float8),
// else the type itself.
ek_element_type NpyType(ek_element_type type);
// "float32"; "type 99" for one that is not known.
std::string TypeText(ek_element_type type);
// "[1,3,48,320]"; free dimensions are "?".
std::string ShapeText(std::span<const std::int64_t> shape);
// How many elements a shape of no negative dimension has; nothing where memory could not hold them.
std::optional<std::size_t> CountElements(std::span<const std::int64_t> shape);

}  // namespace edgekeep::cli::device
