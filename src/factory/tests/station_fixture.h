// Devices with simulated chips, and a station for them in memory.
#pragma once
#include <ctime>
#include <fstream>
#include <iterator>

#include "anchored_device.h"
#include "chip_maker.h"
#include "edgekeep/anchor/tpm2/tpm2_endorsement.h"
#include "edgekeep/crypto/openssl/credential_cipher.h"
#include "edgekeep/factory/station.h"
#include "factory_fixture.h"

namespace edgekeep::factory {

inline std::string TextOf(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Certificates of simulated chips begin when they are made.
inline UnixTime Now() {
  static const UnixTime now{static_cast<std::uint64_t>(std::time(nullptr)) + 3600};
  return now;
}

// A device: chip, disk, and what it answers.
struct TestDevice {
  // The chip serves one after the other: its maker first.
  explicit TestDevice(const test::ChipMaker& maker) : anchor((maker.Endow(device.tpm.socket()), device.Open())) {}

  std::string Hello() {
    const Bytes certificate = endorsement.Certificate().value();
    const Bytes attestation = endorsement.AttestationKey().value();
    const Bytes identity = anchor->IdentityPublicKey().value();
    return Encoded<formats::ProvisioningHello>({certificate.view(), attestation.view(), identity.view()},
                                               formats::EncodeProvisioningHello);
  }

  Result<std::string> Prove(const std::string& message) {
    EK_TRY_ASSIGN(const auto challenge, formats::DecodeProvisioningChallenge(AsBytes(message)));
    EK_TRY_ASSIGN(const SecretBytes secret, endorsement.Activate(challenge.credential, challenge.encrypted_seed));
    EK_TRY_ASSIGN(const auto certified, endorsement.CertifyIdentity(challenge.nonce.view()));
    return Encoded<formats::ProvisioningProof>({formats::ActivationAnswer::From(secret.Reveal()).value(),
                                                certified.statement.view(), certified.signature.view()},
                                               formats::EncodeProvisioningProof);
  }

  template <typename Message>
  static std::string Encoded(const Message& message, Status (*encode)(const Message&, CborWriter&)) {
    std::string bytes(formats::kMaxProvisioningMessage, '\0');
    CborWriter out({reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()});
    EXPECT_TRUE(encode(message, out));
    bytes.resize(out.written().size());
    return bytes;
  }

  anchor::AnchoredDevice device;
  std::unique_ptr<anchor::Tpm2Anchor> anchor;
  anchor::Tpm2Endorsement endorsement{*anchor};
};

class StationTest : public testing::Test {
 protected:
  StationTest() : maker_(directory_.path()) { device_.emplace(maker_); }

  static Authority MakeAuthority(const X509Library& library, const log::TestKey& key) {
    return Authority::Parse(library,
                            Authority::MakeCertificate(library, Cryptography(), key, "Acme factory", Now()).value())
        .value();
  }

  Station& station() {
    if (!station_) station_.emplace(tools_, journal_.Open().value());
    return *station_;
  }

  // As after a restart of the station.
  void Restart() { station_.reset(); }

  // Says one thing after the other, as a device would, and returns the last answer's refusal; ErrorCode::kInternal for
  // none.
  ErrorCode Refusal(Visit& visit, const std::string& message, UnixTime now = Now()) {
    last_ = visit.Answer(AsBytes(message), now).value();
    return visit.refusal() ? visit.refusal()->code() : ErrorCode::kInternal;
  }

  ErrorCode Provision(TestDevice& device, UnixTime now = Now()) {
    Visit visit(station());
    if (const ErrorCode refused = Refusal(visit, device.Hello(), now); refused != ErrorCode::kInternal) return refused;
    const auto proof = device.Prove(last_);
    if (!proof) return proof.error().code();
    const ErrorCode refused = Refusal(visit, *proof, now);
    if (refused == ErrorCode::kInternal) given_ = *visit.given();
    return refused;
  }

  test::TemporaryDirectory directory_;
  test::ChipMaker maker_;
  std::optional<TestDevice> device_;
  X509Library library_ = X509Library::Open().value();
  std::unique_ptr<crypto::CredentialCipher> cipher_ = crypto::NewOpenSslCredentialCipher().value();
  Owner owner_;
  NewOrder order_ = owner_.Order(2, 1, Now());
  VerifiedOrder verified_ = owner_.Verified(order_);
  Tickets tickets_ = Tickets::Open(Cryptography(), verified_, order_.books[0]).value();
  ChipMakers makers_ = ChipMakers::Parse(library_, {TextOf(maker_.certificate())}).value();
  log::TestKey key_{crypto::AlgorithmId::kEcdsaP256Sha256};
  Authority authority_ = MakeAuthority(library_, key_);
  TestStation journal_{"factory.example/line-1", Now()};
  StationTools tools_{Cryptography(), *cipher_, verified_, tickets_, makers_, authority_, key_};
  std::optional<Station> station_;
  std::string last_;
  GivenIdentity given_;
};

}  // namespace edgekeep::factory
