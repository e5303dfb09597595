#include "edgekeep/engine/element_type.h"

#include <limits>

namespace edgekeep::engine {

Result<std::size_t> ElementBytes(ElementType type) {
  switch (type) {
    case 2:  // uint8
    case 3:  // int8
    case 9:  // bool
      return std::size_t{1};
    case 4:   // uint16
    case 5:   // int16
    case 10:  // float16
    case 16:  // bfloat16
      return std::size_t{2};
    case 1:   // float
    case 6:   // int32
    case 12:  // uint32
      return std::size_t{4};
    case 7:   // int64
    case 11:  // double
    case 13:  // uint64
      return std::size_t{8};
    default:
      return Error(ErrorCode::kUnsupported, "element type");
  }
}

Result<std::size_t> TensorBytes(ElementType type, std::span<const std::int64_t> shape) {
  EK_TRY_ASSIGN(std::size_t bytes, ElementBytes(type));
  for (const std::int64_t dim : shape) {
    if (dim < 0) return Error(ErrorCode::kBadTensor, "negative dimension");
    const auto factor = static_cast<std::size_t>(dim);
    if (factor != 0 && bytes > std::numeric_limits<std::size_t>::max() / factor) {
      return Error(ErrorCode::kBadTensor, "tensor size");
    }
    bytes *= factor;
  }
  return bytes;
}

}  // namespace edgekeep::engine
