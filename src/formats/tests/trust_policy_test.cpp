#include "refusals.h"

namespace edgekeep::formats {
namespace {

using enum ErrorCode;

TEST(TrustPolicyFormat, KeepsItsFields) {
  const ByteVector bytes = EncodedBy(EncodeTrustPolicy, SampleTrustPolicy());
  const TrustPolicy policy = DecodeTrustPolicy(bytes).value();
  EXPECT_EQ(policy.version, 3U);
  EXPECT_EQ(policy.authority, "acme");
  EXPECT_EQ(policy.profile, PolicyProfile::kProduction);
  EXPECT_EQ(policy.required_classes.size(), 2U);
  EXPECT_EQ(policy.min_approvers, 2U);
  EXPECT_EQ(policy.delay, 604800U);
  EXPECT_EQ(policy.max_time_step, 63072000U);
  EXPECT_EQ(policy.issued_at.value, 1790000000U);
  ASSERT_EQ(policy.notaries.size(), 1U);
  EXPECT_EQ(policy.notaries[0].name, "nora");
  EXPECT_EQ(policy.min_independent_witnesses, 1U);
  ASSERT_EQ(policy.dependent_cosigners.size(), 2U);
  EXPECT_EQ(policy.dependent_cosigners[1], "notary.example");
  EXPECT_EQ(policy.log_policy, "quorum none\n");
}

TEST(TrustPolicyFormat, DevelopmentMayLeaveOutWhatProductionMayNot) {
  TrustPolicy policy = SampleTrustPolicy();
  policy.notaries = {};
  policy.min_independent_witnesses = 0;
  policy.min_approvers = 1;
  ByteVector buffer(4096);
  CborWriter out(buffer);
  EXPECT_EQ(EncodeTrustPolicy(policy, out).error().code(), kMalformed);
  policy.profile = PolicyProfile::kDevelopment;
  CborWriter again(buffer);
  EXPECT_TRUE(EncodeTrustPolicy(policy, again));
}

TEST(TrustPolicyFormat, IsNotEncodedWhenItWouldBeRefused) {
  ExpectNotEncoded<TrustPolicy>(
      SampleTrustPolicy(), EncodeTrustPolicy,
      {{"version 0", kMalformed, [](TrustPolicy& policy) { policy.version = 0; }},
       {"authority", kMalformed, [](TrustPolicy& policy) { policy.authority = "Acme"; }},
       {"profile", kUnsupported, [](TrustPolicy& policy) { policy.profile = PolicyProfile{3}; }},
       {"key twice", kMalformed, [](TrustPolicy& policy) { policy.notaries[0].keys[1] = policy.notaries[0].keys[0]; }},
       {"order", kMalformed, [](TrustPolicy& policy) { policy.dependent_cosigners[0] = "z"; }},
       {"no log", kMalformed, [](TrustPolicy& policy) { policy.log_policy = {}; }}});
  ExpectNotEncoded<TimeRepair>(
      SampleTimeRepair(), EncodeTimeRepair,
      {{"number 0", kMalformed, [](TimeRepair& repair) { repair.number = 0; }},
       {"root 0", kMalformed, [](TimeRepair& repair) { repair.root_version = 0; }},
       {"back from the time that it sets", kMalformed, [](TimeRepair& repair) { repair.ahead_from = repair.time; }}});
}

TEST(TimeRepairFormat, KeepsItsFields) {
  TimeRepair sample = SampleTimeRepair();
  const TimeRepair back = DecodeTimeRepair(EncodedBy(EncodeTimeRepair, sample)).value();
  EXPECT_EQ(back.number, 2U);
  EXPECT_EQ(back.time.value, 1790000000U);
  EXPECT_EQ(back.root_version, 5U);
  EXPECT_EQ(back.ahead_from, UnixTime{1821536000});
  sample.ahead_from.reset();
  EXPECT_FALSE(DecodeTimeRepair(EncodedBy(EncodeTimeRepair, sample))->ahead_from);
}

TEST(TrustPolicyFormat, IsBounded) {
  EXPECT_EQ(DecodeTrustPolicy(ByteVector(kMaxTrustPolicySize + 1)).error().code(), kTooLarge);
  EXPECT_EQ(DecodeTimeRepair(ByteVector(kMaxTimeRepairSize + 1)).error().code(), kTooLarge);
}

}  // namespace
}  // namespace edgekeep::formats
