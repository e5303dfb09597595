// Approvals, rejections and verdicts.
#include "log_content.h"

namespace edgekeep::formats {
namespace {

Status Check(const Approval& approval) {
  return CheckLogName(approval.holder);
}

Status Check(const Rejection& rejection) {
  EK_TRY(CheckLogName(rejection.holder));
  return CheckLogText(rejection.reason);
}

Status Check(const Verdict& verdict) {
  for (const VerdictFinding& finding : verdict.findings) {
    EK_TRY(CheckEnum(finding.reason, kLastVerdictReason));
    EK_TRY(CheckLogText(finding.detail));
  }
  EK_TRY(CheckLogText(verdict.log));
  if (verdict.log.size() > kMaxLogOrigin) return Error(ErrorCode::kTooLarge, "verdict: origin of the log");
  if (verdict.release_index >= verdict.tree_size) return Malformed("verdict: release after what was judged");
  if (verdict.is_favourable() && verdict.approvals.empty()) return Malformed("verdict: favourable without approval");
  return {};
}

Result<VerdictFinding> ReadFinding(CborReader& in) {
  EK_TRY(in.ExpectArray(2));
  EK_TRY_ASSIGN(const std::uint64_t reason, in.ReadUnsigned());
  if (reason > UINT16_MAX) return Error(ErrorCode::kUnsupported, "verdict: reason");
  EK_TRY_ASSIGN(const std::string_view detail, in.ReadText());
  return VerdictFinding{.reason = static_cast<VerdictReason>(reason), .detail = detail};
}

Status ReadFindings(FieldReader& fields, CborReader& in, Verdict& verdict) {
  EK_TRY(fields.At(4));
  EK_TRY_ASSIGN(const std::size_t count, in.ReadArray());
  if (count > kMaxVerdictReasons) return Error(ErrorCode::kTooLarge, "verdict: reasons");
  for (std::size_t i = 0; i < count; ++i) {
    EK_TRY_ASSIGN(const VerdictFinding finding, ReadFinding(in));
    EK_TRY(verdict.findings.PushBack(finding));
  }
  return {};
}

Status ReadApprovals(FieldReader& fields, CborReader& in, Verdict& verdict) {
  EK_TRY(fields.At(5));
  EK_TRY_ASSIGN(const std::size_t count, in.ReadArray());
  if (count > kMaxApprovals) return Error(ErrorCode::kTooLarge, "verdict: approvals");
  for (std::size_t i = 0; i < count; ++i) {
    EK_TRY_ASSIGN(const ByteView bytes, in.ReadByteString());
    EK_TRY_ASSIGN(const ContentDigest digest, ContentDigest::From(bytes));
    EK_TRY(verdict.approvals.PushBack(digest));
  }
  return {};
}

}  // namespace

Result<Approval> DecodeApproval(ByteView content) {
  CborReader in(content);
  EK_TRY_ASSIGN(FieldReader fields, EnterLogContent(LogContentKind::kApproval, content, in));
  Approval approval;
  EK_TRY_ASSIGN(approval.release, fields.IdOf<ContentDigest>(1));
  EK_TRY_ASSIGN(approval.holder, fields.Text(2));
  EK_TRY(EndLogContent(fields, in));
  EK_TRY(Check(approval));
  return approval;
}

Status EncodeApproval(const Approval& approval, CborWriter& out) {
  EK_TRY(Check(approval));
  EK_TRY_ASSIGN(FieldWriter fields, BeginLogContent(LogContentKind::kApproval, 2, out));
  EK_TRY(fields.ByteString(1, approval.release.view()));
  return fields.Text(2, approval.holder);
}

Result<Rejection> DecodeRejection(ByteView content) {
  CborReader in(content);
  EK_TRY_ASSIGN(FieldReader fields, EnterLogContent(LogContentKind::kRejection, content, in));
  Rejection rejection;
  EK_TRY_ASSIGN(rejection.release, fields.IdOf<ContentDigest>(1));
  EK_TRY_ASSIGN(rejection.holder, fields.Text(2));
  EK_TRY_ASSIGN(rejection.reason, fields.Text(3));
  EK_TRY(EndLogContent(fields, in));
  EK_TRY(Check(rejection));
  return rejection;
}

Status EncodeRejection(const Rejection& rejection, CborWriter& out) {
  EK_TRY(Check(rejection));
  EK_TRY_ASSIGN(FieldWriter fields, BeginLogContent(LogContentKind::kRejection, 3, out));
  EK_TRY(fields.ByteString(1, rejection.release.view()));
  EK_TRY(fields.Text(2, rejection.holder));
  return fields.Text(3, rejection.reason);
}

Result<Verdict> DecodeVerdict(ByteView content) {
  CborReader in(content);
  EK_TRY_ASSIGN(FieldReader fields, EnterLogContent(LogContentKind::kVerdict, content, in));
  Verdict verdict;
  EK_TRY_ASSIGN(verdict.release, fields.IdOf<ContentDigest>(1));
  EK_TRY_ASSIGN(verdict.release_index, fields.Unsigned<std::uint64_t>(2));
  EK_TRY_ASSIGN(verdict.tree_size, fields.Unsigned<std::uint64_t>(3));
  EK_TRY(ReadFindings(fields, in, verdict));
  EK_TRY(ReadApprovals(fields, in, verdict));
  EK_TRY_ASSIGN(verdict.log, fields.Text(6));
  EK_TRY(EndLogContent(fields, in));
  EK_TRY(Check(verdict));
  return verdict;
}

Status EncodeVerdict(const Verdict& verdict, CborWriter& out) {
  EK_TRY(Check(verdict));
  EK_TRY_ASSIGN(FieldWriter fields, BeginLogContent(LogContentKind::kVerdict, 6, out));
  EK_TRY(fields.ByteString(1, verdict.release.view()));
  EK_TRY(fields.Unsigned(2, verdict.release_index));
  EK_TRY(fields.Unsigned(3, verdict.tree_size));
  EK_TRY(fields.At(4));
  EK_TRY(out.Array(verdict.findings.size()));
  for (const VerdictFinding& finding : verdict.findings) {
    EK_TRY(out.Array(2));
    EK_TRY(out.Unsigned(std::to_underlying(finding.reason)));
    EK_TRY(out.Text(finding.detail));
  }
  EK_TRY(fields.At(5));
  EK_TRY(out.Array(verdict.approvals.size()));
  for (const ContentDigest& approval : verdict.approvals) EK_TRY(out.ByteString(approval.view()));
  return fields.Text(6, verdict.log);
}

}  // namespace edgekeep::formats
