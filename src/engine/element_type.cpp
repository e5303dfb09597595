#include "edgekeep/engine/element_type.h"

namespace edgekeep::engine {

Result<std::size_t> ElementBits(ElementType type) {
  switch (type) {
    case 25:  // uint2
    case 26:  // int2
      return std::size_t{2};
    case 21:  // uint4
    case 22:  // int4
    case 23:  // float4e2m1
      return std::size_t{4};
    case 2:   // uint8
    case 3:   // int8
    case 9:   // bool
    case 17:  // float8e4m3fn
    case 18:  // float8e4m3fnuz
    case 19:  // float8e5m2
    case 20:  // float8e5m2fnuz
    case 24:  // float8e8m0
      return std::size_t{8};
    case 4:   // uint16
    case 5:   // int16
    case 10:  // float16
    case 16:  // bfloat16
      return std::size_t{16};
    case 1:   // float
    case 6:   // int32
    case 12:  // uint32
      return std::size_t{32};
    case 7:   // int64
    case 11:  // double
    case 13:  // uint64
      return std::size_t{64};
    default:
      return Error(ErrorCode::kUnsupported, "element type");
  }
}

bool IsKnown(ElementType type) {
  return type == kString || ElementBits(type).has_value();
}

Result<std::size_t> NumElements(std::span<const std::int64_t> shape) {
  std::size_t count = 1;
  for (const std::int64_t dim : shape) {
    if (dim < 0) return Error(ErrorCode::kBadTensor, "negative dimension");
    if (__builtin_mul_overflow(count, static_cast<std::size_t>(dim), &count)) {
      return Error(ErrorCode::kBadTensor, "tensor size");
    }
  }
  return count;
}

Result<std::size_t> TensorBytes(ElementType type, std::span<const std::int64_t> shape) {
  EK_TRY_ASSIGN(std::size_t bits, ElementBits(type));
  EK_TRY_ASSIGN(const std::size_t count, NumElements(shape));
  if (__builtin_mul_overflow(bits, count, &bits)) return Error(ErrorCode::kBadTensor, "tensor size");
  return bits / 8 + (bits % 8 != 0 ? 1 : 0);
}

}  // namespace edgekeep::engine
