#include "../date_time.h"

#include <gtest/gtest.h>

#include <ctime>
#include <string>

namespace edgekeep::release {
namespace {

TEST(DateTime, CountsSecondsAsTheSystemDoes) {
  for (const std::time_t time : {0L, 951782400L, 951868799L, 1767225600L, 4102444799L, 253402300799L, 4107542400L}) {
    std::tm parts{};
    ASSERT_NE(::gmtime_r(&time, &parts), nullptr);
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    EXPECT_EQ(ParseDateTime(text.data())->value, static_cast<std::uint64_t>(time)) << text.data();
  }
}

TEST(DateTime, EveryDayOfTwoCenturiesFollowsTheOneBefore) {
  for (std::time_t time = 0; time < 200LL * 366 * 86400; time += 86400) {
    std::tm parts{};
    ::gmtime_r(&time, &parts);
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    ASSERT_EQ(ParseDateTime(text.data())->value, static_cast<std::uint64_t>(time)) << text.data();
  }
}

TEST(DateTime, HasTwoForms) {
  for (const char* text : {"",
                           "2030-01-01",
                           "2030-01-01T00:00:00",
                           "2030-01-01T00:00:00z",
                           "2030-01-01 00:00:00Z",
                           "2030-01-01T00:00:00.0Z",
                           "2030-01-01T00:00:00.0000Z",
                           "2030-1-01T00:00:00Z",
                           "2030-01-01T00:00:00+00",
                           "+030-01-01T00:00:00Z",
                           "1969-12-31T23:59:59Z",
                           "2030-00-01T00:00:00Z",
                           "2030-13-01T00:00:00Z",
                           "2030-01-00T00:00:00Z",
                           "2030-01-32T00:00:00Z",
                           "2030-04-31T00:00:00Z",
                           "2030-02-29T00:00:00Z",
                           "2100-02-29T00:00:00Z",
                           "2030-01-01T24:00:00Z",
                           "2030-01-01T00:60:00Z",
                           "2030-01-01T00:00:60Z"}) {
    EXPECT_FALSE(ParseDateTime(text)) << text;
  }
  EXPECT_EQ(ParseDateTime("2000-02-29T23:59:59.999Z")->value, ParseDateTime("2000-02-29T23:59:59Z")->value);
}

}  // namespace
}  // namespace edgekeep::release
