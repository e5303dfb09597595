#include "tensor_summary.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace edgekeep::cli::device {
namespace {

template <typename T>
double Load(const std::uint8_t* bytes) {
  T value{};
  std::memcpy(&value, bytes, sizeof value);
  return static_cast<double>(value);
}

// IEEE 754 binary16.
double LoadHalf(const std::uint8_t* bytes) {
  std::uint16_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  const int exponent = word >> 10 & 0x1F;
  const double mantissa = word & 0x3FF;
  const double sign = (word & 0x8000) != 0 ? -1 : 1;
  if (exponent == 0) return sign * std::ldexp(mantissa, -24);
  if (exponent < 31) return sign * std::ldexp(mantissa + 1024, exponent - 25);
  return mantissa != 0 ? std::numeric_limits<double>::quiet_NaN() : sign * std::numeric_limits<double>::infinity();
}

// The upper half of a float32.
double LoadBfloat16(const std::uint8_t* bytes) {
  std::uint16_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(word) << 16));
}

double LoadElement(ek_element_type type, const std::uint8_t* bytes) {
  switch (type) {
    case EK_FLOAT32:
      return Load<float>(bytes);
    case EK_FLOAT64:
      return Load<double>(bytes);
    case EK_FLOAT16:
      return LoadHalf(bytes);
    case EK_BFLOAT16:
      return LoadBfloat16(bytes);
    case EK_INT8:
      return Load<std::int8_t>(bytes);
    case EK_INT16:
      return Load<std::int16_t>(bytes);
    case EK_INT32:
      return Load<std::int32_t>(bytes);
    case EK_INT64:
      return Load<std::int64_t>(bytes);
    case EK_UINT16:
      return Load<std::uint16_t>(bytes);
    case EK_UINT32:
      return Load<std::uint32_t>(bytes);
    case EK_UINT64:
      return Load<std::uint64_t>(bytes);
    default:
      return Load<std::uint8_t>(bytes);
  }
}

}  // namespace

bool IsSummarised(ek_element_type type) {
  const bool bits_alone = type != EK_BFLOAT16 && NpyType(type) != type;
  return ElementSize(type) != 0 && !bits_alone;
}

Summary Summarise(ek_element_type type, ByteView bytes) {
  const std::size_t size = IsSummarised(type) ? ElementSize(type) : 0;
  Summary summary;
  bool first = true;
  for (std::size_t i = 0; size != 0 && i < bytes.size() / size; ++i) {
    const double value = LoadElement(type, bytes.data() + i * size);
    if (std::isnan(value)) {
      ++summary.not_numbers;
      continue;
    }
    if (first || value > summary.max) summary.argmax = i;
    summary.min = first ? value : std::fmin(summary.min, value);
    summary.max = first ? value : std::fmax(summary.max, value);
    first = false;
  }
  return summary;
}

}  // namespace edgekeep::cli::device
