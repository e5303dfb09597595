// Evidence of a real chip (swtpm): made as the keep makes it, judged by the verifier.
#include <gtest/gtest.h>

#include <algorithm>

#include "anchored_device.h"
#include "edgekeep/anchor/tpm2/tpm2_attestation.h"
#include "edgekeep/attest/enrolment.h"
#include "edgekeep/attest/evidence.h"
#include "edgekeep/core/device.h"
#include "edgekeep/crypto/openssl/credential_cipher.h"

namespace edgekeep::anchor {
namespace {

using ByteVector = std::vector<std::uint8_t>;
using Failed = std::vector<std::string>;

constexpr UnixTime kAsked{1'790'000'000};

const crypto::CredentialCipher& TestCipher() {
  static const std::unique_ptr<crypto::CredentialCipher> cipher = crypto::NewOpenSslCredentialCipher().value();
  return *cipher;
}

ByteVector Copied(ByteView bytes) {
  return {bytes.begin(), bytes.end()};
}

template <typename Object>
ByteVector Written(Status (*encode)(const Object&, CborWriter&), const Object& object) {
  ByteVector bytes(32768);
  CborWriter out(bytes);
  encode(object, out).value();
  bytes.resize(out.written().size());
  return bytes;
}

formats::TpmStatementView ViewOf(const ports::SignedStatement& statement) {
  return {statement.statement.view(), statement.signature.view()};
}

// One life of a device's keep, as far as attestation goes.
struct Life {
  explicit Life(AnchoredDevice& on) : anchor(on.Open()) {}

  void Measure(std::string_view version) {
    const ByteVector event =
        Written(formats::EncodeMeasuredEvent, {.kind = 1, .text = version, .digest = std::nullopt});
    attestation.MeasureEvent(event).value();
  }

  Bytes Request() {
    const ports::ChipFacts chip = attestation.Chip().value();
    return device.MakeRequest({.chip = formats::ChipClass{chip.manufacturer, chip.firmware}}).value();
  }

  ByteVector Keys() {
    const Bytes request = Request();
    const Bytes key = attestation.AttestationKey().value();
    const Bytes endorsement = attestation.EndorsementKey().value();
    return Written(formats::EncodeAttestationKeys,
                   {.device_request = request.view(), .chip = formats::ChipKeys{key.view(), endorsement.view(), {}}});
  }

  ByteVector Answer(const formats::AttestationNonce& nonce) {
    formats::Evidence evidence;
    const ports::Measurements measured = attestation.ReadMeasurements().value();
    const ports::ChipFacts chip = attestation.Chip().value();
    evidence.nonce = nonce;
    evidence.device = device.id();
    evidence.anchor = formats::AnchorKind::kTpm2;
    evidence.state_counter = anchor->counter().Read().value();
    for (const ports::LoggedEvent& event : measured.events) {
      evidence.events.PushBack(formats::DecodeMeasuredEvent(event.view()).value()).value();
    }
    formats::TpmEvidence& tpm = evidence.tpm.emplace();
    tpm.chip = {chip.manufacturer, chip.firmware};
    for (const ports::RegisterValue& value : measured.registers) tpm.pcrs.PushBack({value.index, value.value}).value();
    const Digest binding = attest::EvidenceBinding(TestProvider(), evidence).value();
    const ports::SignedStatement quote = attestation.Quote(binding.view()).value();
    const ports::SignedStatement identity = attestation.CertifyIdentity(binding.view()).value();
    const ports::SignedStatement counter = attestation.CertifyCounter(binding.view()).value();
    tpm.quote = ViewOf(quote);
    tpm.identity = ViewOf(identity);
    tpm.counter = ViewOf(counter);
    const Bytes signed_evidence = device.SignEvidence(evidence).value();
    return Copied(signed_evidence.view());
  }

  Result<ByteVector> AnswerActivation(ByteView bytes) {
    const formats::Activation activation = formats::DecodeActivation(bytes).value();
    EK_TRY_ASSIGN(const SecretBytes opened,
                  attestation.Activate(activation.credential->blob, activation.credential->seed));
    return Answer(attest::NonceOfActivation(TestProvider(), opened).value());
  }

  std::unique_ptr<Tpm2Anchor> anchor;
  Tpm2Attestation attestation = Tpm2Attestation::Create(*anchor).value();
  Bytes secret = core::MakeDeviceSecret(TestProvider(), *anchor).value();
  core::Device device = core::Device::Open(TestProvider(), *anchor, secret.view()).value();
};

// Who enrols a device and asks it.
struct Verifier {
  // Empty where the answer is not believed.
  ByteVector Enrol(Life& device, const ByteVector& its_keys) {
    const auto keys = attest::VerifyAttestationKeys(TestProvider(), its_keys).value();
    const auto begun = attest::BeginEnrolment(TestProvider(), TestCipher(), keys, kAsked).value();
    const formats::Challenge kept = formats::DecodeChallenge(begun.challenge.view()).value();
    const auto answer = device.AnswerActivation(begun.activation.view());
    if (!answer) return {};
    const auto finished = attest::FinishEnrolment(TestProvider(), keys, kept, *answer, kAsked, std::nullopt).value();
    if (!finished.appraisal->Believe()) failed = FailedOf(*finished.appraisal);
    return Copied(finished.enrolment.view());
  }

  static Failed FailedOf(const attest::Appraisal& appraisal) {
    Failed names;
    for (const attest::CheckResult& result : appraisal.checks()) {
      if (result.failure) names.emplace_back(attest::NameOf(result.check));
    }
    return names;
  }

  static Failed Judge(const ByteVector& evidence, const ByteVector& enrolment) {
    const formats::Enrolment known = formats::DecodeEnrolment(enrolment).value();
    const formats::Challenge challenge{.nonce = {}, .issued_at = kAsked, .enrols = std::nullopt};
    const formats::AppraisalPolicy policy;
    const auto judged = attest::Appraise(TestProvider(), {evidence, challenge, known, policy, kAsked}).value();
    return FailedOf(*judged);
  }

  Failed failed;
};

bool Has(const Failed& failed, const char* check) {
  return std::ranges::find(failed, check) != failed.end();
}

TEST(Tpm2Evidence, IsBelievedFromEnrolmentThroughRestartsOfKeepAndMachine) {
  AnchoredDevice chip;
  ByteVector enrolment;
  {
    Life life(chip);
    life.Measure("0.1.0");
    life.Measure("0.1.0");  // once in a boot
    life.anchor->counter().Increment().value();
    Verifier verifier;
    enrolment = verifier.Enrol(life, life.Keys());
    ASSERT_FALSE(enrolment.empty()) << testing::PrintToString(verifier.failed);
    EXPECT_EQ(Verifier::Judge(life.Answer({}), enrolment), Failed{});
  }
  {
    Life after_the_keep_was_killed(chip);
    after_the_keep_was_killed.Measure("0.1.0");
    EXPECT_EQ(Verifier::Judge(after_the_keep_was_killed.Answer({}), enrolment), Failed{});
    after_the_keep_was_killed.Measure("0.2.0");
    EXPECT_EQ(Verifier::Judge(after_the_keep_was_killed.Answer({}), enrolment), Failed{});
    EXPECT_EQ(after_the_keep_was_killed.attestation.ReadMeasurements().value().events.size(), 2U);
  }
  chip.tpm.PowerCycle();
  Life in_the_next_boot(chip);
  EXPECT_EQ(in_the_next_boot.attestation.ReadMeasurements().value().events.size(), 0U);
  in_the_next_boot.Measure("0.2.0");
  EXPECT_EQ(Verifier::Judge(in_the_next_boot.Answer({}), enrolment), Failed{});
}

TEST(Tpm2Evidence, AnEventThatACutKeptFromTheChipIsMeasuredAgain) {
  AnchoredDevice chip;
  Life life(chip);
  life.Measure("0.1.0");
  const ByteVector before = chip.store.objects.at("tpm2-events");
  life.Measure("0.2.0");
  const ByteVector after = chip.store.objects.at("tpm2-events");
  Verifier verifier;
  const ByteVector enrolment = verifier.Enrol(life, life.Keys());
  ASSERT_FALSE(enrolment.empty());
  // A log with an event that was stored and never extended.
  ByteVector cut = after;
  ++cut[8];
  cut.insert(cut.end(), before.begin() + 9, before.end());
  chip.store.objects["tpm2-events"] = cut;
  EXPECT_EQ(Verifier::Judge(life.Answer({}), enrolment), Failed{});
  life.Measure("0.1.0");
  EXPECT_EQ(Verifier::Judge(life.Answer({}), enrolment), Failed{});
  // Logs that lead elsewhere are found out.
  chip.store.objects["tpm2-events"] = before;
  EXPECT_EQ(Verifier::Judge(life.Answer({}), enrolment), Failed{"events"}) << "a replaced log";
  chip.store.objects.erase("tpm2-events");
  EXPECT_EQ(Verifier::Judge(life.Answer({}), enrolment), Failed{"events"}) << "a log that was taken away";
}

// Whatever runs then, the log says that it is not in it; and a device answers, so that somebody sees why.
TEST(Tpm2Evidence, ALogThatIsFullSaysThatThereWasMore) {
  AnchoredDevice chip;
  ByteVector enrolment;
  {
    Life life(chip);
    life.Measure("0.1.0");
    enrolment = Verifier().Enrol(life, life.Keys());
    ASSERT_FALSE(enrolment.empty());
    for (std::size_t i = 2; i < formats::kMaxMeasuredEvents; ++i) life.Measure("0.2." + std::to_string(i));
    EXPECT_EQ(Verifier::Judge(life.Answer({}), enrolment), Failed{}) << "control: one less";
    life.Measure("0.2.15");
    life.Measure("0.2.15");
    EXPECT_EQ(Verifier::Judge(life.Answer({}), enrolment), Failed{}) << "control: it is the last already";
    life.Measure("6.6.6-evil");
    EXPECT_EQ(Verifier::Judge(life.Answer({}), enrolment), Failed{"measured"});
    life.Measure("0.2.15");
    EXPECT_EQ(Verifier::Judge(life.Answer({}), enrolment), Failed{"measured"}) << "until it starts anew";
  }
  chip.tpm.PowerCycle();
  Life life(chip);
  life.Measure("0.2.15");
  EXPECT_EQ(Verifier::Judge(life.Answer({}), enrolment), Failed{});
}

TEST(Tpm2Evidence, WhatSomebodyElseMeasuredIsSeen) {
  AnchoredDevice chip;
  ByteVector enrolment;
  {
    Life life(chip);
    life.Measure("0.1.0");
    enrolment = Verifier().Enrol(life, life.Keys());
    ASSERT_FALSE(enrolment.empty());
  }
  chip.tpm.Extend(13, 0x66);
  Life life(chip);
  EXPECT_EQ(Verifier::Judge(life.Answer({}), enrolment), Failed{"events"});
}

TEST(Tpm2Evidence, AnotherChipIsNotTheEnrolledOne) {
  AnchoredDevice chip, other_chip;
  Life life(chip), other(other_chip);
  const ByteVector enrolment = Verifier().Enrol(life, life.Keys());
  ASSERT_FALSE(enrolment.empty());
  const Failed failed = Verifier::Judge(other.Answer({}), enrolment);
  EXPECT_TRUE(Has(failed, "signature") && Has(failed, "device") && Has(failed, "quote"))
      << testing::PrintToString(failed);
}

TEST(Tpm2Evidence, AnActivationIsForOneChipAndOneAttestationKey) {
  AnchoredDevice chip, other_chip;
  Life life(chip), other(other_chip);
  const Bytes request = life.Request();
  const Bytes key = life.attestation.AttestationKey().value();
  const Bytes others_endorsement = other.attestation.EndorsementKey().value();
  // The device claims a genuine chip's endorsement key that is not its own.
  const ByteVector mixed =
      Written(formats::EncodeAttestationKeys,
              {.device_request = request.view(), .chip = formats::ChipKeys{key.view(), others_endorsement.view(), {}}});
  EXPECT_TRUE(Verifier().Enrol(life, mixed).empty()) << "its chip cannot open it";
  EXPECT_TRUE(Verifier().Enrol(other, mixed).empty()) << "nor the one whose key it is, for another's attestation key";
  EXPECT_FALSE(Verifier().Enrol(life, life.Keys()).empty()) << "control";
}

TEST(Tpm2Evidence, AClearedChipIsFoundOut) {
  AnchoredDevice chip;
  ByteVector enrolment;
  {
    Life life(chip);
    enrolment = Verifier().Enrol(life, life.Keys());
    ASSERT_FALSE(enrolment.empty());
  }
  // TPM2_Clear, by the lockout hierarchy's empty password.
  const ByteVector clear =
      test::TpmCommand(0x8002, 0x126, {0x40, 0, 0, 0x0a, 0, 0, 0, 9, 0x40, 0, 0, 9, 0, 0, 0, 0, 0});
  ASSERT_EQ(chip.tpm.Command(clear), 0U);
  chip.store.objects.clear();
  Life life(chip);
  const Failed failed = Verifier::Judge(life.Answer({}), enrolment);
  // The attestation key is the same as before: the chip's own word gives it away.
  EXPECT_FALSE(Has(failed, "quote")) << testing::PrintToString(failed);
  for (const char* check : {"signature", "device", "identity", "clock"}) {
    EXPECT_TRUE(Has(failed, check)) << check << " of " << testing::PrintToString(failed);
  }
}

}  // namespace
}  // namespace edgekeep::anchor
