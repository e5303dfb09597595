#include "edgekeep/base/result.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace edgekeep {
namespace {

Result<int> Half(int x) {
  if (x % 2 != 0) return Error(ErrorCode::kMalformed, "odd");
  return x / 2;
}

Result<int> Quarter(int x) {
  EK_TRY_ASSIGN(const int half, Half(x));
  EK_TRY(Half(half));
  return Half(half);
}

TEST(Result, TryMacrosPassValuesAndErrors) {
  EXPECT_EQ(Quarter(8).value_or(-1), 2);
  ASSERT_FALSE(Quarter(6));
  EXPECT_EQ(Quarter(6).error().code(), ErrorCode::kMalformed);
  EXPECT_STREQ(Quarter(6).error().where(), "odd");
}

TEST(ErrorCode, EveryCodeHasItsOwnNameAndAdvice) {
  std::set<std::string> names;
  for (std::uint16_t code = 1; code <= static_cast<std::uint16_t>(ErrorCode::kInternal); ++code) {
    names.insert(NameOf(static_cast<ErrorCode>(code)));
    EXPECT_STRNE(AdviceFor(static_cast<ErrorCode>(code)), "unknown error") << code;
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(ErrorCode::kInternal));
  EXPECT_EQ(names.count("unknown"), 0U);
  EXPECT_STREQ(NameOf(static_cast<ErrorCode>(9999)), "unknown");
}

}  // namespace
}  // namespace edgekeep
