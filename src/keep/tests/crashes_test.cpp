#include "../crashes.h"

#include "edgekeep/base/testing/expect_error.h"

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
    EXPECT_EQ(crashes.Note(Product(), now, now, {}), now + delay);
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
  for (int i = 0; i < 5; ++i) crashes.Note(Product(), 1000, 1000, {});
  EXPECT_EQ(crashes.Note(Product(), 1000, 1059, {}), 1059 + 16U) << "control: not quite a minute";
  EXPECT_EQ(crashes.Note(Product(), 1100, 1160, {}), 1160U);
}

TEST(Crashes, AreEachProductsOwn) {
  Crashes crashes;
  for (int i = 0; i < 5; ++i) crashes.Note(Product(), 1000, 1000, {});
  const ProductName other = ProductName::Parse("acme/other").value();
  EK_ASSERT_OK(crashes.CheckMayStart(other, 1000));
  for (int i = 0; i < 200; ++i) crashes.Note(ProductName::Parse("acme/n-" + std::to_string(i)).value(), 1000, 1000, {});
  EK_EXPECT_ERROR(crashes.CheckMayStart(Product(), 1000), ErrorCode::kBusy);
}

TEST(Crashes, AreToldOf) {
  Crashes crashes;
  EXPECT_FALSE(crashes.FactsOf(Product(), 1000));
  crashes.Note(Product(), 1000, 1000, {{50}, {.signal = 9, .wiped = false}});
  crashes.Note(Product(), 1000, 1001, {{60}, {.signal = 11, .wiped = true}});
  crashes.Note(Product(), 1000, 1002, {{70}, {.signal = 11, .wiped = true}});
  const auto facts = crashes.FactsOf(Product(), 1003);
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->count, 3U);
  EXPECT_EQ(facts->last.value, 70U);
  EXPECT_EQ(facts->signal, 11U);
  EXPECT_EQ(facts->memory, gate::CrashMemory::kWiped);
  EXPECT_EQ(facts->wait_seconds, 1U) << "of two, one has passed";
  EXPECT_EQ(crashes.FactsOf(Product(), 2000)->wait_seconds, 0U);
  EXPECT_EQ(crashes.FactsOf(Product(), 2000)->count, 3U) << "a healthy minute forgets none";
}

TEST(Crashes, SayWhatBecameOfTheMemory) {
  const auto memory_of = [](const ports::CellEnd& end) {
    Crashes crashes;
    crashes.Note(Product(), 0, 0, {{1}, end});
    return crashes.FactsOf(Product(), 0)->memory;
  };
  EXPECT_EQ(memory_of({.signal = 11, .wiped = true}), gate::CrashMemory::kWiped);
  EXPECT_EQ(memory_of({.signal = 0, .wiped = true}), gate::CrashMemory::kWiped);
  EXPECT_EQ(memory_of({.signal = 9, .wiped = false}), gate::CrashMemory::kLeftToKernel);
  EXPECT_EQ(memory_of({}), gate::CrashMemory::kUnknown);
}

}  // namespace
}  // namespace edgekeep::keep
