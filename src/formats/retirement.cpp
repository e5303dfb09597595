#include "edgekeep/formats/retirement.h"

#include "fields.h"

namespace edgekeep::formats {
namespace {

constexpr std::int64_t kRetirementEvidence = 4;

Status CheckCertificate(const RetirementCertificate& certificate) {
  if (certificate.order.empty()) return Malformed("retirement: without its order");
  if (certificate.order.size() > kMaxSignedOrder || certificate.evidence.size() > kMaxRetirementEvidence)
    return Error(ErrorCode::kTooLarge, "retirement");
  EK_TRY(CheckPublicKey(certificate.identity));
  return CheckTime(certificate.retired_at);
}

}  // namespace

Result<RetirementCertificate> DecodeRetirementCertificate(ByteView payload) {
  EK_TRY(CheckLimit(payload, kMaxRetirementSize));
  CborReader in(payload);
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  RetirementCertificate certificate;
  EK_TRY_ASSIGN(certificate.order, fields.ByteString(1));
  EK_TRY_ASSIGN(certificate.identity, fields.Key(2));
  EK_TRY_ASSIGN(certificate.retired_at, fields.NumberOf<UnixTime>(3));
  EK_TRY_ASSIGN(const bool has_evidence, fields.Has(kRetirementEvidence));
  if (has_evidence) {
    EK_TRY_ASSIGN(certificate.evidence, in.ReadByteString());
    if (certificate.evidence.empty()) return Malformed("retirement: empty evidence");
  }
  EK_TRY(fields.End());
  EK_TRY(in.ExpectEnd());
  EK_TRY(CheckCertificate(certificate));
  return certificate;
}

Status EncodeRetirementCertificate(const RetirementCertificate& certificate, CborWriter& out) {
  EK_TRY(CheckCertificate(certificate));
  const bool has_evidence = !certificate.evidence.empty();
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, has_evidence ? 4 : 3));
  EK_TRY(fields.ByteString(1, certificate.order));
  EK_TRY(fields.Key(2, certificate.identity));
  EK_TRY(fields.Unsigned(3, certificate.retired_at.value));
  return has_evidence ? fields.ByteString(kRetirementEvidence, certificate.evidence) : Status();
}

}  // namespace edgekeep::formats
