#include "../session_count.h"

#include <string>

#include "edgekeep/base/testing/expect_error.h"

namespace edgekeep::keep {
namespace {

ProductName Numbered(int number) {
  return ProductName::Parse("acme/p-" + std::to_string(number)).value();
}

TEST(SessionCount, ProductsThatAreClosedAgainLeaveTheirPlace) {
  SessionCount count({.sessions = 32, .sessions_of_one_user = 32});
  for (int i = 0; i < 1000; ++i) {
    EK_ASSERT_OK(count.Add({Numbered(i), 0}));
    EXPECT_EQ(count.Of(Numbered(i)), 1U);
    count.Remove({Numbered(i), 0});
    EXPECT_EQ(count.Of(Numbered(i)), 0U);
  }
}

TEST(SessionCount, OpenOnesKeepTheirs) {
  SessionCount count({.sessions = 32, .sessions_of_one_user = 32});
  EK_ASSERT_OK(count.Add({Numbered(4711), 0}));
  for (int i = 0; i < 200; ++i) {
    EK_ASSERT_OK(count.Add({Numbered(i), 0}));
    count.Remove({Numbered(i), 0});
  }
  EXPECT_EQ(count.Of(Numbered(4711)), 1U);
}

TEST(SessionCount, IsBounded) {
  SessionCount count({.sessions = 2, .sessions_of_one_user = 2});
  EK_ASSERT_OK(count.Add({Numbered(1), 0}));
  EK_ASSERT_OK(count.Add({Numbered(2), 0}));
  EK_EXPECT_ERROR(count.Add({Numbered(1), 0}), ErrorCode::kBusy);
  EK_EXPECT_ERROR(count.Add({Numbered(1), 1}), ErrorCode::kBusy);
  count.Remove({Numbered(2), 0});
  EK_ASSERT_OK(count.Add({Numbered(1), 0}));
  EXPECT_EQ(count.Of(Numbered(1)), 2U);
}

TEST(SessionCount, IsBoundedWhateverIsAskedFor) {
  SessionCount count({.sessions = 1000, .sessions_of_one_user = 1000});
  for (std::uint32_t i = 0; i < SessionCount::kMost; ++i) EK_ASSERT_OK(count.Add({Numbered(1), 0}));
  EK_EXPECT_ERROR(count.Add({Numbered(1), 0}), ErrorCode::kBusy);
}

// An operations policy that leaves few sessions leaves one user no larger a share of them.
TEST(SessionCount, OneUserHasTheSameShareOfFewer) {
  struct Case {
    std::uint32_t allowed, of_one_user;
  };

  for (const auto& [allowed, of_one_user] : {Case{1, 1}, {2, 1}, {3, 1}, {4, 2}, {7, 3}, {128, 64}}) {
    SessionCount count({.sessions_of_one_user = 64});
    for (std::uint32_t i = 0; i < of_one_user; ++i) EK_ASSERT_OK(count.Add({Numbered(1), 1000}, allowed));
    EK_EXPECT_ERROR(count.Add({Numbered(1), 1000}, allowed), ErrorCode::kBusy);
    for (std::uint32_t user = 0; user < allowed - of_one_user; ++user)
      EK_ASSERT_OK(count.Add({Numbered(1), user}, allowed));
    EK_EXPECT_ERROR(count.Add({Numbered(1), 2000}, allowed), ErrorCode::kBusy);
    EXPECT_EQ(count.Of(Numbered(1)), allowed);
  }
}

TEST(SessionCount, OneUserLeavesPlacesToOthers) {
  SessionCount count({.sessions = 5, .sessions_of_one_user = 3});
  for (int i = 0; i < 3; ++i) EK_ASSERT_OK(count.Add({Numbered(i), 1000}));
  EK_EXPECT_ERROR(count.Add({Numbered(0), 1000}), ErrorCode::kBusy);
  EK_ASSERT_OK(count.Add({Numbered(0), 1001}));
  count.Remove({Numbered(0), 1001});
  EK_EXPECT_ERROR(count.Add({Numbered(0), 1000}), ErrorCode::kBusy);
  count.Remove({Numbered(0), 1000});
  EK_ASSERT_OK(count.Add({Numbered(0), 1000}));
}

TEST(SessionCount, ControlWithoutABoundOfTheirOwnOneUserTakesAll) {
  SessionCount count({.sessions = 5, .sessions_of_one_user = 5});
  for (int i = 0; i < 5; ++i) EK_ASSERT_OK(count.Add({Numbered(i), 1000}));
  EK_EXPECT_ERROR(count.Add({Numbered(0), 1001}), ErrorCode::kBusy);
}

TEST(SessionCount, OneUserLeavesCellsToOthers) {
  SessionCount count({.products_of_one_user = 2});
  for (int i = 0; i < 10; ++i) {
    EK_ASSERT_OK(count.Add({Numbered(1), 1000}));
    EK_ASSERT_OK(count.Add({Numbered(2), 1000}));
  }
  EK_EXPECT_ERROR(count.Add({Numbered(3), 1000}), ErrorCode::kBusy);
  EK_ASSERT_OK(count.Add({Numbered(3), 1001}));
  EK_EXPECT_ERROR(count.Add({Numbered(3), 1000}), ErrorCode::kBusy);
  for (int i = 0; i < 10; ++i) count.Remove({Numbered(1), 1000});
  EK_ASSERT_OK(count.Add({Numbered(3), 1000}));
}

TEST(SessionCount, ControlWithoutABoundOfProductsOneUserTakesAll) {
  SessionCount count(SessionCount::Bounds{});
  for (int i = 0; i < 20; ++i) EK_ASSERT_OK(count.Add({Numbered(i), 1000}));
}

}  // namespace
}  // namespace edgekeep::keep
