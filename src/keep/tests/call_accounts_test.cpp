#include "../call_accounts.h"

#include <gtest/gtest.h>

#include "edgekeep/store/directory_store.h"
#include "fixture/device_fixture.h"
#include "fixture/fault_disk.h"

namespace edgekeep::keep {
namespace {

using fixture::TestProvider;
using gate::DrawnCalls;
using Holding = CallAccounts::Holding;

class CallAccountsTest : public ::testing::Test {
 protected:
  CallBounds BoundsOf(std::optional<std::uint64_t> budget, std::optional<std::uint32_t> per_minute,
                      std::uint8_t name = 1) {
    formats::Licence licence;
    licence.id = formats::LicenceId(std::array<std::uint8_t, 16>{name});
    if (budget) {
      EXPECT_TRUE(LicenceMeter(store_, vault_).Begin(licence, {}, {fixture::kNow, {}}));
    }
    return {licence.id, budget, per_minute};
  }

  // Uses whatever it gets until it gets no more, and returns how much that was and why there was no more.
  std::pair<std::uint64_t, ErrorCode> UseAll(const CallBounds& bounds, Holding& holding) {
    std::uint64_t used = 0;
    for (std::uint64_t last = 0;;) {
      const DrawnCalls drawn = accounts_.Draw(bounds, holding, {.used = last}, seconds_).value();
      if (drawn.refusal) return {used, *drawn.refusal};
      last = drawn.calls;
      used += last;
    }
  }

