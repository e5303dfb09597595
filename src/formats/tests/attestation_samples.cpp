#include "attestation_samples.h"

#include "edgekeep/base/hex.h"

namespace edgekeep::formats {
namespace {

template <auto kDecode, auto kEncode>
Result<ByteVector> AttestationReencoded(ByteView bytes) {
  return Reencoded(bytes, kDecode, kEncode);
}

Result<ByteVector> ReencodedSign1(ByteView bytes) {
  return Reencoded(
      bytes, [](ByteView input) { return DecodeSign1(typ::kEvidence, input); },
      [](const Sign1& object, CborWriter& out) { return EncodeSign1(typ::kEvidence, object, out); });
}

ByteVector EncodedSign1() {
  const Sign1 object{Filler(40, 1), {.cose_algorithm = -9, .kid = FilledId<KeyId>(2), .signature = Filler(64, 3)}};
  return EncodedInto<CborWriter>(512, [&](CborWriter& out) { return EncodeSign1(typ::kEvidence, object, out); });
}

AttestationKeys SampleKeys() {
  return {.device_request = Filler(30, 150), .chip = ChipKeys{Filler(65, 151), Filler(65, 152), Filler(20, 153)}};
}

Activation SampleActivation() {
  return {.nonce = std::nullopt, .credential = Credential{Filler(68, 154), Filler(68, 155)}};
}

std::string AttestedHex(ByteView bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) text += ToHex({&byte, 1}).view();
  return text;
}

template <typename Id>
std::string AttestedId(const Id& id) {
  return AttestedHex(id.view());
}

Json DescribeChip(const ChipClass& chip) {
  return {chip.manufacturer, chip.firmware};
}

template <typename List>
Json DescribePolicies(const List& list) {
  Json all = Json::array();
  for (const PolicyClaim& policy : list) all.push_back({policy.kind, policy.version, AttestedId(policy.digest)});
  return all;
}

template <typename List>
Json DescribeEvents(const List& list) {
  Json all = Json::array();
  for (const MeasuredEvent& event : list) all.push_back(Describe(event));
  return all;
}

Json DescribeRelease(const ReleaseClaim& release) {
  Json described = {{"1", release.product},
                    {"2", {release.version.sequence.value, release.version.display.view()}},
                    {"3", AttestedId(release.sealed_file)},
                    {"4", release.security_epoch}};
  if (release.prepared_form) described["5"] = AttestedId(*release.prepared_form);
  return described;
}

void AddChipOf(const TpmEvidence& tpm, Json& described) {
  described["-65543"] = DescribeChip(tpm.chip);
  Json pcrs = Json::array();
  for (const PcrValue& pcr : tpm.pcrs) pcrs.push_back({pcr.index, AttestedId(pcr.value)});
  described["-65544"] = pcrs;
  Json statements = Json::array();
  for (const TpmStatementView& one : {tpm.quote, tpm.identity, tpm.counter}) {
    statements.push_back({AttestedHex(one.attest), AttestedHex(one.signature)});
  }
  described["-65545"] = statements;
}

}  // namespace

Evidence SampleEvidence() {
  Evidence evidence{.issued_at = {1790000000},
                    .nonce = FilledId<AttestationNonce>(160),
                    .device = FilledId<DeviceId>(161),
                    .anchor = AnchorKind::kTpm2,
                    .level = Isolation::kProcess,
                    .events = {},
                    .state_counter = 300,
                    .time_floor = {1789999999},
                    .policies = {},
                    .releases = {},
                    .tpm = std::nullopt};
  EK_CHECK(evidence.events.PushBack({1, "0.1.0", FilledId<Digest>(162)}));
  EK_CHECK(evidence.events.PushBack({2, "engine", std::nullopt}));
  EK_CHECK(evidence.policies.PushBack({2, 5, FilledId<Digest>(163)}));
  EK_CHECK(evidence.releases.PushBack({.product = "acme/label-ocr",
                                       .version = {{7}, VersionText::Truncated("1.4.0")},
                                       .sealed_file = FilledId<SealedFileId>(164),
                                       .security_epoch = 2,
                                       .prepared_form = FilledId<Digest>(165)}));
  TpmEvidence& tpm = evidence.tpm.emplace();
  tpm.chip = {0x49424d20, 0x700020000};
  EK_CHECK(tpm.pcrs.PushBack({7, FilledId<Digest>(166)}));
  EK_CHECK(tpm.pcrs.PushBack({13, FilledId<Digest>(167)}));
  tpm.quote = {Filler(30, 168), Filler(64, 169)};
  tpm.identity = {Filler(31, 170), Filler(64, 171)};
  tpm.counter = {Filler(32, 172), Filler(64, 173)};
  return evidence;
}

AppraisalPolicy SampleAppraisalPolicy() {
  AppraisalPolicy policy;
  EK_CHECK(policy.measured.PushBack({1, "0.1.0", FilledId<Digest>(174)}));
  EK_CHECK(policy.policies.PushBack({2, 5, FilledId<Digest>(175)}));
  EK_CHECK(policy.releases.PushBack({"acme/label-ocr", FilledId<SealedFileId>(176)}));
  EK_CHECK(policy.quarantined.PushBack({0x53544d20, 1, 900000}));
  EK_CHECK(policy.boot_states.PushBack(FilledId<Digest>(177)));
  return policy;
}

Enrolment SampleEnrolment() {
  return {.anchor = AnchorKind::kTpm2,
          .identity = {0x0102, Filler(65, 178)},
          .enrolled_at = {1790000000},
          .state_counter = 30,
          .chip = EnrolledChip{Filler(65, 179),
                               Filler(65, 180),
                               {0x49424d20, 0x700020000},
                               {.milliseconds = 900000, .resets = 12, .restarts = 3},
                               FilledId<Digest>(181)}};
}

