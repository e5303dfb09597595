#include "edgekeep/engine/element_type.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>

namespace edgekeep::engine {
namespace {

TEST(ElementType, SizesByOnnxNumber) {
  constexpr std::array<std::size_t, 27> kBits = {0, 32, 8,  8, 16, 16, 32, 64, 0, 8, 16, 64, 32, 64,
                                                 0, 0,  16, 8, 8,  8,  8,  4,  4, 4, 8,  2,  2};
  for (std::size_t type = 0; type < 256; ++type) {
    const auto bits = ElementBits(static_cast<ElementType>(type));
    const std::size_t expected = type < kBits.size() ? kBits[type] : 0;
    EXPECT_EQ(bits.value_or(0), expected) << type;
    if (expected == 0) {
      EXPECT_EQ(bits.error().code(), ErrorCode::kUnsupported) << type;
    }
    EXPECT_EQ(IsKnown(static_cast<ElementType>(type)), expected != 0 || type == kString) << type;
  }
}

TEST(ElementType, TensorSizesNeverOverflow) {
  EXPECT_EQ(TensorBytes(1, {}).value(), 4U);
  EXPECT_EQ(TensorBytes(7, std::array<std::int64_t, 3>{2, 3, 4}).value(), 192U);
  EXPECT_EQ(TensorBytes(1, std::array<std::int64_t, 2>{0, 5}).value(), 0U);
  EXPECT_EQ(TensorBytes(22, std::array<std::int64_t, 2>{3, 3}).value(), 5U);
  EXPECT_EQ(TensorBytes(25, std::array<std::int64_t, 1>{5}).value(), 2U);
  EXPECT_EQ(TensorBytes(1, std::array<std::int64_t, 1>{-1}).error().code(), ErrorCode::kBadTensor);
  EXPECT_EQ(TensorBytes(1, std::array<std::int64_t, 2>{1LL << 31, 1LL << 31}).error().code(), ErrorCode::kBadTensor);
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(TensorBytes(2, std::array<std::int64_t, 2>{kMost, kMost}).error().code(), ErrorCode::kBadTensor);
  EXPECT_EQ(TensorBytes(8, std::array<std::int64_t, 1>{1}).error().code(), ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace edgekeep::engine
