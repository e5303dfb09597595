#include "edgekeep/core/licence.h"

#include "edgekeep/base/testing/expect_error.h"
#include "edgekeep/formats/signed_object.h"
#include "fixture/device_fixture.h"

namespace edgekeep::core {
namespace {

using fixture::Buffer;
using fixture::DeviceFixture;
using fixture::kNow;
using fixture::TestProvider;
using fixture::TestPublisher;
using formats::Licence;

// Every refusal stands beside the same licence without the fault, accepted.
class LicenceTest : public testing::Test, protected DeviceFixture {
 protected:
  Buffer Issue(const fixture::Edit<Licence>& edit = {}) const { return publisher.Licence(device, edit); }

  void ExpectRefused(const fixture::Edit<Licence>& edit, ErrorCode code) {
    const int uses_before = anchor.num_kem_uses();
    EK_EXPECT_ERROR(Verify(Issue(edit)), code);
    EXPECT_EQ(anchor.num_kem_uses(), uses_before) << "a public refusal used the private key";
    EK_ASSERT_OK(Verify(Issue()));
  }
};

TEST_F(LicenceTest, RightLicenceOpens) {
  const auto verified = Verify(Issue());
  EK_ASSERT_OK(verified);
  const auto opened = OpenLicence(device, *verified);
  EK_ASSERT_OK(opened);
  EXPECT_EQ(opened->epoch(), fixture::kPublishersEpoch);
  const auto key = opened->KeyOf(TestProvider(), {4});
  EK_ASSERT_OK(key);
  EXPECT_TRUE(fixture::SameKey(key->key, publisher.KeyOf({4}).key));
}

TEST_F(LicenceTest, OriginIsToldWhetherTheTermsHoldOrNot) {
  const auto origin_of = [&](const Buffer& bytes) {
    return OriginOf(device, trust, ProductName::Parse(fixture::kProduct).value(), bytes);
  };
  const Buffer expired = Issue([](Licence& l) { l.terms.expires = kNow; });
  EK_EXPECT_ERROR(Verify(expired), ErrorCode::kExpired);
  EK_ASSERT_OK(origin_of(expired));
  EXPECT_EQ(origin_of(expired)->issued_at.value, kNow.value);
  const DeviceFixture other;
  EK_EXPECT_ERROR(origin_of(publisher.Licence(other.device)), ErrorCode::kWrongDevice);
  EK_EXPECT_ERROR(origin_of(TestPublisher().Licence(device)), ErrorCode::kUntrusted);
}

TEST_F(LicenceTest, OpensNoLaterEpoch) {
  const auto opened = OpenLicence(device, Verify(Issue([](Licence& l) { l.epoch = {5}; })).value()).value();
  EK_EXPECT_ERROR(opened.KeyOf(TestProvider(), {6}), ErrorCode::kDenied);
  EK_ASSERT_OK(opened.KeyOf(TestProvider(), {5}));
}

TEST_F(LicenceTest, OtherDevice) {
  const DeviceFixture other;
  EK_EXPECT_ERROR(Verify(publisher.Licence(other.device)), ErrorCode::kWrongDevice);
  EK_ASSERT_OK(Verify(publisher.Licence(device)));
}

TEST_F(LicenceTest, NamesThisDeviceButIsWrappedToAnother) {
  const DeviceFixture other;
  const auto verified = Verify(publisher.Licence(device.id(), other.device.kem().public_key()));
  EK_ASSERT_OK(verified);
  EK_EXPECT_ERROR(OpenLicence(device, *verified), ErrorCode::kDenied);
  EK_ASSERT_OK(OpenLicence(device, Verify(Issue()).value()));
}

TEST_F(LicenceTest, Expired) {
  ExpectRefused([](Licence& l) { l.terms.expires = kNow; }, ErrorCode::kExpired);
  EK_ASSERT_OK(Verify(Issue([](Licence& l) { l.terms.expires = UnixTime{kNow.value + 1}; })));
}

TEST_F(LicenceTest, NotYetValid) {
  ExpectRefused([](Licence& l) { l.terms.not_before = UnixTime{kNow.value + 1}; }, ErrorCode::kNotYetValid);
  EK_ASSERT_OK(Verify(Issue([](Licence& l) { l.terms.not_before = kNow; })));
}

TEST_F(LicenceTest, OtherProductOfTheSamePublisher) {
  ExpectRefused([](Licence& l) { l.product = ProductName::Parse("acme/other").value(); }, ErrorCode::kWrongProduct);
}

TEST_F(LicenceTest, OtherPublisher) {
  const TestPublisher other("beta");
  EK_EXPECT_ERROR(Verify(other.Licence(device)), ErrorCode::kUntrusted);
  // Control: a device that trusts that publisher accepts it.
  const TrustedPublisher others_trust = VerifyTrustBundle(TestProvider(), other.Bundle()).value();
  const LicenceUse others_use{ProductName::Parse("beta/label-ocr").value(), {3}, kNow, formats::Isolation::kProcess};
  EK_ASSERT_OK(VerifyLicence(device, others_trust, others_use, other.Licence(device)));
}

TEST_F(LicenceTest, TrustedLicensorSignsForAnotherPublishersProduct) {
  ExpectRefused(
      [](Licence& l) {
        l.issuer = InlineString<63>::Truncated("beta");
        l.product = ProductName::Parse("beta/label-ocr").value();
      },
      ErrorCode::kWrongProduct);
}

TEST_F(LicenceTest, VersionOutOfRange) {
  ExpectRefused([](Licence& l) { l.terms.first_sequence = {4}; }, ErrorCode::kWrongVersion);
  ExpectRefused([](Licence& l) { l.terms.last_sequence = {2}; }, ErrorCode::kWrongVersion);
  const auto exactly = [](Licence& l) { l.terms.first_sequence = l.terms.last_sequence = {3}; };
  EK_ASSERT_OK(Verify(Issue(exactly)));
}

TEST_F(LicenceTest, IsolationFloorTooHigh) {
  const auto demands_vm = [](Licence& l) { l.terms.isolation_floor = formats::Isolation::kVm; };
  ExpectRefused(demands_vm, ErrorCode::kForbidden);
  use.level = formats::Isolation::kVm;
  EK_ASSERT_OK(Verify(Issue(demands_vm)));
}

TEST_F(LicenceTest, SuiteForAnotherKem) {
  const Buffer other = publisher.Licence(device, {}, [](Licence& l) {
    l.hpke_suite = static_cast<std::uint16_t>(crypto::HpkeSuiteId::kP256HkdfSha256Aes256Gcm);
  });
  EK_EXPECT_ERROR(Verify(other), ErrorCode::kUnsupported);
  const Buffer unknown = publisher.Licence(device, {}, [](Licence& l) { l.hpke_suite = 999; });
  EK_EXPECT_ERROR(Verify(unknown), ErrorCode::kUnsupported);
  EK_ASSERT_OK(Verify(Issue()));
}

TEST_F(LicenceTest, EditedTermsUnderTheOldSignature) {
  const Buffer issued = Issue([](Licence& l) { l.terms.expires = UnixTime{kNow.value + 10}; });
  // The expiry stands as a CBOR uint32: raise its lowest byte.
  const std::uint32_t old_value = static_cast<std::uint32_t>(kNow.value + 10);
  const Buffer needle = {0x1a, static_cast<std::uint8_t>(old_value >> 24), static_cast<std::uint8_t>(old_value >> 16),
                         static_cast<std::uint8_t>(old_value >> 8), static_cast<std::uint8_t>(old_value)};
  Buffer edited = issued;
  const auto found = std::ranges::search(edited, needle);
  ASSERT_NE(found.begin(), edited.end());
  *(found.end() - 1) = static_cast<std::uint8_t>(*(found.end() - 1) + 1);
  EK_EXPECT_ERROR(Verify(edited), ErrorCode::kBadSignature);
  EK_ASSERT_OK(Verify(issued));
}

TEST_F(LicenceTest, EditedTermsSignedAgainByAStranger) {
  const Buffer issued = Issue();
  const auto object = formats::DecodeSignedObject(formats::typ::kLicence, issued).value();
  const TestPublisher stranger;
  EK_EXPECT_ERROR(Verify(stranger.Sign(formats::typ::kLicence, object.payload, stranger.licensor())),
                  ErrorCode::kUntrusted);
  // Control: the same payload by the licensor is accepted.
  EK_ASSERT_OK(Verify(publisher.Sign(formats::typ::kLicence, object.payload, publisher.licensor())));
}

TEST_F(LicenceTest, AuthorIsNoLicensor) {
  const Buffer issued = Issue();
  const auto object = formats::DecodeSignedObject(formats::typ::kLicence, issued).value();
  EK_EXPECT_ERROR(Verify(publisher.Sign(formats::typ::kLicence, object.payload, publisher.author())),
                  ErrorCode::kUntrusted);
}

TEST_F(LicenceTest, ClassicalSignatureAloneIsNotEnough) {
  const Buffer issued = Issue();
  const auto object = formats::DecodeSignedObject(formats::typ::kLicence, issued).value();
  const auto keys = publisher.licensor().Keys();
  EK_EXPECT_ERROR(Verify(fixture::SignBy(formats::typ::kLicence, object.payload, {keys[0]})), ErrorCode::kBadSignature);
  EK_EXPECT_ERROR(Verify(fixture::SignBy(formats::typ::kLicence, object.payload, {keys[1]})), ErrorCode::kBadSignature);
  EK_ASSERT_OK(Verify(fixture::SignBy(formats::typ::kLicence, object.payload, keys)));
}

// The wrapped key is bound to the terms: even the licensor cannot put other terms around it.
TEST_F(LicenceTest, TermsEditedAroundTheWrappedKey) {
  const Buffer edited = publisher.Licence(device, {}, [](Licence& l) { l.terms.last_sequence = {1000}; });
  const auto verified = Verify(edited);
  EK_ASSERT_OK(verified);
  EK_EXPECT_ERROR(OpenLicence(device, *verified), ErrorCode::kDenied);
}

TEST_F(LicenceTest, TruncatedAndOversized) {
  const Buffer issued = Issue();
  for (std::size_t size = 0; size < issued.size(); ++size) {
    EXPECT_FALSE(Verify(Buffer(issued.begin(), issued.begin() + static_cast<std::ptrdiff_t>(size)))) << size;
  }
  EK_EXPECT_ERROR(Verify(Buffer(1 << 20)), ErrorCode::kTooLarge);
}

TEST_F(LicenceTest, OwnsItsBytes) {
  Buffer issued = Issue();
  const auto verified = Verify(issued);
  EK_ASSERT_OK(verified);
  std::ranges::fill(issued, std::uint8_t{0});
  EK_ASSERT_OK(OpenLicence(device, *verified));
}

}  // namespace
}  // namespace edgekeep::core
