#include "edgekeep/formats/enrolment.h"

#include "edgekeep/formats/attestation.h"
#include "evidence_parts.h"

namespace edgekeep::formats {
namespace {

constexpr std::string_view kEnrolmentType = "edgekeep/enrolment";

Status Check(const Enrolment& enrolment) {
  EK_TRY(CheckEnum(enrolment.anchor, AnchorKind::kOptee));
  EK_TRY(CheckPublicKey(enrolment.identity));
  EK_TRY(CheckTime(enrolment.enrolled_at));
  if (enrolment.chip.has_value() != (enrolment.anchor == AnchorKind::kTpm2))
    return Malformed("enrolment: a chip and no tpm2 anchor");
  if (!enrolment.chip) return {};
  EK_TRY(CheckSize(enrolment.chip->attestation, kPointSize, "attestation key"));
  return CheckSize(enrolment.chip->endorsement, kPointSize, "endorsement key");
}

Status ReadEnrolledChip(CborReader& in, EnrolledChip& chip) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  EK_TRY_ASSIGN(chip.attestation, fields.ByteString(1));
  EK_TRY_ASSIGN(chip.endorsement, fields.ByteString(2));
  EK_TRY(fields.At(3));
  EK_TRY_ASSIGN(chip.chip, ReadChip(in));
  EK_TRY(fields.At(4));
  EK_TRY(in.ExpectArray(3));
  EK_TRY_ASSIGN(chip.clock.milliseconds, in.ReadUnsigned());
  EK_TRY_ASSIGN(chip.clock.resets, ReadNumber<std::uint32_t>(in));
  EK_TRY_ASSIGN(chip.clock.restarts, ReadNumber<std::uint32_t>(in));
  EK_TRY_ASSIGN(chip.boot_state, fields.IdOf<Digest>(5));
  return fields.End();
}

Status WriteEnrolledChip(const EnrolledChip& chip, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 5));
  EK_TRY(fields.ByteString(1, chip.attestation));
  EK_TRY(fields.ByteString(2, chip.endorsement));
  EK_TRY(fields.At(3));
  EK_TRY(WriteChip(chip.chip, out));
  EK_TRY(fields.At(4));
  EK_TRY(out.Array(3));
  EK_TRY(out.Unsigned(chip.clock.milliseconds));
  EK_TRY(out.Unsigned(chip.clock.resets));
  EK_TRY(out.Unsigned(chip.clock.restarts));
  return fields.ByteString(5, chip.boot_state.view());
}

}  // namespace

Result<Enrolment> DecodeEnrolment(ByteView bytes) {
  EK_TRY(CheckLimit(bytes, kMaxEnrolmentSize));
  CborReader in(bytes);
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  EK_TRY(fields.Type(kEnrolmentType));
  Enrolment enrolment;
  EK_TRY_ASSIGN(enrolment.anchor, fields.EnumOf<AnchorKind>(1));
  EK_TRY_ASSIGN(enrolment.identity, fields.Key(2));
  EK_TRY_ASSIGN(enrolment.enrolled_at, fields.NumberOf<UnixTime>(3));
  EK_TRY_ASSIGN(enrolment.state_counter, fields.Unsigned<std::uint64_t>(4));
  EK_TRY_ASSIGN(const bool has_chip, fields.Has(5));
  if (has_chip) EK_TRY(ReadEnrolledChip(in, enrolment.chip.emplace()));
  EK_TRY(fields.End());
  EK_TRY(in.ExpectEnd());
  EK_TRY(Check(enrolment));
  return enrolment;
}

Status EncodeEnrolment(const Enrolment& enrolment, CborWriter& out) {
  EK_TRY(Check(enrolment));
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, enrolment.chip ? 6 : 5));
  EK_TRY(fields.Text(kTypeKey, kEnrolmentType));
  EK_TRY(fields.Unsigned(1, std::to_underlying(enrolment.anchor)));
  EK_TRY(fields.Key(2, enrolment.identity));
  EK_TRY(fields.Unsigned(3, enrolment.enrolled_at.value));
  EK_TRY(fields.Unsigned(4, enrolment.state_counter));
  if (!enrolment.chip) return {};
  EK_TRY(fields.At(5));
  return WriteEnrolledChip(*enrolment.chip, out);
}

}  // namespace edgekeep::formats
