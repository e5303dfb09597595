#include "edgekeep/author/licence.h"

#include "edgekeep/author/epoch_keys.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/sealing/key_wraps.h"
#include "support.h"

namespace edgekeep::author {
namespace {

namespace fs = std::filesystem;

// A device's two keys, and the request it makes of them.
class TestDevice final : public sealing::SigningKey {
 public:
  explicit TestDevice(crypto::AlgorithmId kem = crypto::AlgorithmId::kMlKem768P256)
      : kem_algorithm_(kem), kem_(crypto::SoftwareHpkeRecipient::Generate(TestContext().provider, kem).value()) {}

  crypto::AlgorithmId algorithm() const override { return crypto::AlgorithmId::kEcdsaP256Sha256; }

  ByteView public_key() const override { return identity_.public_key.view(); }

  Result<Bytes> Sign(ByteView message) const override {
    return TestContext().provider.Sign(algorithm(), identity_.private_key.Reveal(), message);
  }

  const crypto::HpkeRecipient& kem() const { return kem_; }

  DeviceId id() const {
    return DeviceId::From(crypto::KeyIdOf(TestContext().provider, algorithm(), public_key())->view()).value();
  }

  // The request, signed by `signer`: by rights the device itself.
  Buffer Request(const sealing::SigningKey& signer) const {
    const formats::DeviceRequest request{{static_cast<std::uint16_t>(algorithm()), public_key()},
                                         {static_cast<std::uint16_t>(kem_algorithm_), kem_.public_key()},
                                         formats::AnchorKind::kTpm2};
    Buffer buffer(formats::kMaxDeviceRequestSize);
    CborWriter payload(buffer);
    EXPECT_TRUE(formats::EncodeDeviceRequest(request, payload));
    const sealing::SigningKey* const keys[] = {&signer};
    const Bytes bytes =
        sealing::SignObject(TestContext().provider, formats::typ::kDeviceRequest, payload.written(), keys).value();
    return {bytes.view().begin(), bytes.view().end()};
  }

 private:
  crypto::AlgorithmId kem_algorithm_;
  crypto::KeyPair identity_ = TestContext().provider.GenerateSigningKey(crypto::AlgorithmId::kEcdsaP256Sha256).value();
  crypto::SoftwareHpkeRecipient kem_;
};

class Licences : public testing::Test {
 protected:
  void SetUp() override {
    WriteAll(request_.device_request, device_.Request(device_));
    request_.product = Product("acme/licensed");
    request_.terms = {
        .first_sequence = {1}, .last_sequence = {9}, .not_before = {kNow}, .expires = {{kNow.value + 60}}};
    request_.output = directory_ / "d.lic";
  }

  Outcome<LicenceReport> Issue() { return IssueLicence(TestContext(), TestPublisher(), TestPassphrase(), request_); }

  Directory directory_;
  TestDevice device_;
  LicenceRequest request_{.device_request = directory_ / "d.ekd"};
};

TEST_F(Licences, CarryTheEpochKeyToTheDevice) {
  const auto report = Issue();
  EK_ASSERT_DONE(report);
  EXPECT_EQ(report->device, device_.id());
  EXPECT_EQ(report->anchor, formats::AnchorKind::kTpm2);
  const Buffer bytes = ReadAll(request_.output);
  const formats::TrustBundle& trust = TestPublisher().trust();
  const auto verified = sealing::VerifyObject(TestContext().provider, formats::typ::kLicence, bytes,
                                              trust.licensors.view(), trust.required_classes.view());
  ASSERT_TRUE(verified);
  const formats::Licence licence = formats::DecodeLicence(verified->payload()).value();
  EXPECT_EQ(licence.device, device_.id());
  EXPECT_EQ(licence.product, request_.product);
  EXPECT_EQ(licence.issued_at, kNow);
  EXPECT_EQ(licence.terms.last_sequence.value, 9U);
  const auto key = sealing::UnwrapEpochKey(TestContext().provider, device_.kem(), licence);
  ASSERT_TRUE(key);
  const auto epochs = EpochKeys::Open(TestContext(), TestPublisher(), request_.product, TestPassphrase());
  const sealing::EpochKey expected = epochs->KeyOf(TestContext(), licence.epoch).value();
  EXPECT_TRUE(EqualInConstantTime(key->key.Reveal(), expected.key.Reveal()));
}

TEST_F(Licences, DoNotOpenOnAnotherDevice) {
  EK_ASSERT_DONE(Issue());
  const Buffer bytes = ReadAll(request_.output);
  const auto object = formats::DecodeSignedObject(formats::typ::kLicence, bytes).value();
  const formats::Licence licence = formats::DecodeLicence(object.payload).value();
  const TestDevice other;
  EXPECT_FALSE(sealing::UnwrapEpochKey(TestContext().provider, other.kem(), licence));
}

TEST_F(Licences, SayWhenTheProductIsNew) {
  request_.product = Product("acme/never-heard-of");
  EXPECT_TRUE(Issue()->product_is_new);
  request_.output = directory_ / "again.lic";
  EXPECT_FALSE(Issue()->product_is_new);
}

TEST_F(Licences, AreNotIssuedToARequestThatSomebodyElseSigned) {
  const TestDevice other;
  WriteAll(request_.device_request, device_.Request(other));
  ExpectFailure(Issue(), ErrorCode::kUntrusted);
  EXPECT_FALSE(fs::exists(request_.output));
}

// The owner of one device puts the KEM key of another into its request: the identity key did not sign that.
TEST_F(Licences, AreNotIssuedToAnEditedRequest) {
  const Buffer good = device_.Request(device_);
  const ByteView kem_key = device_.kem().public_key();
  const TestDevice other;
  Buffer edited = good;
  const auto at = std::ranges::search(edited, kem_key).begin();
  ASSERT_NE(at, edited.end());
  std::ranges::copy(other.kem().public_key(), at);
  WriteAll(request_.device_request, edited);
  ExpectFailure(Issue(), ErrorCode::kBadSignature);
}

TEST_F(Licences, AreNotIssuedToADamagedRequest) {
  const Buffer good = ReadAll(request_.device_request);
  for (std::size_t size = 0; size < good.size(); size += 11) {
    WriteAll(request_.device_request, Buffer(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)));
    ExpectFailure(Issue(), ErrorCode::kMalformed);
  }
  for (std::size_t at = 0; at < good.size(); at += 19) {
    Buffer flipped = good;
    flipped[at] ^= 8;
    WriteAll(request_.device_request, flipped);
    EXPECT_FALSE(Issue()) << at;
  }
  WriteAll(request_.device_request, Buffer(1 << 20));
  ExpectFailure(Issue(), ErrorCode::kTooLarge);
  request_.device_request = directory_ / "missing";
  ExpectFailure(Issue(), ErrorCode::kNotFound);
}

TEST_F(Licences, AreNotIssuedToAClassicalKem) {
  const TestDevice classical(crypto::AlgorithmId::kDhKemP256);
  WriteAll(request_.device_request, classical.Request(classical));
  ExpectFailure(Issue(), ErrorCode::kUnsupported, "hybrid");
}

TEST_F(Licences, AreNotIssuedForAnotherPublishersProduct) {
  request_.product = Product("globex/label-ocr");
  ExpectFailure(Issue(), ErrorCode::kWrongProduct);
}

TEST_F(Licences, NeverOverwrite) {
  EK_ASSERT_DONE(Issue());
  const Buffer before = ReadAll(request_.output);
  ExpectFailure(Issue(), ErrorCode::kAlreadyExists);
  EXPECT_EQ(ReadAll(request_.output), before);
}

}  // namespace
}  // namespace edgekeep::author