std::vector<ObjectKind> AttestationObjects() {
  return {
      {"Evidence", EncodedBy(EncodeEvidence, SampleEvidence()), AttestationReencoded<DecodeEvidence, EncodeEvidence>},
      {"MeasuredEvent", EncodedBy(EncodeMeasuredEvent, {1, "0.1.0", FilledId<Digest>(162)}),
       AttestationReencoded<DecodeMeasuredEvent, EncodeMeasuredEvent>},
      {"Challenge", EncodedBy(EncodeChallenge, {FilledId<AttestationNonce>(160), {1790000000}, FilledId<Digest>(182)}),
       AttestationReencoded<DecodeChallenge, EncodeChallenge>},
      {"AttestationKeys", EncodedBy(EncodeAttestationKeys, SampleKeys()),
       AttestationReencoded<DecodeAttestationKeys, EncodeAttestationKeys>},
      {"Activation", EncodedBy(EncodeActivation, SampleActivation()),
       AttestationReencoded<DecodeActivation, EncodeActivation>},
      {"Enrolment", EncodedBy(EncodeEnrolment, SampleEnrolment()),
       AttestationReencoded<DecodeEnrolment, EncodeEnrolment>},
      {"AppraisalPolicy", EncodedBy(EncodeAppraisalPolicy, SampleAppraisalPolicy()),
       AttestationReencoded<DecodeAppraisalPolicy, EncodeAppraisalPolicy>},
      {"Sign1", EncodedSign1(), ReencodedSign1},
  };
}

Json Describe(const MeasuredEvent& event) {
  Json described = {{"1", event.kind}, {"2", event.text}};
  if (event.digest) described["3"] = AttestedId(*event.digest);
  return described;
}

Json Describe(const Evidence& evidence) {
  Json described = {{"6", evidence.issued_at.value},
                    {"10", AttestedId(evidence.nonce)},
                    {"256", "01" + AttestedId(evidence.device)},
                    {"265", "urn:edgekeep:evidence:1"},
                    {"-65537", std::to_underlying(evidence.anchor)},
                    {"-65538", std::to_underlying(evidence.level)},
                    {"-65539", DescribeEvents(evidence.events)},
                    {"-65540", {evidence.state_counter, evidence.time_floor.value}},
                    {"-65541", DescribePolicies(evidence.policies)},
                    {"-65542", Json::array()}};
  for (const ReleaseClaim& release : evidence.releases) described["-65542"].push_back(DescribeRelease(release));
  if (evidence.tpm) AddChipOf(*evidence.tpm, described);
  return described;
}

Json Describe(const Challenge& challenge) {
  Json described = {{"0", "edgekeep/challenge"}, {"1", AttestedId(challenge.nonce)}, {"2", challenge.issued_at.value}};
  if (challenge.enrols) described["3"] = AttestedId(*challenge.enrols);
  return described;
}

Json Describe(const AttestationKeys& keys) {
  Json described = {{"0", "edgekeep/attestation-keys"}, {"1", AttestedHex(keys.device_request)}};
  if (!keys.chip) return described;
  described["2"] = AttestedHex(keys.chip->attestation);
  described["3"] = AttestedHex(keys.chip->endorsement);
  if (!keys.chip->certificate.empty()) described["4"] = AttestedHex(keys.chip->certificate);
  return described;
}

Json Describe(const Activation& activation) {
  Json described = {{"0", "edgekeep/activation"}};
  if (activation.nonce) described["1"] = AttestedId(*activation.nonce);
  if (!activation.credential) return described;
  described["2"] = AttestedHex(activation.credential->blob);
  described["3"] = AttestedHex(activation.credential->seed);
  return described;
}

Json Describe(const Enrolment& enrolment) {
  Json described = {{"0", "edgekeep/enrolment"},
                    {"1", std::to_underlying(enrolment.anchor)},
                    {"2", {enrolment.identity.algorithm, AttestedHex(enrolment.identity.bytes)}},
                    {"3", enrolment.enrolled_at.value},
                    {"4", enrolment.state_counter}};
  if (!enrolment.chip) return described;
  const EnrolledChip& chip = *enrolment.chip;
  described["5"] = {{"1", AttestedHex(chip.attestation)},
                    {"2", AttestedHex(chip.endorsement)},
                    {"3", DescribeChip(chip.chip)},
                    {"4", {chip.clock.milliseconds, chip.clock.resets, chip.clock.restarts}},
                    {"5", AttestedId(chip.boot_state)}};
  return described;
}

Json Describe(const AppraisalPolicy& policy) {
  Json described = {{"0", "edgekeep/appraisal-policy"},
                    {"1", policy.max_age},
                    {"2", policy.allow_development},
                    {"3", std::to_underlying(policy.min_level)},
                    {"4", DescribeEvents(policy.measured)},
                    {"5", DescribePolicies(policy.policies)},
                    {"6", Json::array()},
                    {"7", Json::array()},
                    {"8", Json::array()}};
  for (const ReleaseRule& rule : policy.releases)
    described["6"].push_back({rule.product, AttestedId(rule.sealed_file)});
  for (const QuarantinedChips& chips : policy.quarantined) {
    described["7"].push_back({chips.manufacturer, chips.first_firmware, chips.last_firmware});
  }
  for (const Digest& state : policy.boot_states) described["8"].push_back(AttestedId(state));
  return described;
}

}  // namespace edgekeep::formats
