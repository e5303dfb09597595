#include "../crashes.h"

#include "fixture/expect_error.h"

namespace edgekeep::keep {
namespace {

const ProductName& Product() {
  static const ProductName product = ProductName::Parse("acme/p").value();
  return product;
}

TEST(Crashes, DelaysGrowUpToAMinute) {
  Crashes crashes;
  std::uint64_t now = 1000;
  for (const std::uint64_t delay : {0U, 1U, 2U, 4U, 8U, 16U, 32U, 60U, 60U}) {
    EXPECT_EQ(crashes.Note(Product(), now, now), now + delay);
    if (delay != 0) {
      EK_EXPECT_ERROR(crashes.CheckMayStart(Product(), now), ErrorCode::kBusy);
      EK_EXPECT_ERROR(crashes.CheckMayStart(Product(), now + delay - 1), ErrorCode::kBusy);
    }
    now += delay;
    EK_ASSERT_OK(crashes.CheckMayStart(Product(), now));
  }
}

TEST(Crashes, AHealthyMinuteForgetsThem) {
  Crashes crashes;
  for (int i = 0; i < 5; ++i) crashes.Note(Product(), 1000, 1000);
  EXPECT_EQ(crashes.Note(Product(), 1000, 1059), 1059 + 16U) << "control: not quite a minute";
  EXPECT_EQ(crashes.Note(Product(), 1100, 1160), 1160U);
}

TEST(Crashes, AreEachProductsOwn) {
  Crashes crashes;
  for (int i = 0; i < 5; ++i) crashes.Note(Product(), 1000, 1000);
  const ProductName other = ProductName::Parse("acme/other").value();
  EK_ASSERT_OK(crashes.CheckMayStart(other, 1000));
  for (int i = 0; i < 200; ++i) crashes.Note(ProductName::Parse("acme/n-" + std::to_string(i)).value(), 1000, 1000);
  EK_EXPECT_ERROR(crashes.CheckMayStart(Product(), 1000), ErrorCode::kBusy);
}

}  // namespace
}  // namespace edgekeep::keep
