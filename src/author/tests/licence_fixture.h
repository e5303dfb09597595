// A device that asks for a licence, for tests.
#pragma once
#include <filesystem>

#include "edgekeep/author/licence.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/sealing/key_wraps.h"
#include "support.h"

namespace edgekeep::author {

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
                                         chip ? formats::AnchorKind::kTpm2 : formats::AnchorKind::kSoftware,
                                         chip,
                                         rekeyed_at,
                                         ownership};
    Buffer buffer(formats::kMaxDeviceRequestSize);
    CborWriter payload(buffer);
    EXPECT_TRUE(formats::EncodeDeviceRequest(request, payload));
    const sealing::SigningKey* const keys[] = {&signer};
    const Bytes bytes =
        sealing::SignObject(TestContext().provider, formats::typ::kDeviceRequest, payload.written(), keys).value();
    return {bytes.view().begin(), bytes.view().end()};
  }

  // As an order to rekey, issued then, leaves it.
  void Rekey(UnixTime issued_at) {
    kem_ = crypto::SoftwareHpkeRecipient::Generate(TestContext().provider, kem_algorithm_).value();
    rekeyed_at = issued_at;
  }

  std::optional<formats::ChipClass> chip = formats::ChipClass{.manufacturer = 0x49465800, .firmware = 0x700};
  std::optional<UnixTime> rekeyed_at;
  std::optional<formats::Ownership> ownership;

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

}  // namespace edgekeep::author
