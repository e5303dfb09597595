#include "edgekeep/formats/appraisal_policy.h"

#include <tuple>

#include "evidence_parts.h"

namespace edgekeep::formats {
namespace {

constexpr std::string_view kAppraisalType = "edgekeep/appraisal-policy";

Status CheckReleaseRules(std::span<const ReleaseRule> rules) {
  for (std::size_t i = 0; i < rules.size(); ++i) {
    EK_TRY(ProductName::Parse(rules[i].product));
    if (i == 0) continue;
    const auto key = [](const ReleaseRule& rule) { return std::tie(rule.product, rule.sealed_file); };
    if (key(rules[i]) <= key(rules[i - 1])) return Malformed("appraisal policy: order of releases");
  }
  return {};
}

Status Check(const AppraisalPolicy& policy) {
  if (policy.max_age == 0 || policy.max_age > kMaxEvidenceAge) return Malformed("appraisal policy: age");
  EK_TRY(CheckEnum(policy.min_level, Isolation::kTrustZone));
  for (const MeasuredEvent& rule : policy.measured) EK_TRY(CheckEvent(rule));
  EK_TRY(CheckPolicyClaims(policy.policies.view()));
  EK_TRY(CheckReleaseRules(policy.releases.view()));
  for (const QuarantinedChips& chips : policy.quarantined) {
    if (chips.first_firmware > chips.last_firmware) return Malformed("appraisal policy: range of firmware");
  }
  for (std::size_t i = 1; i < policy.boot_states.size(); ++i) {
    if (policy.boot_states[i] <= policy.boot_states[i - 1]) return Malformed("appraisal policy: order of boot states");
  }
  return {};
}

Status ReadRules(FieldReader& fields, CborReader& in, AppraisalPolicy& policy) {
  EK_TRY(fields.At(4));
  EK_TRY_ASSIGN(const std::size_t measured, in.ReadArray());
  for (std::size_t i = 0; i < measured; ++i) {
    EK_TRY_ASSIGN(const MeasuredEvent rule, ReadEvent(in));
    EK_TRY(policy.measured.PushBack(rule));
  }
  EK_TRY(fields.At(5));
  EK_TRY_ASSIGN(policy.policies, ReadPolicyClaims(in));
  EK_TRY(fields.At(6));
  EK_TRY_ASSIGN(const std::size_t releases, in.ReadArray());
  for (std::size_t i = 0; i < releases; ++i) {
    ReleaseRule rule;
    EK_TRY(in.ExpectArray(2));
    EK_TRY_ASSIGN(rule.product, in.ReadText());
    EK_TRY_ASSIGN(rule.sealed_file, ReadId<SealedFileId>(in));
    EK_TRY(policy.releases.PushBack(rule));
  }
  return {};
}

Status ReadChips(FieldReader& fields, CborReader& in, AppraisalPolicy& policy) {
  EK_TRY(fields.At(7));
  EK_TRY_ASSIGN(const std::size_t quarantined, in.ReadArray());
  for (std::size_t i = 0; i < quarantined; ++i) {
    QuarantinedChips chips;
    EK_TRY(in.ExpectArray(3));
    EK_TRY_ASSIGN(chips.manufacturer, ReadNumber<std::uint32_t>(in));
    EK_TRY_ASSIGN(chips.first_firmware, in.ReadUnsigned());
    EK_TRY_ASSIGN(chips.last_firmware, in.ReadUnsigned());
    EK_TRY(policy.quarantined.PushBack(chips));
  }
  EK_TRY(fields.At(8));
  EK_TRY_ASSIGN(const std::size_t states, in.ReadArray());
  for (std::size_t i = 0; i < states; ++i) {
    EK_TRY_ASSIGN(const Digest state, ReadId<Digest>(in));
    EK_TRY(policy.boot_states.PushBack(state));
  }
  return {};
}

Status WriteRules(const AppraisalPolicy& policy, FieldWriter& fields, CborWriter& out) {
  EK_TRY(fields.At(4));
  EK_TRY(out.Array(policy.measured.size()));
  for (const MeasuredEvent& rule : policy.measured) EK_TRY(WriteEvent(rule, out));
  EK_TRY(fields.At(5));
  EK_TRY(WritePolicyClaims(policy.policies.view(), out));
  EK_TRY(fields.At(6));
  EK_TRY(out.Array(policy.releases.size()));
  for (const ReleaseRule& rule : policy.releases) {
    EK_TRY(out.Array(2));
    EK_TRY(out.Text(rule.product));
    EK_TRY(out.ByteString(rule.sealed_file.view()));
  }
  return {};
}

Status WriteChips(const AppraisalPolicy& policy, FieldWriter& fields, CborWriter& out) {
  EK_TRY(fields.At(7));
  EK_TRY(out.Array(policy.quarantined.size()));
  for (const QuarantinedChips& chips : policy.quarantined) {
    EK_TRY(out.Array(3));
    EK_TRY(out.Unsigned(chips.manufacturer));
    EK_TRY(out.Unsigned(chips.first_firmware));
    EK_TRY(out.Unsigned(chips.last_firmware));
  }
  EK_TRY(fields.At(8));
  EK_TRY(out.Array(policy.boot_states.size()));
  for (const Digest& state : policy.boot_states) EK_TRY(out.ByteString(state.view()));
  return {};
}

}  // namespace

Result<AppraisalPolicy> DecodeAppraisalPolicy(ByteView bytes) {
  EK_TRY(CheckLimit(bytes, kMaxAppraisalPolicySize));
  CborReader in(bytes);
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  EK_TRY(fields.Type(kAppraisalType));
  Result<AppraisalPolicy> policy(std::in_place);
  EK_TRY_ASSIGN(policy->max_age, fields.Unsigned<std::uint64_t>(1));
  EK_TRY(fields.At(2));
  EK_TRY_ASSIGN(policy->allow_development, in.ReadBool());
  EK_TRY_ASSIGN(policy->min_level, fields.EnumOf<Isolation>(3));
  EK_TRY(ReadRules(fields, in, *policy));
  EK_TRY(ReadChips(fields, in, *policy));
  EK_TRY(fields.End());
  EK_TRY(in.ExpectEnd());
  EK_TRY(Check(*policy));
  return policy;
}

Status EncodeAppraisalPolicy(const AppraisalPolicy& policy, CborWriter& out) {
  EK_TRY(Check(policy));
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 9));
  EK_TRY(fields.Text(kTypeKey, kAppraisalType));
  EK_TRY(fields.Unsigned(1, policy.max_age));
  EK_TRY(fields.At(2));
  EK_TRY(out.Bool(policy.allow_development));
  EK_TRY(fields.Unsigned(3, std::to_underlying(policy.min_level)));
  EK_TRY(WriteRules(policy, fields, out));
  return WriteChips(policy, fields, out);
}

}  // namespace edgekeep::formats
