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

TEST(LicenceTerms, SpansHaveAUnit) {
  EXPECT_EQ(ParseSpan("30d").value(), 2592000U);
  EXPECT_EQ(ParseSpan("36h").value(), 129600U);
  EXPECT_EQ(ParseSpan("70m").value(), 4200U);
  EXPECT_EQ(ParseSpan("0s").value(), 0U);
  for (const char* const wrong : {"", "d", "30", "30w", "-1d", "1.5h", " 1d", "1d ", "49711d", "99999999999999999999s"})
    EXPECT_FALSE(ParseSpan(wrong)) << wrong;
}

TEST(LicenceTerms, HaveALeaseWhereAsked) {
  EXPECT_FALSE(ParseTerms({}, kNow)->lease);
  const formats::LicenceTerms plain = ParseTerms({.lease = "30d"}, kNow).value();
  EXPECT_EQ(plain.lease, (formats::Lease{.seconds = 2592000, .start_charge_seconds = 4200}));
  const formats::LicenceTerms terms =
      ParseTerms({.lease = "36h", .grace = "7d", .start_charge = "10s", .clock_behind = formats::ClockBehind::kDeny},
                 kNow)
          .value();
  const std::string text = TermsToText(terms);
  EXPECT_NE(text.find("lease       36 hours, grace 7 days; a power-up costs 10 seconds"), std::string::npos) << text;
  EXPECT_FALSE(ParseTerms({.lease = "0d"}, kNow));
}

TEST(LicenceTerms, NameFeaturesOnceAndInOrder) {
  const formats::LicenceTerms terms = ParseTerms({.features = {"b", "a", "b"}}, kNow).value();
  ASSERT_EQ(terms.features.size(), 2U);
  EXPECT_EQ(terms.features[0].view(), "a");
  EXPECT_FALSE(ParseTerms({.features = {"A"}}, kNow));
  EXPECT_FALSE(ParseTerms({.features = {std::string(33, 'a')}}, kNow));
}

TEST(LicenceTerms, SayHowManyDaysAreLeftOfTheTerm) {
  const formats::LicenceTerms terms = ParseTerms({.days = 3, .lease = "1d"}, kNow).value();
  const auto left = [&](std::uint64_t later) { return TermDaysLeft(terms, {kNow.value + later}); };
  EXPECT_EQ(left(0), 3U);
  EXPECT_EQ(left(1), 2U);
  EXPECT_EQ(left(3 * 86400 - 1), 0U);
  EXPECT_EQ(left(3 * 86400), 0U) << "over";
  EXPECT_EQ(left(9 * 86400), 0U);
  EXPECT_EQ(TermDaysLeft(ParseTerms({}, kNow).value(), kNow), std::nullopt);
}

TEST(LicenceTerms, AreToldInWords) {
  const std::string text = TermsToText(ParseTerms({.days = 1, .last_sequence = 7}, kNow).value());
  EXPECT_NE(text.find("from sequence 0 to 7"), std::string::npos) << text;
  EXPECT_NE(text.find("process or stronger"), std::string::npos) << text;
  EXPECT_NE(TermsToText(ParseTerms({}, kNow).value()).find("for ever"), std::string::npos);
}

}  // namespace
}  // namespace edgekeep::cli::publisher
