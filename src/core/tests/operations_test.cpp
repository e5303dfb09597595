#include "edgekeep/core/operations.h"

#include "edgekeep/base/testing/expect_error.h"

namespace edgekeep::core {
namespace {

using formats::Isolation;
using formats::OperationsDemands;
using formats::ProductPolicy;

TEST(OperationsDemandsOnAnOpen, TheFloorIsReachedOrNamed) {
  using enum Isolation;
  for (const Isolation floor : {kProcess, kVm, kTrustZone}) {
    for (const Isolation level : {kProcess, kVm, kTrustZone}) {
      const Status status = CheckFloor({.isolation_floor = floor}, level);
      EXPECT_EQ(status.has_value(), level >= floor);
      if (status) continue;
      EXPECT_EQ(status.error().code(), ErrorCode::kForbidden);
      const std::string_view name = floor == kVm ? "'vm'" : "'trustzone'";
      EXPECT_NE(std::string_view(status.error().where()).find(name), std::string_view::npos);
    }
  }
}

TEST(OperationsDemandsOnAnOpen, NothingIsExportedWhereThatIsDemanded) {
  EK_EXPECT_ERROR(CheckExport({.forbids_export = true}), ErrorCode::kForbidden);
  EK_ASSERT_OK(CheckExport({}));
}

TEST(OperationsDemandsOnAnOpen, OfBudgetsTheSmallerOneHolds) {
  const auto budget = [](std::optional<std::uint64_t> demanded, std::optional<std::uint64_t> products) {
    const ProductPolicy policy{.memory_budget = products, .receipts = true};
    const ProductPolicy bounded = PolicyUnder({.memory_budget = demanded}, policy);
    EXPECT_TRUE(bounded.receipts) << "all else is the product's";
    return bounded.memory_budget;
  };
  EXPECT_EQ(budget({}, {}), std::nullopt);
  EXPECT_EQ(budget({}, 5), 5U);
  EXPECT_EQ(budget(4, {}), 4U);
  EXPECT_EQ(budget(4, 5), 4U);
  EXPECT_EQ(budget(6, 5), 5U);
}

TEST(OperationsDemandsOnAnOpen, NobodyGetsMoreThreadsThanAnybodyAllows) {
  struct Case {
    std::optional<std::uint32_t> demanded, products;
    std::uint32_t asked;
    std::uint32_t given;  // 0: too-large
  };

  constexpr std::uint32_t kUsual = 2;
  constexpr std::uint32_t kMost = 8;
  const Case cases[] = {{{}, {}, 0, kUsual}, {{}, {}, 8, 8}, {{}, 4, 0, 4},      {{}, 4, 5, 0}, {{}, 16, 0, kMost},
                        {1, {}, 0, 1},       {1, {}, 2, 0},  {4, {}, 0, kUsual}, {4, {}, 4, 4}, {4, {}, 5, 0},
                        {3, 4, 0, 3},        {3, 4, 4, 0},   {3, 2, 0, 2},       {3, 2, 3, 0},  {16, 16, 0, kMost}};
  for (const Case& one : cases) {
    const auto given =
        ThreadsUnder({.threads = one.demanded}, ProductPolicy{.threads = one.products}, kUsual, kMost, one.asked);
    EXPECT_EQ(given.value_or(0), one.given)
        << one.demanded.value_or(0) << " " << one.products.value_or(0) << " " << one.asked;
    if (given) continue;
    EXPECT_EQ(given.error().code(), ErrorCode::kTooLarge);
  }
}

}  // namespace
}  // namespace edgekeep::core
