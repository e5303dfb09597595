#include "../call_totals.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace edgekeep::keep {
namespace {

const ProductName kProduct = ProductName::Parse("acme/p").value();

gate::CellReading Reading(std::uint64_t answered, std::uint64_t time) {
  gate::CellReading reading;
  reading.calls = {.answered = answered, .microseconds = answered * time};
  reading.latencies[gate::LatencyBucket(time)] = answered;
  return reading;
}

TEST(CallTotals, AddUpWhatCellsSayOneAfterTheOther) {
  CallTotals totals;
  CallTotals::Heard first;
  totals.Take(kProduct, Reading(3, 100), first);
  totals.Take(kProduct, Reading(5, 100), first);
  totals.Take(kProduct, Reading(5, 100), first);
  CallTotals::Heard second;
  totals.Take(kProduct, Reading(2, 5000), second);
  const CallTotals::Sum sum = totals.Of(kProduct);
  EXPECT_EQ(sum.calls.answered, 7U);
  EXPECT_EQ(sum.calls.microseconds, 10'500U);
  EXPECT_EQ(sum.latencies[7], 5U);
  EXPECT_EQ(sum.latencies[13], 2U);
}

TEST(CallTotals, NeverGoBackNorAround) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  CallTotals totals;
  CallTotals::Heard lying;
  totals.Take(kProduct, Reading(9, 1), lying);
  totals.Take(kProduct, Reading(1, 1), lying);
  EXPECT_EQ(totals.Of(kProduct).calls.answered, 9U);
  totals.Take(kProduct, Reading(kMost, 1), lying);
  CallTotals::Heard other;
  totals.Take(kProduct, Reading(kMost, 1), other);
  EXPECT_EQ(totals.Of(kProduct).calls.answered, kMost);
}

TEST(CallTotals, AreEachProductsOwnAndBounded) {
  CallTotals totals;
  CallTotals::Heard heard;
  totals.Take(kProduct, Reading(9, 1), heard);
  for (int i = 0; i < 200; ++i) totals.Know(ProductName::Parse("acme/n-" + std::to_string(i)).value());
  EXPECT_EQ(totals.Of(kProduct).calls.answered, 9U);
  EXPECT_EQ(totals.Of(ProductName::Parse("acme/n-1").value()).calls.answered, 0U);
  EXPECT_EQ(totals.Products().size(), ports::kMaxStoredProducts);
}

}  // namespace
}  // namespace edgekeep::keep
