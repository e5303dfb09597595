// Devices with simulated chips before a station, and what attackers say in their place. Each attack stands beside a
// conversation that differs from it in nothing else and gets its identity.
#include "edgekeep/factory/station.h"

#include "edgekeep/crypto/digest.h"
#include "station_fixture.h"

namespace edgekeep::factory {
namespace {

using enum ErrorCode;
using Octets = std::vector<std::uint8_t>;

TEST_F(StationTest, GivesAGenuineDeviceItsIdentity) {
  ASSERT_EQ(Provision(*device_), kInternal) << last_;
  const auto identity = JournalledIdentity::Verify(Cryptography(), PolicyOf({&journal_}), given_.identity).value();
  const formats::Provisioned provisioned = identity.provisioned();
  const Bytes key = device_->anchor->IdentityPublicKey().value();
  const KeyId kid = crypto::KeyIdOf(Cryptography(), crypto::AlgorithmId::kEcdsaP256Sha256, key.view()).value();
  EXPECT_EQ(provisioned.device, DeviceId::From(kid.view()).value());
  const VerifiedSubject subject = authority_.Verify(Cryptography(), provisioned.certificate).value();
  EXPECT_TRUE(CheckSubject(subject, provisioned, verified_.product()));
  EXPECT_EQ(subject.hardware, verified_.hardware());
  EXPECT_EQ(RefusalOf(CheckSubject(subject, provisioned, ProductName::Parse("acme/dearer").value())), kWrongProduct);
  EXPECT_TRUE(verified_.CheckTicket(Cryptography(), provisioned.ticket));
}

TEST_F(StationTest, GivesTheSameAgainAndAnotherDeviceTheNextUntilTheOrderIsUsedUp) {
  ASSERT_EQ(Provision(*device_), kInternal);
  const GivenIdentity first = given_;
  Restart();
  ASSERT_EQ(Provision(*device_), kInternal);
  EXPECT_TRUE(given_.was_known);
  EXPECT_EQ(given_.ticket, first.ticket);
  EXPECT_EQ(given_.identity, first.identity) << "nobody came between";
  EXPECT_EQ(station().tickets_left(), 1U);
  TestDevice second(maker_), third(maker_);
  ASSERT_EQ(Provision(second), kInternal);
  EXPECT_EQ(given_.ticket, 1U);
  EXPECT_EQ(Provision(third), kOverBudget);
  EXPECT_EQ(Provision(*device_), kInternal) << "who has one gets it still";
  EXPECT_EQ(Provision(*device_, {Now().value + 86400}), kInternal) << "after the order's end, too";
}

TEST_F(StationTest, RefusesOutsideTheOrdersTime) {
  EXPECT_EQ(Provision(*device_, {Now().value + 86400}), kExpired);
  EXPECT_EQ(Provision(*device_), kInternal) << "control";
}

TEST_F(StationTest, RefusesChipsOfUnknownMakers) {
  test::TemporaryDirectory elsewhere;
  const test::ChipMaker unknown(elsewhere.path());
  TestDevice device(unknown);
  EXPECT_EQ(Provision(device), kUntrusted);
  const ChipMakers both =
      ChipMakers::Parse(library_, {TextOf(maker_.certificate()), TextOf(unknown.certificate())}).value();
  const StationTools tools{Cryptography(), *cipher_, verified_, tickets_, both, authority_, key_};
  station_.emplace(tools, journal_.Open().value());
  EXPECT_EQ(Provision(device), kInternal) << "control";
}

TEST_F(StationTest, RefusesACertificateThatIsCutOrChanged) {
  const Bytes certificate = device_->endorsement.Certificate().value();
  EXPECT_TRUE(makers_.VerifyEndorsement(certificate.view(), Now())) << "control";
  for (std::size_t size = 0; size < certificate.size(); size += 11) {
    EXPECT_EQ(RefusalOf(makers_.VerifyEndorsement(certificate.view().first(size), Now())), kMalformed) << size;
  }
  std::size_t accepted = 0;
  for (std::size_t at = 0; at < certificate.size(); at += 5) {
    Bytes flipped = Bytes::Copy(certificate.view()).value();
    flipped.mutable_view()[at] ^= 1;
    if (makers_.VerifyEndorsement(flipped.view(), Now())) ++accepted;
  }
  EXPECT_EQ(accepted, 0U);
}

// Another TPM's attestation key beside a genuine chip's certificate: the credential opens nowhere.
TEST_F(StationTest, RefusesTheAttestationKeyOfAnotherChip) {
  TestDevice other(maker_);
  const Bytes certificate = device_->endorsement.Certificate().value();
  const Bytes attestation = other.endorsement.AttestationKey().value();
  const Bytes identity = other.anchor->IdentityPublicKey().value();
  const std::string hello = TestDevice::Encoded<formats::ProvisioningHello>(
      {certificate.view(), attestation.view(), identity.view()}, formats::EncodeProvisioningHello);
  Visit visit(station());
  ASSERT_EQ(Refusal(visit, hello), kInternal);
  EXPECT_EQ(RefusalOf(other.Prove(last_)), kDenied) << "by the chip of the key";
  EXPECT_EQ(RefusalOf(device_->Prove(last_)), kDenied) << "by the chip of the certificate";
  EXPECT_EQ(Provision(*device_), kInternal) << "control";
  EXPECT_EQ(Provision(other), kInternal) << "control";
}

TEST_F(StationTest, RefusesAnAnswerThatWasRecorded) {
  Visit first(station());
  ASSERT_EQ(Refusal(first, device_->Hello()), kInternal);
  const std::string proof = device_->Prove(last_).value();
  Visit second(station());
  ASSERT_EQ(Refusal(second, device_->Hello()), kInternal);
  EXPECT_EQ(Refusal(second, proof), kUntrusted) << "to another challenge";
  EXPECT_EQ(Refusal(first, proof), kInternal) << "control: to its own";
  EXPECT_EQ(Refusal(first, proof), kBadState) << "and once";
  EXPECT_EQ(station().tickets_left(), 1U);
}

// The activation is answered rightly each time: only what is certified differs.
TEST_F(StationTest, RefusesKeysThatTheChipDoesNotCertify) {
  TestDevice other(maker_);
  const auto with_proof = [&](auto change) {
    Visit visit(station());
    EXPECT_EQ(Refusal(visit, device_->Hello()), kInternal);
    const auto challenge = formats::DecodeProvisioningChallenge(AsBytes(last_)).value();
    const SecretBytes secret = device_->endorsement.Activate(challenge.credential, challenge.encrypted_seed).value();
    const ports::CertifiedKey certified = change(challenge.nonce);
    const formats::ProvisioningProof proof{formats::ActivationAnswer::From(secret.Reveal()).value(),
                                           certified.statement.view(), certified.signature.view()};
    return Refusal(visit, TestDevice::Encoded(proof, formats::EncodeProvisioningProof));
  };
  using Nonce = formats::ProvisioningNonce;
  const Nonce other_nonce;
  EXPECT_EQ(with_proof([&](const Nonce&) { return device_->endorsement.CertifyIdentity(other_nonce.view()).value(); }),
            kUntrusted)
      << "another nonce";
  EXPECT_EQ(with_proof([&](const Nonce& n) { return other.endorsement.CertifyIdentity(n.view()).value(); }),
            kBadSignature)
      << "another chip";
  anchor::Tpm2Attestation attestation = anchor::Tpm2Attestation::Create(*device_->anchor).value();
  EXPECT_TRUE(device_->anchor->KemPublicKey(SecretArray<32>()));
  const auto as_certified = [](ports::SignedStatement statement) {
    return ports::CertifiedKey{std::move(statement.statement), std::move(statement.signature)};
  };
  EXPECT_EQ(with_proof([&](const Nonce& n) {
              return as_certified(attestation.CertifyKey(anchor::AttestedKey::kKem, n.view()).value());
            }),
            kUntrusted)
      << "another key of the chip";
  EXPECT_EQ(with_proof([&](const Nonce& n) { return as_certified(attestation.QuotePcrs(1, n.view()).value()); }),
            kUntrusted)
      << "a quote";
  EXPECT_EQ(with_proof([&](const Nonce& n) {
              ports::CertifiedKey changed = device_->endorsement.CertifyIdentity(n.view()).value();
              changed.statement.mutable_view()[60] ^= 1;
              return changed;
            }),
            kBadSignature);
  EXPECT_EQ(station().tickets_left(), 2U) << "none of them cost a ticket";
  EXPECT_EQ(with_proof([&](const Nonce& n) { return device_->endorsement.CertifyIdentity(n.view()).value(); }),
            kInternal)
      << "control";
}

// A key in software, of which the device says that it is its chip's.
TEST_F(StationTest, RefusesAKeyThatIsInNoChip) {
  const log::TestKey software{crypto::AlgorithmId::kEcdsaP256Sha256};
  const Bytes certificate = device_->endorsement.Certificate().value();
  const Bytes attestation = device_->endorsement.AttestationKey().value();
  const std::string hello = TestDevice::Encoded<formats::ProvisioningHello>(
      {certificate.view(), attestation.view(), software.public_key()}, formats::EncodeProvisioningHello);
  Visit visit(station());
  ASSERT_EQ(Refusal(visit, hello), kInternal);
  EXPECT_EQ(Refusal(visit, device_->Prove(last_).value()), kUntrusted);
}

// Who changes the chip below a disk, or the disk above a chip, gets no second identity out of it.
TEST_F(StationTest, RefusesASwappedChipAndACopiedKey) {
  ASSERT_EQ(Provision(*device_), kInternal);
  const Bytes identity = device_->anchor->IdentityPublicKey().value();
  const formats::ChipId other_chip = Numbered<formats::ChipId>(0xc0, 9);
  EXPECT_EQ(RefusalOf(station().Give(other_chip, identity.view(), Now())), kWrongDevice);
  const auto journalled = JournalledIdentity::Verify(Cryptography(), PolicyOf({&journal_}), given_.identity).value();
  const log::TestKey other_key{crypto::AlgorithmId::kEcdsaP256Sha256};
  EXPECT_EQ(RefusalOf(station().Give(journalled.provisioned().chip, other_key.public_key(), Now())), kAlreadyExists);
  EXPECT_EQ(RefusalOf(station().Give(other_chip, other_key.public_key(), Now())), kInternal) << "control";
}

TEST_F(StationTest, AVoidedIdentityMakesRoomForItsChipByAnotherTicket) {
  const formats::ChipId chip = Numbered<formats::ChipId>(0xc0, 1);
  const log::TestKey before{crypto::AlgorithmId::kEcdsaP256Sha256}, after{crypto::AlgorithmId::kEcdsaP256Sha256};
  const GivenIdentity first = station().Give(chip, before.public_key(), Now()).value();
  EXPECT_EQ(RefusalOf(station().Give(chip, after.public_key(), Now())), kAlreadyExists) << "control";
  Restart();
  {
    Journal journal = journal_.Open().value();
    EXPECT_EQ(RefusalOf(journal.Void(1, Now())), kNotFound);
    EXPECT_TRUE(journal.Void(first.index, Now()));
    EXPECT_EQ(RefusalOf(journal.Void(first.index, Now())), kNotFound) << "once";
  }
  const GivenIdentity second = station().Give(chip, after.public_key(), Now()).value();
  EXPECT_EQ(second.ticket, 1U) << "the voided one is used up";
  EXPECT_FALSE(second.was_known);
  Restart();
  EXPECT_TRUE(station().Give(chip, after.public_key(), Now())->was_known);
  EXPECT_EQ(station().tickets_left(), 0U);
}

TEST_F(StationTest, GivesNothingToAChipWhoseDeviceRetired) {
  ASSERT_EQ(Provision(*device_), ErrorCode::kInternal) << "control";
  const auto identity = JournalledIdentity::Verify(Cryptography(), PolicyOf({&journal_}), given_.identity).value();
  Restart();
  tools_.retired_chips = {Numbered<formats::ChipId>(1, 1)};
  ASSERT_EQ(Provision(*device_), ErrorCode::kInternal) << "control: another chip";
  Restart();
  tools_.retired_chips.push_back(identity.provisioned().chip);
  EXPECT_EQ(Provision(*device_), ErrorCode::kForbidden);
}

TEST_F(StationTest, UsesNoTicketsThatAreAnothers) {
  TestStation other("factory.example/line-2", Now());
  Station thief(tools_, other.Open().value());
  const log::TestKey key{crypto::AlgorithmId::kEcdsaP256Sha256};
  const formats::ChipId chip = Numbered<formats::ChipId>(0xc0, 1);
  EXPECT_EQ(RefusalOf(thief.Give(chip, key.public_key(), Now())), kForbidden);
  EXPECT_TRUE(station().Give(chip, key.public_key(), Now())) << "control";
}

TEST_F(StationTest, RefusesWhatIsNotToBeSaid) {
  Visit visit(station());
  EXPECT_EQ(Refusal(visit, "nonsense"), kMalformed);
  EXPECT_EQ(Refusal(visit, device_->Hello()), kBadState) << "after a refusal nothing is said any more";
  Visit second(station());
  EXPECT_EQ(Refusal(second,
                    TestDevice::Encoded<formats::ProvisioningProof>(
                        {formats::ActivationAnswer(), AsBytes("x"), Octets(64, 1)}, formats::EncodeProvisioningProof)),
            kBadState)
      << "a proof before a challenge";
  const auto refusal = formats::DecodeProvisioningRefusal(AsBytes(last_)).value();
  EXPECT_EQ(refusal.error, "bad-state");
}

// The station is killed at each write of its journal; the device asks again.
TEST_F(StationTest, GoesOnWhereverItWasKilled) {
  const Bytes key = device_->anchor->IdentityPublicKey().value();
  const formats::ChipId chip = Numbered<formats::ChipId>(0xc0, 1), next_chip = Numbered<formats::ChipId>(0xc0, 2);
  const log::TestKey next_key{crypto::AlgorithmId::kEcdsaP256Sha256};
  int states = 0;
  for (std::uint64_t cut = 0;; ++cut) {
    const auto storage = journal_.storage().Copy();
    {
      Station killed(tools_, journal_.Open(*storage).value());
      storage->CutAt(cut);
      if (killed.Give(chip, key.view(), Now())) break;  // the cut was never reached
      EXPECT_FALSE(killed.Give(chip, key.view(), Now())) << "a broken journal gives nothing";
    }
    for (const std::uint64_t seed : {std::uint64_t{0}, std::uint64_t{1}, 100 + cut}) {
      const auto after = storage->AfterCut(seed);
      Station again(tools_, journal_.Open(*after).value());
      const GivenIdentity repeated = again.Give(chip, key.view(), Now()).value();
      EXPECT_EQ(repeated.ticket, 0U);
      EXPECT_EQ(again.Give(next_chip, next_key.public_key(), Now())->ticket, 1U) << "cut " << cut;
      EXPECT_EQ(again.tickets_left(), 0U);
      ++states;
    }
  }
  EXPECT_GT(states, 20);
}

TEST_F(StationTest, IdentitiesAreOneAuthoritys) {
  ASSERT_EQ(Provision(*device_), kInternal);
  const auto journalled = JournalledIdentity::Verify(Cryptography(), PolicyOf({&journal_}), given_.identity).value();
  const ByteView certificate = journalled.provisioned().certificate;
  EXPECT_TRUE(authority_.Verify(Cryptography(), certificate));
  const log::TestKey other_key{crypto::AlgorithmId::kEcdsaP256Sha256};
  const Authority other = MakeAuthority(library_, other_key);
  EXPECT_EQ(RefusalOf(other.Verify(Cryptography(), certificate)), kUntrusted) << "another, of the same name";
  EXPECT_EQ(RefusalOf(authority_.Issue(Cryptography(), other_key, {}, Now())), kWrongProduct);
  std::size_t accepted = 0;
  for (std::size_t at = 0; at < certificate.size(); at += 3) {
    Bytes flipped = Bytes::Copy(certificate).value();
    flipped.mutable_view()[at] ^= 1;
    if (authority_.Verify(Cryptography(), flipped.view())) ++accepted;
  }
  EXPECT_EQ(accepted, 0U);
}

}  // namespace
}  // namespace edgekeep::factory
