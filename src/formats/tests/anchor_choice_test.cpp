#include "edgekeep/formats/anchor_choice.h"

#include <gtest/gtest.h>

#include <string>

namespace edgekeep::formats {
namespace {

TEST(AnchorChoiceTest, IsReadAsItIsMeant) {
  EXPECT_EQ(ParseAnchorChoice("software").value().kind, AnchorKind::kSoftware);
  const AnchorChoice plain = ParseAnchorChoice("tpm2").value();
  EXPECT_EQ(plain.kind, AnchorKind::kTpm2);
  EXPECT_EQ(plain.tpm.view(), "/dev/tpmrm0");
  EXPECT_EQ(plain.pcrs, 1U << 7);
  const AnchorChoice whole = ParseAnchorChoice("tpm2:/run/a@b/socket@0,4,11,23").value();
  EXPECT_EQ(whole.tpm.view(), "/run/a@b/socket");
  EXPECT_EQ(whole.pcrs, 1U | 1U << 4 | 1U << 11 | 1U << 23);
  EXPECT_EQ(ParseAnchorChoice("tpm2@2").value().pcrs, 1U << 2);
  EXPECT_EQ(ParseAnchorChoice("tpm2:/dev/tpm0").value().tpm.view(), "/dev/tpm0");
}

TEST(AnchorChoiceTest, AnythingElseIsRefused) {
  for (const char* text : {"tpm2:", "tpm2:dev/tpm0", "tpm2:/dev/tpm 0", "tpm2:/dev/tpm0\n", "tpm2@", "tpm2@24",
                           "tpm2@13", "tpm2@-1", "tpm2@7,", "tpm2@,7", "tpm2@7,7", "tpm2@007", "tpm2@0,1,2,3,4,5,6,7,8",
                           "tpm2/dev/tpm0", "tpm2@7:/dev/tpm0", "tpm20"}) {
    const auto refused = ParseAnchorChoice(text);
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(refused.error().code(), ErrorCode::kMalformed) << text;
  }
  for (const char* text : {"", "optee", "Software", "tpm", "software\n"}) {
    const auto refused = ParseAnchorChoice(text);
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(refused.error().code(), ErrorCode::kUnsupported) << text;
  }
  EXPECT_FALSE(ParseAnchorChoice("tpm2:/" + std::string(107, 'x'))) << "longer than a socket's path may be";
}

}  // namespace
}  // namespace edgekeep::formats
