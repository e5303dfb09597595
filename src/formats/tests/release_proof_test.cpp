#include "edgekeep/formats/release_proof.h"

#include "log_samples.h"
#include "refusals.h"

namespace edgekeep::formats {
namespace {

TEST(ReleaseProofTest, IsNotEncodedWithoutItsParts) {
  using enum ErrorCode;
  ExpectNotEncoded<ReleaseProof>(
      SampleReleaseProof(), EncodeReleaseProof,
      {{"no checkpoint", kMalformed, [](ReleaseProof& proof) { proof.checkpoint = ""; }},
       {"no entry", kMalformed, [](ReleaseProof& proof) { proof.release.entry = {}; }},
       {"no inclusion", kMalformed, [](ReleaseProof& proof) { proof.verdict->leaf.inclusion = ""; }},
       {"no statement", kMalformed, [](ReleaseProof& proof) { proof.verdict->statement = {}; }},
       {"inclusion over the limit", kTooLarge, [](ReleaseProof& proof) {
          static const std::string kLong(kMaxInclusionText + 1, 'x');
          proof.release.inclusion = kLong;
        }}});
}

TEST(ReleaseProofTest, OverTheLimitIsNotLookedAt) {
  EXPECT_EQ(DecodeReleaseProof(ByteVector(kMaxReleaseProofSize)).error().code(), ErrorCode::kMalformed);
  EXPECT_EQ(DecodeReleaseProof(ByteVector(kMaxReleaseProofSize + 1)).error().code(), ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace edgekeep::formats
