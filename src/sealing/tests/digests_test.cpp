#include "edgekeep/crypto/digest.h"
#include "support.h"

namespace edgekeep::sealing {
namespace {

TEST(TagsDigest, IsTheDigestOfAllTagsInOrder) {
  const Buffer first = Pattern(40, 1);
  const Buffer second = Pattern(20, 2);
  TagsDigest tags = TagsDigest::Create(TestProvider()).value();
  EK_ASSERT_OK(tags.Add(first));
  EK_ASSERT_OK(tags.Add(second));
  const Digest expected = crypto::Sha256(TestProvider(), {ByteView(first).last(16), ByteView(second).last(16)}).value();
  EXPECT_EQ(tags.Finish().value(), expected);
}

TEST(TagsDigest, RefusesASegmentShorterThanATag) {
  TagsDigest tags = TagsDigest::Create(TestProvider()).value();
  EK_EXPECT_ERROR(tags.Add(Buffer(15)), ErrorCode::kMalformed);
}

TEST(KeyCommitment, AcceptsItsKeyAndRefusesAnother) {
  const formats::Salt salt = RandomSalt();
  const SecretArray<32> key = RandomKey();
  const auto commitment = CommitToKey(TestProvider(), key, salt).value();
  EK_ASSERT_OK(CheckKeyCommitment(TestProvider(), key, salt, commitment));
  EK_EXPECT_ERROR(CheckKeyCommitment(TestProvider(), RandomKey(), salt, commitment), ErrorCode::kDenied);
  EK_EXPECT_ERROR(CheckKeyCommitment(TestProvider(), key, RandomSalt(), commitment), ErrorCode::kDenied);
}

TEST(PlaintextMac, DependsOnPlaintextKeyAndSaltButNotOnThePieces) {
  const formats::Salt salt = RandomSalt();
  const SecretArray<32> key = RandomKey();
  const auto mac_of = [&](const SecretArray<32>& k, const formats::Salt& s, std::initializer_list<ByteView> parts) {
    PlaintextMacState state = PlaintextMacState::Create(TestProvider(), k, s).value();
    for (const ByteView part : parts) EXPECT_TRUE(state.Update(part));
    return state.Finish().value();
  };
  const auto mac = mac_of(key, salt, {AsBytes("ab"), AsBytes("c")});
  EXPECT_EQ(mac, mac_of(key, salt, {AsBytes("a"), AsBytes("bc")}));
  EXPECT_NE(mac, mac_of(key, salt, {AsBytes("abd")}));
  EXPECT_NE(mac, mac_of(RandomKey(), salt, {AsBytes("abc")}));
  EXPECT_NE(mac, mac_of(key, RandomSalt(), {AsBytes("abc")}));
}

}  // namespace
}  // namespace edgekeep::sealing
