#include "../session_count.h"

#include <string>

#include "fixture/expect_error.h"

namespace edgekeep::keep {
namespace {

ProductName Numbered(int number) {
  return ProductName::Parse("acme/p-" + std::to_string(number)).value();
}

TEST(SessionCount, ProductsThatAreClosedAgainLeaveTheirPlace) {
  SessionCount count(32);
  for (int i = 0; i < 1000; ++i) {
    EK_ASSERT_OK(count.Add(Numbered(i)));
    EXPECT_EQ(count.Of(Numbered(i)), 1U);
    count.Remove(Numbered(i));
    EXPECT_EQ(count.Of(Numbered(i)), 0U);
  }
}

TEST(SessionCount, OpenOnesKeepTheirs) {
  SessionCount count(32);
  EK_ASSERT_OK(count.Add(Numbered(4711)));
  for (int i = 0; i < 200; ++i) {
    EK_ASSERT_OK(count.Add(Numbered(i)));
    count.Remove(Numbered(i));
  }
  EXPECT_EQ(count.Of(Numbered(4711)), 1U);
}

TEST(SessionCount, IsBounded) {
  SessionCount count(2);
  EK_ASSERT_OK(count.Add(Numbered(1)));
  EK_ASSERT_OK(count.Add(Numbered(2)));
  EK_EXPECT_ERROR(count.Add(Numbered(1)), ErrorCode::kBusy);
  count.Remove(Numbered(2));
  EK_ASSERT_OK(count.Add(Numbered(1)));
}

}  // namespace
}  // namespace edgekeep::keep
