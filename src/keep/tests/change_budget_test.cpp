#include "../change_budget.h"

#include <gtest/gtest.h>

namespace edgekeep::keep {
namespace {

using core::StateApplication;
using Moment = ChangeBudget::Moment;

constexpr std::uint32_t kUser = 1000;
constexpr Moment kBegin{{1'790'000'000}, 100};

Moment After(std::uint64_t seconds) {
  return {{kBegin.now.value + seconds}, kBegin.counter + seconds};
}

StateApplication Spend(ChangeBudget& budget, StateApplication stored, const Moment& at) {
  while (budget.ChangesLeft(stored, at) > 0) stored = budget.Charge(stored, at);
  return stored;
}

TEST(ChangeBudgetTest, IsSixtyFourAtOnceAndOneInTwoHours) {
  ChangeBudget budget;
  StateApplication stored{.user = kUser};
  EXPECT_EQ(budget.ChangesLeft(stored, kBegin), 64U);
  stored = Spend(budget, stored, kBegin);
  EXPECT_EQ(stored.debt_seconds, 64U * 7200);
  EXPECT_EQ(budget.ChangesLeft(stored, After(7199)), 0U);
  EXPECT_EQ(budget.ChangesLeft(stored, After(7200)), 1U);
  EXPECT_EQ(budget.ChangesLeft(stored, After(3 * 7200)), 3U) << "looking pays nothing twice";
  EXPECT_EQ(budget.ChangesLeft(stored, After(1000 * 7200)), 64U) << "and never more";
  EXPECT_EQ(budget.ChangesLeft({.user = kUser + 1}, kBegin), 64U) << "each has its own";
}

TEST(ChangeBudgetTest, OverdraftsAreOwed) {
  ChangeBudget budget;
  StateApplication stored = Spend(budget, {.user = kUser}, kBegin);
  for (int i = 0; i < 10; ++i) stored = budget.Charge(stored, kBegin);
  EXPECT_EQ(budget.ChangesLeft(stored, After(10 * 7200)), 0U);
  EXPECT_EQ(budget.ChangesLeft(stored, After(11 * 7200)), 1U);
}

TEST(ChangeBudgetTest, ARestartForgivesFourChangesAndWhatTheTimePaid) {
  ChangeBudget before;
  const StateApplication stored = Spend(before, {.user = kUser}, kBegin);
  ChangeBudget at_once;
  EXPECT_EQ(at_once.ChangesLeft(stored, {kBegin.now, 0}), 4U);
  ChangeBudget later;
  EXPECT_EQ(later.ChangesLeft(stored, {After(5 * 7200).now, 0}), 9U) << "time without power counts";
}

// A clock that showed the year 2080 when something was stored, and is right again.
TEST(ChangeBudgetTest, AWrongClockHoldsNobodyUpForYears) {
  ChangeBudget before;
  StateApplication stored = Spend(before, {.user = kUser}, {{3'490'000'000}, 100});
  ChangeBudget after;
  EXPECT_EQ(after.ChangesLeft(stored, kBegin), 4U);
  EXPECT_EQ(after.ChangesLeft(stored, After(7200)), 5U) << "the machine's counter pays";
  stored = after.Charge(stored, After(7200));
  ChangeBudget again;
  EXPECT_EQ(again.ChangesLeft(stored, After(2 * 7200)), 4U + 4U + 1U);
}

TEST(ChangeBudgetTest, ManyWhoStoreNothingDoNotMakeADebtForgotten) {
  ChangeBudget budget;
  const StateApplication stored = Spend(budget, {.user = kUser}, kBegin);
  for (std::uint32_t user = 0; user < 100; ++user) budget.ChangesLeft({.user = user}, kBegin);
  EXPECT_EQ(budget.ChangesLeft(stored, kBegin), 0U);
}

}  // namespace
}  // namespace edgekeep::keep
