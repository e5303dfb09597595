#include "tensor.h"

#include <array>
#include <limits>

namespace edgekeep::cli::device {
namespace {

struct Row {
  ek_element_type type;
  std::size_t size;
  const char* name;
};

constexpr std::array kRows = {
    Row{EK_FLOAT32, 4, "float32"},
    Row{EK_UINT8, 1, "uint8"},
    Row{EK_INT8, 1, "int8"},
    Row{EK_UINT16, 2, "uint16"},
    Row{EK_INT16, 2, "int16"},
    Row{EK_INT32, 4, "int32"},
    Row{EK_INT64, 8, "int64"},
    Row{EK_BOOL, 1, "bool"},
    Row{EK_FLOAT16, 2, "float16"},
    Row{EK_FLOAT64, 8, "float64"},
    Row{EK_UINT32, 4, "uint32"},
    Row{EK_UINT64, 8, "uint64"},
    Row{EK_BFLOAT16, 2, "bfloat16"},
    Row{EK_FLOAT8E4M3FN, 1, "float8e4m3fn"},
    Row{EK_FLOAT8E4M3FNUZ, 1, "float8e4m3fnuz"},
    Row{EK_FLOAT8E5M2, 1, "float8e5m2"},
    Row{EK_FLOAT8E5M2FNUZ, 1, "float8e5m2fnuz"},
    Row{EK_FLOAT8E8M0, 1, "float8e8m0"},
    Row{EK_STRING, 0, "string"},
    Row{EK_UINT4, 0, "uint4"},
    Row{EK_INT4, 0, "int4"},
    Row{EK_FLOAT4E2M1, 0, "float4e2m1"},
    Row{EK_UINT2, 0, "uint2"},
    Row{EK_INT2, 0, "int2"},
};

}  // namespace

std::size_t ElementSize(ek_element_type type) {
  for (const Row& row : kRows) {
    if (row.type == type) return row.size;
  }
  return 0;
}

ek_element_type NpyType(ek_element_type type) {
  switch (type) {
    case EK_BFLOAT16:
      return EK_UINT16;
    case EK_FLOAT8E4M3FN:
    case EK_FLOAT8E4M3FNUZ:
    case EK_FLOAT8E5M2:
    case EK_FLOAT8E5M2FNUZ:
    case EK_FLOAT8E8M0:
      return EK_UINT8;
    default:
      return type;
  }
}

std::string TypeText(ek_element_type type) {
  for (const Row& row : kRows) {
    if (row.type == type) return row.name;
  }
  return "type " + std::to_string(type);
}

std::string ShapeText(std::span<const std::int64_t> shape) {
  std::string text = "[";
  for (const std::int64_t dimension : shape) {
    if (text.size() > 1) text += ",";
    text += dimension < 0 ? "?" : std::to_string(dimension);
  }
  return text + "]";
}

std::optional<std::size_t> CountElements(std::span<const std::int64_t> shape) {
  constexpr std::size_t kMost = std::numeric_limits<std::size_t>::max() / 8;
  std::size_t count = 1;
  for (const std::int64_t dimension : shape) {
    if (dimension < 0) return std::nullopt;
    if (__builtin_mul_overflow(count, static_cast<std::size_t>(dimension), &count) || count > kMost)
      return std::nullopt;
  }
  return count;
}

}  // namespace edgekeep::cli::device
