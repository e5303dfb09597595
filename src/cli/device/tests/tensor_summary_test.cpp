#include "tensor_summary.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstring>

namespace edgekeep::cli::device {
namespace {

template <typename T, std::size_t N>
Summary Of(ek_element_type type, const std::array<T, N>& values) {
  std::vector<std::uint8_t> bytes(sizeof values);
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return Summarise(type, bytes);
}

TEST(Summarise, FindsSmallestAndLargest) {
  const Summary summary = Of(EK_FLOAT32, std::array<float, 4>{1, -2, 7, 7});
  EXPECT_EQ(summary.min, -2);
  EXPECT_EQ(summary.max, 7);
  EXPECT_EQ(summary.argmax, 2U);
  EXPECT_EQ(Of(EK_INT64, std::array<std::int64_t, 2>{-5, -9}).max, -5);
  EXPECT_EQ(Of(EK_UINT8, std::array<std::uint8_t, 2>{200, 3}).max, 200);
}

TEST(Summarise, LeavesOutWhatIsNoNumber) {
  const Summary summary = Of(EK_FLOAT32, std::array<float, 3>{NAN, 3, 1});
  EXPECT_EQ(summary.max, 3);
  EXPECT_EQ(summary.min, 1);
  EXPECT_EQ(summary.argmax, 1U);
  EXPECT_EQ(summary.not_numbers, 1U);
}

TEST(Summarise, ReadsHalves) {
  // 1.0, -2.0, the smallest subnormal, the largest finite.
  const Summary half = Of(EK_FLOAT16, std::array<std::uint16_t, 4>{0x3C00, 0xC000, 0x0001, 0x7BFF});
  EXPECT_EQ(half.min, -2);
  EXPECT_EQ(half.max, 65504);
  EXPECT_EQ(Of(EK_FLOAT16, std::array<std::uint16_t, 1>{0x0001}).max, std::ldexp(1.0, -24));
  EXPECT_EQ(Of(EK_FLOAT16, std::array<std::uint16_t, 1>{0x7C01}).not_numbers, 1U);
  EXPECT_EQ(Of(EK_BFLOAT16, std::array<std::uint16_t, 2>{0x3F80, 0x4040}).max, 3);
}

TEST(Summarise, LeavesOutWhatIsNoNumberHere) {
  for (const ek_element_type type : {EK_STRING, EK_INT4, EK_FLOAT8E4M3FN}) {
    EXPECT_FALSE(IsSummarised(type)) << type;
    EXPECT_EQ(Of(type, std::array<std::uint8_t, 2>{7, 9}).max, 0) << type;
  }
  EXPECT_TRUE(IsSummarised(EK_BFLOAT16) && IsSummarised(EK_BOOL));
}

TEST(Summarise, OfNothingIsZero) {
  EXPECT_EQ(Summarise(EK_FLOAT32, {}).max, 0);
}

}  // namespace
}  // namespace edgekeep::cli::device
