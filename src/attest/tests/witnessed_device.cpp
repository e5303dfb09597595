#include "witnessed_device.h"

#include "edgekeep/attest/chip_names.h"
#include "edgekeep/base/writer.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/formats/sign1.h"
#include "edgekeep/sealing/sign1.h"

namespace edgekeep::attest {
namespace {

Digest Filled(std::uint8_t with) {
  Digest digest;
  std::ranges::fill(digest.mutable_view(), with);
  return digest;
}

template <typename Fill>
Octets Written(Fill fill) {
  Octets bytes(1024);
  Writer out(bytes);
  fill(out).value();
  bytes.resize(out.written().size());
  return bytes;
}

Status PutSized(Writer& out, ByteView bytes) {
  EK_TRY(out.WriteU16BigEndian(static_cast<std::uint16_t>(bytes.size())));
  return out.WriteBytes(bytes);
}

}  // namespace

const crypto::Provider& TestProvider() {
  static const std::unique_ptr<crypto::Provider> provider = crypto::NewOpenSslProvider().value();
  return *provider;
}

SoftKey::SoftKey() : pair_(TestProvider().GenerateSigningKey(crypto::AlgorithmId::kEcdsaP256Sha256).value()) {}

Result<Bytes> SoftKey::Sign(ByteView message) const {
  return TestProvider().Sign(algorithm(), pair_.private_key.Reveal(), message);
}

Octets AttestOf(const ChipSays& says) {
  return Written([&](Writer& out) -> Status {
    EK_TRY(out.WriteU32BigEndian(says.magic));
    EK_TRY(out.WriteU16BigEndian(says.type));
    EK_TRY(PutSized(out, Octets(34, 0x11)));
    EK_TRY(PutSized(out, says.qualifying_data));
    EK_TRY(out.WriteU64BigEndian(says.clock.milliseconds));
    EK_TRY(out.WriteU32BigEndian(says.clock.resets));
    EK_TRY(out.WriteU32BigEndian(says.clock.restarts));
    EK_TRY(out.WriteU8(1));
    EK_TRY(out.WriteU64BigEndian(says.firmware));
    return out.WriteBytes(says.attested);
  });
}

Octets QuoteOf(std::uint32_t selected, ByteView digest) {
  return Written([&](Writer& out) -> Status {
    EK_TRY(out.WriteU32BigEndian(1));
    EK_TRY(out.WriteU16BigEndian(0x000b));
    EK_TRY(out.WriteU8(3));
    for (int i = 0; i < 3; ++i) EK_TRY(out.WriteU8(static_cast<std::uint8_t>(selected >> (8 * i))));
    return PutSized(out, digest);
  });
}

Octets CertifiedOf(ByteView name) {
  return Written([&](Writer& out) -> Status {
    EK_TRY(PutSized(out, name));
    return PutSized(out, Octets(34, 0x22));
  });
}

Octets CounterOf(ByteView name, std::uint64_t value) {
  return Written([&](Writer& out) -> Status {
    EK_TRY(PutSized(out, name));
    EK_TRY(out.WriteU16BigEndian(0));
    EK_TRY(out.WriteU16BigEndian(8));
    return out.WriteU64BigEndian(value);
  });
}

Octets IdentityNameOf(ByteView point) {
  return OctetsOf(NameOfIdentityKey(TestProvider(), point).value());
}

Octets CounterName() {
  return OctetsOf(NameOfStateCounter(TestProvider()).value());
}

DeviceId DeviceIdOf(const SoftKey& identity) {
  const KeyId kid = crypto::KeyIdOf(TestProvider(), identity.algorithm(), identity.public_key()).value();
  return DeviceId::From(kid.view()).value();
}

Digest DigestOf(const formats::TpmEvidence& tpm) {
  Octets values;
  for (const formats::PcrValue& pcr : tpm.pcrs)
    values.insert(values.end(), pcr.value.view().begin(), pcr.value.view().end());
  return crypto::Sha256(TestProvider(), {values}).value();
}

void Measure(formats::Evidence& evidence) {
  for (formats::PcrValue& pcr : evidence.tpm->pcrs) {
    if (pcr.index == formats::kMeasuredPcr) pcr.value = ReplayEvents(TestProvider(), evidence.events.view()).value();
  }
}

WitnessedDevice::WitnessedDevice() {
  evidence.issued_at = {1'790'000'000};
  evidence.device = DeviceIdOf(identity);
  evidence.anchor = formats::AnchorKind::kTpm2;
  evidence.state_counter = 40;
  evidence.time_floor = {1'790'000'000};
  evidence.events.PushBack({1, "0.1.0", Filled(0x31)}).value();
  evidence.events.PushBack({2, "onnxruntime-1.30.0-0011223344556677/x86-64-v3", std::nullopt}).value();
  evidence.policies.PushBack({1, 0, Filled(0x41)}).value();
  evidence.policies.PushBack({2, 5, Filled(0x42)}).value();
  const Digest sealed_file = Filled(0x51);
  formats::ReleaseClaim release{.product = "acme/label-ocr",
                                .version = {{7}, VersionText::Truncated("1.4.0")},
                                .sealed_file = SealedFileId::From(sealed_file.view()).value(),
                                .security_epoch = 2,
                                .prepared_form = Filled(0x52)};
  evidence.releases.PushBack(release).value();
  formats::TpmEvidence& tpm = evidence.tpm.emplace();
  tpm.chip = {0x49424d20, says.firmware};
  tpm.pcrs.PushBack({7, Filled(0x71)}).value();
  tpm.pcrs.PushBack({formats::kMeasuredPcr, {}}).value();
  Measure(evidence);
}

formats::TpmStatementView WitnessedDevice::Statement(Kept& kept, const ChipSays& said, const SoftKey& signer) {
  kept.attest = AttestOf(said);
  const Bytes signature = signer.Sign(kept.attest).value();
  kept.signature = OctetsOf(signature.view());
  return {kept.attest, kept.signature};
}

void WitnessedDevice::Quote() {
  if (!evidence.tpm) return;
  formats::TpmEvidence& tpm = *evidence.tpm;
  ChipSays quote = says;
  const Digest binding = EvidenceBinding(TestProvider(), evidence).value();
  quote.qualifying_data = OctetsOf(binding.view());
  ChipSays of_identity = quote, of_counter = quote;
  std::uint32_t selected = 0;
  for (const formats::PcrValue& pcr : tpm.pcrs) selected |= 1U << pcr.index;
  const Digest values = DigestOf(tpm);
  quote.attested = QuoteOf(selected, values.view());
  of_identity.type = 0x8017;
  of_identity.attested = CertifiedOf(IdentityNameOf(identity.public_key()));
  of_counter.type = 0x8014;
  of_counter.attested = CounterOf(CounterName(), evidence.state_counter);
  if (bend) bend(quote, of_identity, of_counter);
  tpm.quote = Statement(quote_, quote, *signs_quote);
  tpm.identity = Statement(certified_, of_identity, *signs_identity);
  tpm.counter = Statement(counter_, of_counter, *signs_counter);
}

Octets WitnessedDevice::Signed() const {
  const Octets payload = EncodedBy(formats::EncodeEvidence, evidence);
  const Bytes bytes = sealing::SignByOneKey(TestProvider(), formats::typ::kEvidence, payload, *signs_evidence).value();
  return OctetsOf(bytes.view());
}

formats::Enrolment WitnessedDevice::Enrolment() const {
  formats::Enrolment enrolment{.anchor = evidence.anchor,
                               .identity = identity.as_public(),
                               .enrolled_at = {1'789'000'000},
                               .state_counter = 30,
                               .chip = std::nullopt};
  if (!evidence.tpm) return enrolment;
  enrolment.chip = {.attestation = chip.public_key(),
                    .endorsement = endorsement.public_key(),
                    .chip = evidence.tpm->chip,
                    .clock = {100'000, 12, 1},
                    .boot_state = BootStateOf(TestProvider(), *evidence.tpm).value()};
  return enrolment;
}

std::vector<std::string> FailedOf(const Appraisal& appraisal) {
  std::vector<std::string> failed;
  for (const CheckResult& result : appraisal.checks()) {
    if (result.failure) failed.emplace_back(NameOf(result.check));
  }
  return failed;
}

}  // namespace edgekeep::attest
