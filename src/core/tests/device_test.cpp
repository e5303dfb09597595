#include "edgekeep/core/device.h"

#include "edgekeep/base/testing/expect_error.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/formats/device_request.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/sealing/signed_object.h"
#include "fixture/device_fixture.h"

namespace edgekeep::core {
namespace {

using fixture::DeviceFixture;
using fixture::MemoryAnchor;
using fixture::TestProvider;

constexpr auto kSuite = crypto::HpkeSuiteId::kMlKem768P256HkdfSha256Aes256Gcm;

TEST(Device, OpensTheSameDeviceAgain) {
  MemoryAnchor anchor;
  const Bytes secret = MakeDeviceSecret(TestProvider(), anchor).value();
  const Device first = Device::Open(TestProvider(), anchor, secret.view()).value();
  const Device second = Device::Open(TestProvider(), anchor, secret.view()).value();
  EXPECT_EQ(first.id(), second.id());
  EXPECT_TRUE(Equal(first.kem().public_key(), second.kem().public_key()));
}

TEST(Device, SecretOfAnotherDeviceIsDenied) {
  MemoryAnchor anchor;
  MemoryAnchor other;
  const Bytes secret = MakeDeviceSecret(TestProvider(), anchor).value();
  EK_EXPECT_ERROR(Device::Open(TestProvider(), other, secret.view()), ErrorCode::kDenied);
  EK_ASSERT_OK(Device::Open(TestProvider(), anchor, secret.view()));
}

TEST(Device, IdIsTheKeyIdOfTheIdentityKey) {
  const DeviceFixture fixture;
  MemoryAnchor anchor;
  const Bytes key = anchor.IdentityPublicKey().value();
  const KeyId expected = crypto::KeyIdOf(TestProvider(), crypto::AlgorithmId::kEcdsaP256Sha256, key.view()).value();
  const DeviceId id = DeviceIdOf(TestProvider(), anchor).value();
  EXPECT_TRUE(Equal(id.view(), expected.view()));
}

TEST(Device, RequestIsSignedByTheIdentityItNames) {
  DeviceFixture fixture;
  const Bytes request_bytes = fixture.device.MakeRequest({}).value();
  const auto object = formats::DecodeSignedObject(formats::typ::kDeviceRequest, request_bytes.view()).value();
  const auto request = formats::DecodeDeviceRequest(object.payload).value();
  EXPECT_EQ(request.anchor, formats::AnchorKind::kSoftware);
  EXPECT_TRUE(Equal(request.kem.bytes, fixture.device.kem().public_key()));
  EK_ASSERT_OK(sealing::VerifyObjectWithKey(TestProvider(), formats::typ::kDeviceRequest, request_bytes.view(),
                                            request.identity));
  const fixture::MemoryKey stranger(crypto::AlgorithmId::kEcdsaP256Sha256);
  EK_EXPECT_ERROR(sealing::VerifyObjectWithKey(TestProvider(), formats::typ::kDeviceRequest, request_bytes.view(),
                                               stranger.as_public()),
                  ErrorCode::kUntrusted);
}

TEST(DeviceKem, OpensWhatWasSealedToItsPublicKeyOnly) {
  DeviceFixture fixture;
  DeviceFixture other;
  const auto suite = crypto::FindHpkeSuite(kSuite).value();
  const auto message =
      crypto::HpkeSeal(TestProvider(), suite, fixture.device.kem().public_key(), AsBytes("info"), {}, AsBytes("secret"))
          .value();
  const auto opened = crypto::HpkeOpen(TestProvider(), suite, fixture.device.kem(), message.enc.view(), AsBytes("info"),
                                       {}, message.ciphertext.view());
  EK_ASSERT_OK(opened);
  EXPECT_EQ(AsText(opened->Reveal()), "secret");
  EK_EXPECT_ERROR(crypto::HpkeOpen(TestProvider(), suite, other.device.kem(), message.enc.view(), AsBytes("info"), {},
                                   message.ciphertext.view()),
                  ErrorCode::kDenied);
}

TEST(DeviceKem, SeedOfWrongSizeIsRefused) {
  MemoryAnchor anchor;
  EXPECT_FALSE(DeviceKem::Create(TestProvider(), anchor, SecretBytes::Allocate(63).value()));
}

TEST(ProtectionLevel, IsTheLowestOfThree) {
  using formats::Isolation;
  using ports::AnchorKind;
  EXPECT_EQ(ProtectionLevel(Isolation::kTrustZone, AnchorKind::kOptee, Isolation::kTrustZone), Isolation::kTrustZone);
  EXPECT_EQ(ProtectionLevel(Isolation::kProcess, AnchorKind::kOptee, Isolation::kTrustZone), Isolation::kProcess);
  EXPECT_EQ(ProtectionLevel(Isolation::kTrustZone, AnchorKind::kSoftware, Isolation::kVm), Isolation::kProcess);
  EXPECT_EQ(ProtectionLevel(Isolation::kVm, AnchorKind::kTpm2, Isolation::kVm), Isolation::kVm);
  EXPECT_EQ(ProtectionLevel(Isolation::kVm, AnchorKind::kTpm2, Isolation::kProcess), Isolation::kProcess);
}

}  // namespace
}  // namespace edgekeep::core
