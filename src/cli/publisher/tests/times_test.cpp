#include "../times.h"

#include <gtest/gtest.h>

#include "edgekeep/formats/limits.h"

namespace edgekeep::cli::publisher {
namespace {

std::uint64_t Parsed(const std::string& text, DayEdge edge = DayEdge::kStart) {
  const auto time = ParseTime(text, edge);
  EXPECT_TRUE(time) << text;
  return time ? time->value : 0;
}

TEST(Times, AreReadAsUtc) {
  EXPECT_EQ(Parsed("1970-01-01"), 0U);
  EXPECT_EQ(Parsed("2030-01-31T12:34:56Z"), 1896093296U);
  EXPECT_EQ(Parsed("2024-02-29"), 1709164800U);
}

TEST(Times, ADayEndsWhenTheNextBegins) {
  EXPECT_EQ(Parsed("2030-01-31", DayEdge::kEnd), Parsed("2030-02-01"));
  EXPECT_EQ(Parsed("2030-01-31T12:34:56Z", DayEdge::kEnd), Parsed("2030-01-31T12:34:56Z"));
}

TEST(Times, RoundTrip) {
  for (const std::uint64_t seconds : {0ULL, 1709164800ULL, 1896093296ULL, 4102444799ULL}) {
    EXPECT_EQ(Parsed(FormatTime({seconds})), seconds);
  }
  EXPECT_EQ(FormatTime(formats::kLatestTime), "9999-12-31T23:59:59Z");
}

TEST(Times, RefuseEverythingElse) {
  for (const char* text :
       {"", "2030", "2030-13-01", "2030-02-30", "2023-02-29", "1969-12-31", "2030-1-31", "31-01-2030",
        "2030-01-31 12:00", "2030-01-31T24:00:00Z", "2030-01-31T12:60:00Z", "2030-01-31T12:00:60Z",
        "2030-01-31T12:00:00", "2030-01-31X", "2030-01-31T12:00:00+", "+030-01-31", "2030/01/31", "tomorrow"}) {
    EXPECT_FALSE(ParseTime(text, DayEdge::kStart)) << text;
  }
}

}  // namespace
}  // namespace edgekeep::cli::publisher
