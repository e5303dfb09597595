#include "../licence_terms.h"

#include <gtest/gtest.h>

#include "../times.h"

namespace edgekeep::cli::publisher {
namespace {

constexpr UnixTime kNow{1'800'000'000};

TEST(LicenceTerms, HoldFromADayAgoForEverByDefault) {
  const formats::LicenceTerms terms = ParseTerms({}, kNow).value();
  EXPECT_EQ(terms.not_before.value, kNow.value - 86400);
  EXPECT_FALSE(terms.expires);
  EXPECT_EQ(terms.first_sequence.value, 0U);
  EXPECT_EQ(terms.last_sequence.value, UINT64_MAX);
  EXPECT_EQ(terms.isolation_floor, formats::Isolation::kProcess);
}

TEST(LicenceTerms, CountDaysFromNow) {
  EXPECT_EQ(ParseTerms({.days = 30}, kNow)->expires->value, kNow.value + 30 * 86400);
}

TEST(LicenceTerms, IncludeTheLastDay) {
  const formats::LicenceTerms terms = ParseTerms({.expires = "2030-01-31"}, kNow).value();
  EXPECT_EQ(FormatTime(*terms.expires), "2030-02-01T00:00:00Z");
}

TEST(LicenceTerms, RefuseALicenceThatIsOverAlready) {
  EXPECT_FALSE(ParseTerms({.expires = "2020-01-31"}, kNow));
  // Whoever names both ends has meant it.
  EXPECT_TRUE(ParseTerms({.expires = "2020-01-31", .not_before = "2020-01-01"}, kNow));
  EXPECT_FALSE(ParseTerms({.expires = "2020-01-31", .not_before = "2020-02-01"}, kNow));
}

TEST(LicenceTerms, RefuseWhatMakesNoSense) {
  EXPECT_FALSE(ParseTerms({.expires = "soon"}, kNow));
  EXPECT_FALSE(ParseTerms({.not_before = "2030-02-30"}, kNow));
  EXPECT_FALSE(ParseTerms({.first_sequence = 5, .last_sequence = 4}, kNow));
  EXPECT_TRUE(ParseTerms({.first_sequence = 5, .last_sequence = 5}, kNow));
}

TEST(LicenceTerms, BoundCallsWhereAsked) {
  const formats::LicenceTerms unbounded = ParseTerms({}, kNow).value();
  EXPECT_FALSE(unbounded.call_budget || unbounded.calls_per_minute);
  const formats::LicenceTerms bounded = ParseTerms({.calls = 1000, .calls_per_minute = 60}, kNow).value();
  EXPECT_EQ(bounded.call_budget, 1000U);
  EXPECT_EQ(bounded.calls_per_minute, 60U);
  EXPECT_NE(TermsToText(bounded).find("1000 in its whole life"), std::string::npos);
  EXPECT_NE(TermsToText(bounded).find("60 calls a minute"), std::string::npos);
  EXPECT_EQ(TermsToText(unbounded).find("calls"), std::string::npos);
}

TEST(LicenceTerms, AreToldInWords) {
  const std::string text = TermsToText(ParseTerms({.days = 1, .last_sequence = 7}, kNow).value());
  EXPECT_NE(text.find("from sequence 0 to 7"), std::string::npos) << text;
  EXPECT_NE(text.find("process or stronger"), std::string::npos) << text;
  EXPECT_NE(TermsToText(ParseTerms({}, kNow).value()).find("for ever"), std::string::npos);
}

}  // namespace
}  // namespace edgekeep::cli::publisher
