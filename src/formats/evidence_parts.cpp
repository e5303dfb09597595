#include "evidence_parts.h"

namespace edgekeep::formats {

Status CheckEvent(const MeasuredEvent& event) {
  if (event.kind == 0) return Malformed("measured event: kind");
  if (!IsPrintable(event.text)) return Malformed("measured event: text");
  return CheckLimit(AsBytes(event.text), kMaxEventText);
}

Result<MeasuredEvent> ReadEvent(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  MeasuredEvent event;
  EK_TRY_ASSIGN(event.kind, fields.Unsigned<std::uint8_t>(1));
  EK_TRY_ASSIGN(event.text, fields.Text(2));
  EK_TRY_ASSIGN(const bool has_digest, fields.Has(3));
  if (has_digest) {
    EK_TRY_ASSIGN(event.digest, ReadId<Digest>(in));
  }
  EK_TRY(fields.End());
  EK_TRY(CheckEvent(event));
  return event;
}

Status WriteEvent(const MeasuredEvent& event, CborWriter& out) {
  EK_TRY(CheckEvent(event));
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, event.digest ? 3 : 2));
  EK_TRY(fields.Unsigned(1, event.kind));
  EK_TRY(fields.Text(2, event.text));
  return event.digest ? fields.ByteString(3, event.digest->view()) : Status();
}

Status CheckPolicyClaims(std::span<const PolicyClaim> policies) {
  std::uint8_t before = 0;
  for (const PolicyClaim& policy : policies) {
    if (policy.kind <= before) return Malformed("policies: order");
    before = policy.kind;
  }
  return {};
}

Result<InlineVector<PolicyClaim, kMaxPolicyClaims>> ReadPolicyClaims(CborReader& in) {
  EK_TRY_ASSIGN(const std::size_t count, in.ReadArray());
  InlineVector<PolicyClaim, kMaxPolicyClaims> policies;
  for (std::size_t i = 0; i < count; ++i) {
    PolicyClaim policy;
    EK_TRY(in.ExpectArray(3));
    EK_TRY_ASSIGN(policy.kind, ReadNumber<std::uint8_t>(in));
    EK_TRY_ASSIGN(policy.version, in.ReadUnsigned());
    EK_TRY_ASSIGN(policy.digest, ReadId<Digest>(in));
    EK_TRY(policies.PushBack(policy));
  }
  return policies;
}

Status WritePolicyClaims(std::span<const PolicyClaim> policies, CborWriter& out) {
  EK_TRY(out.Array(policies.size()));
  for (const PolicyClaim& policy : policies) {
    EK_TRY(out.Array(3));
    EK_TRY(out.Unsigned(policy.kind));
    EK_TRY(out.Unsigned(policy.version));
    EK_TRY(out.ByteString(policy.digest.view()));
  }
  return {};
}

Result<ChipClass> ReadChip(CborReader& in) {
  EK_TRY(in.ExpectArray(2));
  ChipClass chip;
  EK_TRY_ASSIGN(chip.manufacturer, ReadNumber<std::uint32_t>(in));
  EK_TRY_ASSIGN(chip.firmware, in.ReadUnsigned());
  return chip;
}

Status WriteChip(const ChipClass& chip, CborWriter& out) {
  EK_TRY(out.Array(2));
  EK_TRY(out.Unsigned(chip.manufacturer));
  return out.Unsigned(chip.firmware);
}

}  // namespace edgekeep::formats
