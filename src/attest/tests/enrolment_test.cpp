#include "edgekeep/attest/enrolment.h"

#include "edgekeep/attest/credential.h"
#include "edgekeep/crypto/openssl/credential_cipher.h"
#include "edgekeep/formats/signed_object.h"
#include "witnessed_device.h"

namespace edgekeep::attest {
namespace {

using Names = std::vector<std::string>;

constexpr UnixTime kBegan{1'790'000'000};

const crypto::CredentialCipher& TestCipher() {
  static const std::unique_ptr<crypto::CredentialCipher> cipher = crypto::NewOpenSslCredentialCipher().value();
  return *cipher;
}

Octets RequestOf(const SoftKey& identity, formats::AnchorKind anchor, std::uint32_t maker = 0x49424d20) {
  const Octets kem(1249, 0x07);
  std::optional<formats::ChipClass> chip;
  if (anchor == formats::AnchorKind::kTpm2) chip = formats::ChipClass{maker, 1};
  const Octets payload =
      EncodedBy(formats::EncodeDeviceRequest,
                {.identity = identity.as_public(), .kem = {0x0221, kem}, .anchor = anchor, .chip = chip});
  const sealing::SigningKey* const signer = &identity;
  const Bytes request =
      sealing::SignObject(TestProvider(), formats::typ::kDeviceRequest, payload, {&signer, 1}).value();
  return OctetsOf(request.view());
}

Octets KeysOf(const WitnessedDevice& device, std::uint32_t maker = 0x49424d20) {
  const Octets request = RequestOf(device.identity, device.evidence.anchor, maker);
  formats::AttestationKeys keys{.device_request = request, .chip = std::nullopt};
  if (device.evidence.tpm) {
    keys.chip = {
        .attestation = device.chip.public_key(), .endorsement = device.endorsement.public_key(), .certificate = {}};
  }
  return EncodedBy(formats::EncodeAttestationKeys, keys);
}

// A verifier that meets a device for the first time.
struct Meeting {
  explicit Meeting(const WitnessedDevice& device) : bytes(KeysOf(device)) {}

  Meeting(const WitnessedDevice& device, std::uint32_t maker) : bytes(KeysOf(device, maker)) {}

  formats::Challenge Begin() const {
    const BegunEnrolment begun = BeginEnrolment(TestProvider(), TestCipher(), keys, kBegan).value();
    return formats::DecodeChallenge(begun.challenge.view()).value();
  }

  FinishedEnrolment Finish(const formats::Challenge& challenge, const Octets& evidence,
                           UnixTime now = {kBegan.value + 60},
                           std::optional<std::uint32_t> manufacturer = std::nullopt) const {
    return FinishEnrolment(TestProvider(), keys, challenge, evidence, now, manufacturer).value();
  }

  Octets bytes;
  VerifiedAttestationKeys keys = VerifyAttestationKeys(TestProvider(), bytes).value();
};

TEST(Enrolment, RecordsWhatWasShown) {
  WitnessedDevice device;
  const Meeting meeting(device);
  const formats::Challenge challenge = meeting.Begin();
  const Octets evidence = device.Answer(challenge.nonce);
  const FinishedEnrolment finished = meeting.Finish(challenge, evidence);
  ASSERT_EQ(FailedOf(*finished.appraisal), Names{});
  const formats::Enrolment record = formats::DecodeEnrolment(finished.enrolment.view()).value();
  EXPECT_EQ(record.anchor, formats::AnchorKind::kTpm2);
  EXPECT_TRUE(Equal(record.identity.bytes, device.identity.public_key()));
  EXPECT_EQ(record.enrolled_at.value, kBegan.value + 60);
  EXPECT_EQ(record.state_counter, 40U);
  EXPECT_TRUE(Equal(record.chip->attestation, device.chip.public_key()));
  EXPECT_TRUE(Equal(record.chip->endorsement, device.endorsement.public_key()));
  EXPECT_EQ(record.chip->clock.resets, 12U);
  EXPECT_EQ(record.chip->chip, device.evidence.tpm->chip);
  // By that record later evidence is believed.
  const formats::Challenge later{.nonce = {}, .issued_at = kBegan, .enrols = std::nullopt};
  const Octets again = device.Answer(later.nonce);
  const formats::AppraisalPolicy policy;
  const auto judged = Appraise(TestProvider(), {again, later, record, policy, kBegan}).value();
  EXPECT_EQ(FailedOf(*judged), Names{});
}

// A quarantine is by maker: whose chip it is the certificate says, not the device.
TEST(Enrolment, AnotherMakerThanTheCertificatesIsRefused) {
  WitnessedDevice device;
  const Meeting meeting(device);
  const formats::Challenge challenge = meeting.Begin();
  const Octets evidence = device.Answer(challenge.nonce);
  const UnixTime now{kBegan.value + 60};
  const std::uint32_t claimed = device.evidence.tpm->chip.manufacturer;
  const FinishedEnrolment finished = meeting.Finish(challenge, evidence, now, 0x49465800);
  EXPECT_EQ(FailedOf(*finished.appraisal), Names{"chip"});
  EXPECT_TRUE(finished.enrolment.empty());
  EXPECT_EQ(FailedOf(*meeting.Finish(challenge, evidence, now, claimed).appraisal), Names{}) << "control";
}

// A licensor judges by the class in the request.
TEST(Enrolment, ARequestOfAnotherMakerThanTheEvidencesIsRefused) {
  WitnessedDevice device;
  for (const std::uint32_t maker : {0x49465800U, device.evidence.tpm->chip.manufacturer}) {
    const Meeting meeting(device, maker);
    const formats::Challenge challenge = meeting.Begin();
    const FinishedEnrolment finished = meeting.Finish(challenge, device.Answer(challenge.nonce));
    const bool is_true = maker == device.evidence.tpm->chip.manufacturer;  // control
    EXPECT_EQ(FailedOf(*finished.appraisal), is_true ? Names{} : Names{"chip"});
    EXPECT_EQ(finished.enrolment.empty(), !is_true);
  }
}

// Disk and chip are put back to a time after the enrolment, before evidence that was believed.
TEST(Enrolment, WhatWasSeenSinceIsNotUndone) {
  WitnessedDevice device;
  const formats::Enrolment enrolment = device.Enrolment();
  const formats::AppraisalPolicy policy;
  const auto challenge_at = [](std::uint64_t seconds) {
    return formats::Challenge{.nonce = {}, .issued_at = {kBegan.value + seconds}, .enrols = std::nullopt};
  };
  const auto judged = [&](const formats::Challenge& challenge, const formats::Enrolment& known,
                          std::optional<UnixTime> last) {
    const Octets evidence = device.Answer(challenge.nonce);
    const UnixTime now{kBegan.value + 90};
    return FailedOf(*Appraise(TestProvider(), {evidence, challenge, known, policy, now, last}).value());
  };
  const Octets answer = device.Answer(challenge_at(10).nonce);
  const auto first =
      Appraise(TestProvider(), {answer, challenge_at(10), enrolment, policy, UnixTime{kBegan.value + 90}}).value();
  const Bytes bytes = SeenAfter(enrolment, challenge_at(10), first->Believe().value()).value();
  const formats::Enrolment seen = formats::DecodeEnrolment(bytes.view()).value();
  EXPECT_EQ(seen.enrolled_at, challenge_at(10).issued_at);
  EXPECT_EQ(judged(challenge_at(11), seen, seen.enrolled_at), Names{}) << "control";
  EXPECT_EQ(judged(challenge_at(10), seen, seen.enrolled_at), Names{"nonce"}) << "the same challenge again";
  EXPECT_EQ(judged(challenge_at(10), seen, std::nullopt), Names{}) << "control: nobody remembers it";
  device.evidence.state_counter = 35;
  EXPECT_EQ(judged(challenge_at(11), seen, seen.enrolled_at), Names{"counter"});
  EXPECT_EQ(judged(challenge_at(11), enrolment, std::nullopt), Names{}) << "control: by the enrolment alone";
  device.evidence.state_counter = 40;
  device.says.clock = {seen.chip->clock.milliseconds - 1, seen.chip->clock.resets, seen.chip->clock.restarts};
  EXPECT_EQ(judged(challenge_at(11), seen, seen.enrolled_at), Names{"clock"});
  EXPECT_EQ(judged(challenge_at(11), enrolment, std::nullopt), Names{}) << "control: by the enrolment alone";
}

TEST(Enrolment, ReplayedActivationIsRefused) {
  WitnessedDevice device;
  const Meeting meeting(device);
  const formats::Challenge first = meeting.Begin();
  const Octets answered = device.Answer(first.nonce);
  const FinishedEnrolment again = meeting.Finish(meeting.Begin(), answered);
  EXPECT_EQ(FailedOf(*again.appraisal), Names{"nonce"});
  EXPECT_TRUE(again.enrolment.empty());
  const FinishedEnrolment late = meeting.Finish(first, answered, {kBegan.value + kMaxActivationAge + 1});
  EXPECT_EQ(FailedOf(*late.appraisal), Names{"age"});
  EXPECT_TRUE(late.enrolment.empty());
}

TEST(Enrolment, ChallengeCountsForItsKeysAlone) {
  WitnessedDevice device, other;
  const Meeting meeting(device), with_other(other);
  const formats::Challenge challenge = meeting.Begin();
  const Octets evidence = other.Answer(challenge.nonce);
  const auto finished = FinishEnrolment(TestProvider(), with_other.keys, challenge, evidence, kBegan, std::nullopt);
  EXPECT_EQ(finished.error().code(), ErrorCode::kBadArgument);
}

TEST(Enrolment, IdentityThatTheChipDoesNotVouchForIsRefused) {
  WitnessedDevice device;
  const Meeting meeting(device);
  const formats::Challenge challenge = meeting.Begin();
  device.bend = [](ChipSays&, ChipSays& identity, ChipSays&) { identity.attested = CertifiedOf(Octets(34, 0x01)); };
  const Octets evidence = device.Answer(challenge.nonce);
  const FinishedEnrolment finished = meeting.Finish(challenge, evidence);
  EXPECT_EQ(FailedOf(*finished.appraisal), Names{"identity"});
  EXPECT_TRUE(finished.enrolment.empty());
}

TEST(Enrolment, SoftwareIsGivenItsNonce) {
  WitnessedDevice device;
  device.evidence.anchor = formats::AnchorKind::kSoftware;
  device.evidence.tpm.reset();
  const Meeting meeting(device);
  const BegunEnrolment begun = BeginEnrolment(TestProvider(), TestCipher(), meeting.keys, kBegan).value();
  const formats::Activation activation = formats::DecodeActivation(begun.activation.view()).value();
  const formats::Challenge challenge = formats::DecodeChallenge(begun.challenge.view()).value();
  ASSERT_TRUE(activation.nonce);
  EXPECT_EQ(*activation.nonce, challenge.nonce);
  const Octets evidence = device.Answer(*activation.nonce);
  const FinishedEnrolment finished = meeting.Finish(challenge, evidence);
  EXPECT_EQ(FailedOf(*finished.appraisal), Names{});
  EXPECT_FALSE(formats::DecodeEnrolment(finished.enrolment.view()).value().chip);
}

TEST(Enrolment, AChipsActivationHidesTheNonce) {
  const WitnessedDevice device;
  const Meeting meeting(device);
  const BegunEnrolment begun = BeginEnrolment(TestProvider(), TestCipher(), meeting.keys, kBegan).value();
  const formats::Challenge challenge = formats::DecodeChallenge(begun.challenge.view()).value();
  EXPECT_FALSE(formats::DecodeActivation(begun.activation.view()).value().nonce);
  EXPECT_TRUE(std::ranges::search(begun.activation.view(), challenge.nonce.view()).empty());
}

TEST(AttestationKeys, AreBelievedAsTheIdentitySigned) {
  WitnessedDevice device;
  Octets bytes = KeysOf(device);
  EXPECT_EQ(VerifyAttestationKeys(TestProvider(), bytes).value().id(), DeviceIdOf(device.identity));
  // The last byte of the request's signature stands before the first point's key and head.
  const auto point = std::ranges::search(bytes, device.chip.public_key()).begin();
  *(point - 4) ^= 1;
  EXPECT_EQ(VerifyAttestationKeys(TestProvider(), bytes).error().code(), ErrorCode::kBadSignature);
  const Octets software = RequestOf(device.identity, formats::AnchorKind::kSoftware);
  const Octets mixed =
      EncodedBy(formats::EncodeAttestationKeys,
                {.device_request = software,
                 .chip = formats::ChipKeys{device.chip.public_key(), device.endorsement.public_key(), {}}});
  EXPECT_EQ(VerifyAttestationKeys(TestProvider(), mixed).error().code(), ErrorCode::kMalformed);
}

TEST(MakeCredential, RefusesWhatIsNoPoint) {
  const ChipName name{};
  SecretBytes secret = SecretBytes::Allocate(32).value();
  Octets point = OctetsOf(SoftKey().public_key());
  EXPECT_TRUE(MakeCredential(TestProvider(), TestCipher(), point, name, secret)) << "control";
  point[64] ^= 1;
  EXPECT_EQ(MakeCredential(TestProvider(), TestCipher(), point, name, secret).error().code(), ErrorCode::kMalformed);
  secret = SecretBytes::Allocate(31).value();
  EXPECT_EQ(MakeCredential(TestProvider(), TestCipher(), point, name, secret).error().code(), ErrorCode::kBadArgument);
}

TEST(CredentialCipher, AgreesWithTheStandardsExample) {
  // SP 800-38A F.3.13 begins with another IV; with a zero one the first block is AES of zeros under the key.
  Octets key(16, 0), block(32, 0);
  TestCipher().Encrypt(key, block).value();
  const Octets zeros_encrypted = {0x66, 0xe9, 0x4b, 0xd4, 0xef, 0x8a, 0x2c, 0x3b,
                                  0x88, 0x4c, 0xfa, 0x59, 0xca, 0x34, 0x2b, 0x2e};
  EXPECT_TRUE(std::equal(zeros_encrypted.begin(), zeros_encrypted.end(), block.begin()));
  EXPECT_EQ(TestCipher().Encrypt(Octets(15), block).error().code(), ErrorCode::kBadArgument);
}

// Whoever answers by it, with whatever silicon: the device itself does not any more.
TEST(Retirement, ARetiredIdentityFailsThatCheckAlone) {
  WitnessedDevice device;
  const formats::Enrolment enrolment = device.Enrolment();
  const formats::Challenge challenge{.nonce = {}, .issued_at = {1'790'000'100}, .enrols = std::nullopt};
  const Octets evidence = device.Answer(challenge.nonce);
  const formats::AppraisalPolicy policy;
  std::vector<DeviceId> retired = {DeviceId()};
  const auto judged = [&] {
    return Appraise(TestProvider(), {evidence, challenge, enrolment, policy, {1'790'000'130}, {}, retired}).value();
  };
  EXPECT_TRUE(judged()->Believe()) << "control: another identity";
  retired.push_back(device.evidence.device);
  const auto appraisal = judged();
  EXPECT_EQ(appraisal->Believe().error().code(), ErrorCode::kForbidden);
  for (const CheckResult& result : appraisal->checks()) {
    EXPECT_EQ(result.failure.has_value(), result.check == Check::kRetired) << NameOf(result.check);
  }
}

}  // namespace
}  // namespace edgekeep::attest
