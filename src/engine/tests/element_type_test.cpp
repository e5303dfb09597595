#include "edgekeep/engine/element_type.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>

namespace edgekeep::engine {
namespace {

TEST(ElementType, SizesByOnnxNumber) {
  constexpr std::array<std::size_t, 18> kSizes = {0, 4, 1, 1, 2, 2, 4, 8, 0, 1, 2, 8, 4, 8, 0, 0, 2, 0};
  for (std::size_t type = 0; type < 256; ++type) {
    const auto size = ElementBytes(static_cast<ElementType>(type));
    const std::size_t expected = type < kSizes.size() ? kSizes[type] : 0;
    EXPECT_EQ(size.value_or(0), expected) << type;
    if (expected == 0) {
      EXPECT_EQ(size.error().code(), ErrorCode::kUnsupported) << type;
    }
  }
}

TEST(ElementType, TensorSizesNeverOverflow) {
  EXPECT_EQ(TensorBytes(1, {}).value(), 4U);
  EXPECT_EQ(TensorBytes(7, std::array<std::int64_t, 3>{2, 3, 4}).value(), 192U);
  EXPECT_EQ(TensorBytes(1, std::array<std::int64_t, 2>{0, 5}).value(), 0U);
  EXPECT_EQ(TensorBytes(1, std::array<std::int64_t, 1>{-1}).error().code(), ErrorCode::kBadTensor);
  EXPECT_EQ(TensorBytes(1, std::array<std::int64_t, 2>{1LL << 31, 1LL << 31}).error().code(), ErrorCode::kBadTensor);
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(TensorBytes(2, std::array<std::int64_t, 2>{kMost, kMost}).error().code(), ErrorCode::kBadTensor);
  EXPECT_EQ(TensorBytes(8, std::array<std::int64_t, 1>{1}).error().code(), ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace edgekeep::engine
