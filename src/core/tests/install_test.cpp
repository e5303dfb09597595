#include "edgekeep/core/install.h"

#include "edgekeep/base/testing/expect_error.h"
#include "edgekeep/base/testing/native_stride.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/sealing/segments.h"
#include "fixture/device_fixture.h"

namespace edgekeep::core {
namespace {

using fixture::Buffer;
using fixture::DeviceFixture;
using fixture::Package;
using fixture::Pattern;
using fixture::TestProvider;
using fixture::TestPublisher;

class InstallTest : public testing::Test, protected DeviceFixture {
 protected:
  Result<VerifiedOffer> Offer(const Package& package, const Buffer& grant) const {
    return VerifyOffer(TestProvider(), trust, package.front(), package.file.size(), grant);
  }

  VerifiedLicence Licensed(const fixture::Edit<formats::Licence>& edit = {}) const {
    return Verify(publisher.Licence(device, edit)).value();
  }

  Package package_ = publisher.Seal({3}, Pattern(5000, 7));
  Buffer grant_ = publisher.Grant(package_, {4});
};

TEST_F(InstallTest, RightFilesGiveTheContentKey) {
  const auto offer = Offer(package_, grant_);
  EK_ASSERT_OK(offer);
  const auto decision = DecideInstall(device, *offer, Licensed(), {});
  EK_ASSERT_OK(decision);
  EXPECT_TRUE(fixture::SameKey(decision->content_key().key, package_.content_key.key));
  EXPECT_TRUE(fixture::SameKey(decision->epoch_key().key, publisher.KeyOf({4}).key));
}

TEST_F(InstallTest, GrantForAnotherFile) {
  const Package other = publisher.Seal({3}, Pattern(5000, 8));
  EK_EXPECT_ERROR(Offer(package_, publisher.Grant(other, {4})), ErrorCode::kWrongProduct);
  EK_ASSERT_OK(Offer(other, publisher.Grant(other, {4})));
}

TEST_F(InstallTest, GrantForAnotherProductOrVersion) {
  const auto other_product = [](formats::Grant& g) { g.product = ProductName::Parse("acme/other").value(); };
  EK_EXPECT_ERROR(Offer(package_, publisher.Grant(package_, {4}, other_product)), ErrorCode::kWrongProduct);
  const auto other_version = [](formats::Grant& g) { g.sequence = {9}; };
  EK_EXPECT_ERROR(Offer(package_, publisher.Grant(package_, {4}, other_version)), ErrorCode::kWrongProduct);
  EK_ASSERT_OK(Offer(package_, grant_));
}

TEST_F(InstallTest, GrantByAStranger) {
  const TestPublisher stranger;
  EK_EXPECT_ERROR(Offer(package_, stranger.Grant(package_, {4})), ErrorCode::kUntrusted);
  EK_ASSERT_OK(Offer(package_, grant_));
}

TEST_F(InstallTest, EveryFlippedBitClassOfAGrantIsRefused) {
  Buffer grant = grant_;
  for (std::size_t i = 0; i < grant.size(); i += NativeStride(7)) {
    grant[i] ^= 0x10;
    EXPECT_FALSE(Offer(package_, grant)) << "byte " << i;
    grant[i] ^= 0x10;
  }
  EK_ASSERT_OK(Offer(package_, grant));
}

TEST_F(InstallTest, SealedFileByAStranger) {
  const TestPublisher stranger;
  const Package forged = stranger.Seal({3}, Pattern(5000, 7));
  EK_EXPECT_ERROR(Offer(forged, publisher.Grant(forged, {4})), ErrorCode::kUntrusted);
  // Control: a device that trusts the stranger takes it.
  const TrustedPublisher strangers_trust = VerifyTrustBundle(TestProvider(), stranger.Bundle()).value();
  EK_ASSERT_OK(
      VerifyOffer(TestProvider(), strangers_trust, forged.front(), forged.file.size(), stranger.Grant(forged, {4})));
}

// Whoever broke open a licensed device knows K_n, so they can unwrap the content key and encrypt anything under it.
TEST_F(InstallTest, ForgedWithTheEpochKey) {
  // The author's record around other segments: the signatures hold and so does every AEAD tag, but the digest over the
  // tags, which the author signed and an install cell compares, does not.
  const Buffer spliced = package_.ForgedWith(Pattern(5000, 9));
  const auto offer = VerifyOffer(TestProvider(), trust, spliced, spliced.size(), grant_);
  EK_ASSERT_OK(offer);
  auto tags = sealing::TagsDigest::Create(TestProvider()).value();
  ASSERT_TRUE(tags.Add(ByteView(spliced).subspan(offer->seal().body_offset())));
  EXPECT_NE(tags.Finish().value(), offer->seal().record().tags_digest);
  auto good_tags = sealing::TagsDigest::Create(TestProvider()).value();
  ASSERT_TRUE(good_tags.Add(ByteView(package_.file).subspan(offer->seal().body_offset())));
  EXPECT_EQ(good_tags.Finish().value(), offer->seal().record().tags_digest);
}

TEST_F(InstallTest, OtherPublishersProductUnderATrustedAuthor) {
  const Package package = publisher.Seal({3}, Pattern(500, 7), "beta/label-ocr");
  EK_EXPECT_ERROR(Offer(package, publisher.Grant(package, {4})), ErrorCode::kWrongProduct);
}

// The kind is public: it names itself, before the device's key is used and before anything is decrypted.
TEST_F(InstallTest, AnotherKindThanAModel) {
  for (const auto kind :
       {formats::SealedKind::kProgram, formats::SealedKind::kDelta, formats::SealedKind::kSystemImage}) {
    const Package other = publisher.Seal({3}, Pattern(5000, 7), fixture::kProduct, kind);
    EK_EXPECT_ERROR(Offer(other, publisher.Grant(other, {4})), ErrorCode::kUnsupported);
  }
  EK_ASSERT_OK(Offer(package_, grant_));
}

TEST_F(InstallTest, OlderThanInstalled) {
  const auto offer = Offer(package_, grant_).value();
  EK_EXPECT_ERROR(DecideInstall(device, offer, Licensed(), Sequence{4}), ErrorCode::kWrongVersion);
  EK_ASSERT_OK(DecideInstall(device, offer, Licensed(), Sequence{3}));
  EK_ASSERT_OK(DecideInstall(device, offer, Licensed(), Sequence{2}));
}

TEST_F(InstallTest, GrantOfALaterEpochThanTheLicence) {
  const auto offer = Offer(package_, grant_).value();
  const auto of_epoch_three = [](formats::Licence& l) { l.epoch = {3}; };
  const int uses_before = anchor.num_kem_uses();
  EK_EXPECT_ERROR(DecideInstall(device, offer, Licensed(of_epoch_three), {}), ErrorCode::kWrongVersion);
  EXPECT_EQ(anchor.num_kem_uses(), uses_before);
  const auto of_epoch_four = [](formats::Licence& l) { l.epoch = {4}; };
  EK_ASSERT_OK(DecideInstall(device, offer, Licensed(of_epoch_four), {}));
}

TEST_F(InstallTest, LicenceVerifiedForSomethingElse) {
  const auto offer = Offer(package_, grant_).value();
  use.product = ProductName::Parse("acme/other").value();
  const auto other = [](formats::Licence& l) { l.product = ProductName::Parse("acme/other").value(); };
  EK_EXPECT_ERROR(DecideInstall(device, offer, Licensed(other), {}), ErrorCode::kWrongProduct);
  use.product = ProductName::Parse(fixture::kProduct).value();
  use.sequence = {2};
  const auto up_to_two = [](formats::Licence& l) { l.terms.last_sequence = {2}; };
  EK_EXPECT_ERROR(DecideInstall(device, offer, Licensed(up_to_two), {}), ErrorCode::kWrongVersion);
}

TEST_F(InstallTest, GrantWrappedUnderAnotherEpochKeyIsDenied) {
  // Rightly signed, but the licensor wrapped under K_5 and said 4.
  Package package = publisher.Seal({3}, Pattern(5000, 7));
  const TestPublisher other;
  const Buffer other_grant = other.Grant(package, {4});
  const auto object = formats::DecodeSignedObject(formats::typ::kGrant, other_grant).value();
  const Buffer grant = publisher.Sign(formats::typ::kGrant, object.payload, publisher.licensor());
  const auto offer = Offer(package, grant);
  EK_ASSERT_OK(offer);
  EK_EXPECT_ERROR(DecideInstall(device, *offer, Licensed(), {}), ErrorCode::kDenied);
}

TEST_F(InstallTest, TruncatedFrontIsRefused) {
  for (std::size_t size = 0; size + 16 < package_.file.size(); size += 97) {
    EXPECT_FALSE(VerifyOffer(TestProvider(), trust, ByteView(package_.file).first(size), size, grant_)) << size;
  }
}

}  // namespace
}  // namespace edgekeep::core
