#include "../licence_text.h"

#include <gtest/gtest.h>

namespace edgekeep::cli::device {
namespace {

constexpr std::uint64_t kDay = 86400;
constexpr std::uint64_t kNow = 1'800'000'000;

ek_product_status Leased(std::uint64_t used_seconds) {
  ek_product_status product{};
  product.product = "acme/label-ocr";
  product.licensed = 1;
  product.has_lease = 1;
  product.lease_seconds = 30 * kDay;
  product.lease_grace_seconds = 7 * kDay;
  product.lease_used_seconds = used_seconds;
  return product;
}

struct Case {
  std::uint64_t used_days;
  const char* text;
  const char* warning;  // empty: none
};

TEST(LicenceText, WarnsAheadOfTheEndAndInTheGrace) {
  for (const Case& expected :
       {Case{0, "lease for 30 days more", ""}, Case{22, "lease for 8 days more", ""},
        Case{23, "lease for 7 days more", "ends in 7 days"}, Case{29, "lease for 24 hours more", "ends in 24 hours"},
        Case{30, "lease over, grace for 7 days more", "in 7 days it does not open"},
        Case{36, "grace for 24 hours more", "in 24 hours it does not open"},
        Case{37, "lease and grace over", "does not open; renew it"}}) {
    const ek_product_status product = Leased(expected.used_days * kDay);
    EXPECT_NE(LicenceText(product).find(expected.text), std::string::npos) << LicenceText(product);
    const std::string warning = WarningText(product, kNow);
    EXPECT_EQ(warning.empty(), *expected.warning == '\0') << warning;
    EXPECT_NE(warning.find(expected.warning), std::string::npos) << warning;
  }
}

TEST(LicenceText, WarnsOfALongLeaseATenthAheadAndOfAShortOneAQuarter) {
  ek_product_status product = Leased(0);
  product.lease_seconds = 1000 * kDay;
  product.lease_used_seconds = 899 * kDay;
  EXPECT_TRUE(WarningsOf(product, kNow).empty());
  product.lease_used_seconds = 900 * kDay;
  EXPECT_EQ(WarningsOf(product, kNow).size(), 1U);
  product.lease_seconds = kDay;
  product.lease_used_seconds = kDay / 2;
  EXPECT_TRUE(WarningsOf(product, kNow).empty());
  product.lease_used_seconds = kDay * 3 / 4;
  EXPECT_EQ(WarningsOf(product, kNow).size(), 1U);
}

TEST(LicenceText, WarnsOfTheTermsEnd) {
  ek_product_status product = Leased(0);
  product.licence_has_end = 1;
  product.licence_expires = kNow + 8 * kDay;
  EXPECT_TRUE(WarningsOf(product, kNow).empty());
  EXPECT_EQ(TermDaysLeft(product, kNow).AsUnsigned().value(), 8U);
  EXPECT_EQ(WarningsOf(product, kNow + kDay).size(), 1U);
  EXPECT_EQ(TermDaysLeft(product, kNow + 9 * kDay).AsUnsigned().value(), 0U);
}

TEST(LicenceText, TellsMachinesDaysLeft) {
  const json::Value lease = LeaseToJson(Leased(31 * kDay));
  const json::Object* const object = lease.AsObject().value();
  EXPECT_EQ(object->Find("phase")->AsText().value(), "grace");
  EXPECT_EQ(object->Find("days_left")->AsUnsigned().value(), 0U);
  EXPECT_EQ(object->Find("days_left_with_grace")->AsUnsigned().value(), 6U);
  ek_product_status none{};
  none.product = "acme/label-ocr";
  EXPECT_TRUE(LeaseToJson(none).is_null());
}

TEST(LicenceText, TellsOfAClockThatIsBehind) {
  ek_status status{};
  EXPECT_EQ(ClockText(status), "");
  const std::uint64_t now = NowOf(status);
  status.clock_behind_seconds = 3 * kDay;
  EXPECT_NE(ClockText(status).find("3 days behind"), std::string::npos);
  EXPECT_GE(NowOf(status), now + 3 * kDay);
}

}  // namespace
}  // namespace edgekeep::cli::device
