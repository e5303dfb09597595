#include "edgekeep/base/ids.h"

#include <gtest/gtest.h>

#include <string>

#include "edgekeep/base/inline_vector.h"

namespace edgekeep {
namespace {

static_assert(!std::is_convertible_v<KeyId, DeviceId> && !std::is_constructible_v<KeyId, DeviceId>);

TEST(ProductName, SplitsPublisherAndName) {
  const auto product = ProductName::Parse("acme/label-ocr");
  ASSERT_TRUE(product);
  EXPECT_EQ(product->publisher(), "acme");
  EXPECT_EQ(product->name(), "label-ocr");
}

TEST(ProductName, RefusesEverythingElse) {
  const std::string long_part(64, 'a');
  for (const std::string& bad :
       {std::string(""), std::string("acme"), std::string("/x"), std::string("acme/"), std::string("Acme/x"),
        std::string("acme/x/y"), std::string("acme/../x"), std::string("a b/c"), long_part + "/x", "x/" + long_part}) {
    EXPECT_EQ(ProductName::Parse(bad).error().code(), ErrorCode::kMalformed) << bad;
  }
  EXPECT_TRUE(ProductName::Parse(std::string(63, 'a') + "/" + std::string(63, 'b')));
}

TEST(StrongBytes, TakesExactlyItsLength) {
  const std::array<std::uint8_t, 33> bytes{};
  EXPECT_TRUE(KeyId::From(std::span(bytes).first(32)));
  EXPECT_FALSE(KeyId::From(bytes));
  EXPECT_FALSE(KeyId::From({}));
}

TEST(InlineVector, TheLastIsTakenAwayAndMakesRoom) {
  InlineVector<int, 2> list;
  for (const int value : {1, 2}) ASSERT_TRUE(list.PushBack(value));
  list.PopBack();
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0], 1);
  ASSERT_TRUE(list.PushBack(3));
  EXPECT_EQ(list[1], 3);
}

TEST(InlineVector, RefusesTheElementAfterTheLast) {
  InlineVector<int, 2> list;
  EXPECT_TRUE(list.PushBack(1) && list.PushBack(2));
  EXPECT_EQ(list.PushBack(3).error().code(), ErrorCode::kTooLarge);
  EXPECT_EQ(list.size(), 2U);
}

}  // namespace
}  // namespace edgekeep