  fixture::FaultDisk disk_;
  fixture::MemoryAnchor anchor_;
  core::Vault vault_ = core::Vault::Unlock(TestProvider(), anchor_).value();
  store::DirectoryStore store_ = store::DirectoryStore::Open(disk_).value();
  CallAccounts accounts_{LicenceMeter(store_, vault_)};
  Holding holding_;
  std::uint64_t seconds_ = 1000;
};

TEST_F(CallAccountsTest, BudgetIsUsedToTheLastCallAndNoFurther) {
  for (const std::uint64_t budget : {1U, 2U, 127U, 1000U, 100'000U}) {
    const CallBounds bounds = BoundsOf(budget, std::nullopt, static_cast<std::uint8_t>(budget));
    holding_ = {};
    EXPECT_EQ(UseAll(bounds, holding_), std::make_pair(budget, ErrorCode::kOverBudget));
    EXPECT_EQ(accounts_.Left(bounds).value(), 0U);
  }
}

TEST_F(CallAccountsTest, WhatACellGivesBackAnotherGets) {
  const CallBounds bounds = BoundsOf(1000, std::nullopt);
  const DrawnCalls drawn = accounts_.Draw(bounds, holding_, {}, seconds_).value();
  ASSERT_GT(drawn.calls, 1U);
  EXPECT_EQ(accounts_.Left(bounds).value(), 1000U);
  EXPECT_TRUE(accounts_.Draw(bounds, holding_, {.used = 1, .given_back = drawn.calls - 1, .last = true}, seconds_));
  EXPECT_EQ(holding_.calls, 0U);
  EXPECT_EQ(accounts_.Left(bounds).value(), 999U);
  Holding other;
  EXPECT_EQ(UseAll(bounds, other), std::make_pair(std::uint64_t{999}, ErrorCode::kOverBudget));
}

// A cell that was broken into says it used nothing and gives back more than there is.
TEST_F(CallAccountsTest, NobodyGivesBackMoreThanItHeld) {
  const CallBounds bounds = BoundsOf(1000, 6000);
  const std::uint64_t drawn = accounts_.Draw(bounds, holding_, {}, seconds_)->calls;
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(accounts_.Draw(bounds, holding_, {.given_back = UINT64_MAX, .last = true}, seconds_));
  }
  EXPECT_EQ(accounts_.Left(bounds).value(), 1000U);
  ASSERT_TRUE(accounts_.Draw(bounds, holding_, {}, seconds_));
  ASSERT_TRUE(accounts_.Draw(bounds, holding_, {.used = UINT64_MAX, .given_back = UINT64_MAX, .last = true}, seconds_));
  EXPECT_EQ(accounts_.Left(bounds).value(), 1000U - drawn);
}

TEST_F(CallAccountsTest, CellThatEndsWithoutAWordLosesWhatItHeld) {
  const CallBounds bounds = BoundsOf(1280, std::nullopt);
  const std::uint64_t drawn = accounts_.Draw(bounds, holding_, {}, seconds_)->calls;
  EXPECT_EQ(drawn, 10U);
  accounts_.Drop(bounds, holding_);
  EXPECT_EQ(accounts_.Left(bounds).value(), 1270U);
  Holding other;
  EXPECT_EQ(UseAll(bounds, other).first, 1270U);
}

// The keep is killed: the accounts are gone, the meter is not.
TEST_F(CallAccountsTest, RestartLosesAtMostWhatCellsHeld) {
  const CallBounds bounds = BoundsOf(1280, std::nullopt);
  std::uint64_t used = 0;
  for (int i = 0; i < 5; ++i) used += accounts_.Draw(bounds, holding_, {.used = used == 0 ? 0U : 10U}, seconds_)->calls;
  CallAccounts anew(LicenceMeter(store_, vault_));
  EXPECT_EQ(anew.Left(bounds).value(), 1280U - used);
}

TEST_F(CallAccountsTest, RateIsABucketThatFillsInAMinute) {
  const CallBounds bounds = BoundsOf(std::nullopt, 60);
  EXPECT_EQ(UseAll(bounds, holding_), std::make_pair(std::uint64_t{60}, ErrorCode::kOverRate));
  EXPECT_EQ(UseAll(bounds, holding_).first, 0U);
  seconds_ += 1;
  EXPECT_EQ(UseAll(bounds, holding_).first, 1U);
  seconds_ += 30;
  EXPECT_EQ(UseAll(bounds, holding_).first, 30U);
  seconds_ += 100'000;
  EXPECT_EQ(UseAll(bounds, holding_).first, 60U);
}

TEST_F(CallAccountsTest, SlowRatesSayWhenToAskAgain) {
  const CallBounds bounds = BoundsOf(std::nullopt, 1);
  ASSERT_EQ(accounts_.Draw(bounds, holding_, {}, seconds_)->calls, 1U);
  const DrawnCalls refused = accounts_.Draw(bounds, holding_, {.used = 1}, seconds_).value();
  EXPECT_EQ(refused.refusal, ErrorCode::kOverRate);
  EXPECT_EQ(refused.retry_seconds, 60U);
  EXPECT_TRUE(accounts_.Draw(bounds, holding_, {}, seconds_ + 59)->refusal);
  EXPECT_EQ(accounts_.Draw(bounds, holding_, {}, seconds_ + 60)->calls, 1U);
}

// What a cell keeps by it while the bucket fills is not there twice.
TEST_F(CallAccountsTest, WhatCellsHoldTakesRoomInTheBucket) {
  const CallBounds bounds = BoundsOf(std::nullopt, 80);
  const std::uint64_t held = accounts_.Draw(bounds, holding_, {}, seconds_)->calls;
  ASSERT_EQ(held, 10U);
  seconds_ += 3600;
  Holding other;
  EXPECT_EQ(UseAll(bounds, other).first, 70U);
}

// Opening and closing again and again gives no more than keeping it open.
TEST_F(CallAccountsTest, NewCellsGetNoNewBucket) {
  const CallBounds bounds = BoundsOf(std::nullopt, 60);
  std::uint64_t used = 0;
  for (int i = 0; i < 1000; ++i) {
    Holding cell;
    const DrawnCalls drawn = accounts_.Draw(bounds, cell, {}, seconds_).value();
    used += drawn.calls;
    accounts_.Drop(bounds, cell);
  }
  EXPECT_EQ(used, 60U);
}

TEST_F(CallAccountsTest, RateAndBudgetHoldTogether) {
  const CallBounds bounds = BoundsOf(70, 60);
  EXPECT_EQ(UseAll(bounds, holding_), std::make_pair(std::uint64_t{60}, ErrorCode::kOverRate));
  seconds_ += 60;
  EXPECT_EQ(UseAll(bounds, holding_), std::make_pair(std::uint64_t{10}, ErrorCode::kOverBudget));
}

TEST_F(CallAccountsTest, LowerRateTakesEffectAtOnce) {
  CallBounds bounds = BoundsOf(std::nullopt, 600);
  ASSERT_TRUE(accounts_.Draw(bounds, holding_, {}, seconds_));
  bounds.per_minute = 6;
  EXPECT_EQ(UseAll(bounds, holding_), std::make_pair(std::uint64_t{6}, ErrorCode::kOverRate));
}

TEST_F(CallAccountsTest, ACounterThatGoesBackGivesNothing) {
  const CallBounds bounds = BoundsOf(std::nullopt, 60);
  ASSERT_EQ(UseAll(bounds, holding_).first, 60U);
  seconds_ -= 500;
  EXPECT_EQ(UseAll(bounds, holding_).first, 0U);
  seconds_ += 500;
  EXPECT_EQ(UseAll(bounds, holding_).first, 0U);
}

TEST_F(CallAccountsTest, AsManyAccountsAsMayBeAreReplacedOnlyWhereNothingIsGained) {
  for (std::size_t i = 0; i < CallAccounts::kMost; ++i) {
    Holding holding;
    ASSERT_TRUE(accounts_.Draw(BoundsOf(std::nullopt, 60, static_cast<std::uint8_t>(i)), holding, {}, seconds_));
    accounts_.Drop(BoundsOf(std::nullopt, 60, static_cast<std::uint8_t>(i)), holding);
  }
  const CallBounds one_more = BoundsOf(std::nullopt, 60, 200);
  EXPECT_EQ(accounts_.Draw(one_more, holding_, {}, seconds_).error().code(), ErrorCode::kBusy);
  EXPECT_TRUE(accounts_.Draw(one_more, holding_, {}, seconds_ + 60));
}

struct Rate {
  const char* name;
  std::uint64_t calls;    // drawn at a time,
  std::uint64_t seconds;  // so far apart
  std::uint64_t budget;
  bool is_steady = true;
};

// Counts what the anchor's counter would: writes of the meter.
class ReservationsTest : public CallAccountsTest, public testing::WithParamInterface<Rate> {};

TEST_P(ReservationsTest, AreSpreadByTimeWhateverTheRate) {
  const Rate& rate = GetParam();
  const CallBounds bounds = BoundsOf(rate.budget, std::nullopt);
  const LicenceMeter meter(store_, vault_);
  constexpr std::uint64_t kDays = 1;
  const std::uint64_t end = seconds_ + kDays * 86400;
  std::uint64_t writes = 0, used = 0, last = 0, reserved = 0;
  while (seconds_ < end) {
    for (std::uint64_t calls = 0; calls < rate.calls;) {
      const DrawnCalls drawn = accounts_.Draw(bounds, holding_, {.used = last}, seconds_).value();
      ASSERT_FALSE(drawn.refusal);
      last = drawn.calls;
      calls += last;
      used += last;
      const std::uint64_t now_reserved = meter.Reserved(bounds.licence).value();
      if (now_reserved != reserved) ++writes;
      reserved = now_reserved;
    }
    seconds_ += rate.seconds;
  }
  // Twelve a day, and the guesses before the rate is known.
  EXPECT_LE(writes, kDays * (86400 / CallAccounts::kReserveSeconds) + 10) << used;
  // What a cut loses: what lasts two hours, as a rule, and never more than the hundred and twenty-eighth.
  EXPECT_LE(reserved - used, rate.budget / 128 + 2048);
  if (!rate.is_steady) return;
  EXPECT_LE(reserved - used, std::max<std::uint64_t>(2 * used * CallAccounts::kReserveSeconds / (kDays * 86400), 4096));
}

INSTANTIATE_TEST_SUITE_P(All, ReservationsTest,
                         testing::Values(Rate{"OneAMinute", 1, 60, 1ULL << 40}, Rate{"OneASecond", 60, 60, 1ULL << 40},
                                         Rate{"HundredASecond", 6000, 60, 1ULL << 40},
                                         Rate{"ThousandASecond", 60'000, 60, 1ULL << 50},
                                         Rate{"InBurstsOfAnHour", 100'000, 3600, 1ULL << 40, false},
                                         Rate{"OnceADay", 100'000, 86400, 1ULL << 40, false}),
                         [](const auto& tested) { return std::string(tested.param.name); });

// Where the budget itself is small for the rate, it is used up before the counter has risen 256 times.
TEST_F(CallAccountsTest, ABudgetCostsTheCounterABoundedNumberOfWritesInItsWholeLife) {
  for (const std::uint64_t budget : {1U, 255U, 256U, 1000U, 1'000'000U}) {
    const CallBounds bounds = BoundsOf(budget, std::nullopt, static_cast<std::uint8_t>(budget % 251));
    holding_ = {};
    std::uint64_t writes = 0, reserved = 0, last = 0;
    const LicenceMeter meter(store_, vault_);
    for (;;) {
      const DrawnCalls drawn = accounts_.Draw(bounds, holding_, {.used = last}, seconds_).value();
      if (drawn.refusal) break;
      last = drawn.calls;
      if (meter.Reserved(bounds.licence).value() != reserved) ++writes;
      reserved = meter.Reserved(bounds.licence).value();
    }
    EXPECT_LE(writes, 255U) << budget;
  }
}

}  // namespace
}  // namespace edgekeep::keep
