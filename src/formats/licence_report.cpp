#include "edgekeep/formats/licence_report.h"

#include "fields.h"

namespace edgekeep::formats {
namespace {

Status CheckReport(const LicenceReport& report) {
  if (report.licence.empty() || report.device_request.empty()) return Malformed("licence report: an object is missing");
  if (report.licence.size() > kMaxLicenceSize || report.device_request.size() > kMaxDeviceRequestSize) {
    return Error(ErrorCode::kTooLarge, "licence report");
  }
  return CheckTime(report.made_at);
}

}  // namespace

Result<LicenceReport> DecodeLicenceReport(ByteView payload) {
  EK_TRY(CheckLimit(payload, kMaxLicenceReportSize));
  CborReader in(payload);
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  LicenceReport report;
  EK_TRY_ASSIGN(report.licence, fields.ByteString(1));
  EK_TRY_ASSIGN(report.device_request, fields.ByteString(2));
  EK_TRY_ASSIGN(report.counted_seconds, fields.Unsigned<std::uint64_t>(3));
  EK_TRY_ASSIGN(report.calls_reserved, fields.Unsigned<std::uint64_t>(4));
  EK_TRY_ASSIGN(report.made_at, fields.NumberOf<UnixTime>(5));
  EK_TRY(fields.End());
  EK_TRY(in.ExpectEnd());
  EK_TRY(CheckReport(report));
  return report;
}

Status EncodeLicenceReport(const LicenceReport& report, CborWriter& out) {
  EK_TRY(CheckReport(report));
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 5));
  EK_TRY(fields.ByteString(1, report.licence));
  EK_TRY(fields.ByteString(2, report.device_request));
  EK_TRY(fields.Unsigned(3, report.counted_seconds));
  EK_TRY(fields.Unsigned(4, report.calls_reserved));
  return fields.Unsigned(5, report.made_at.value);
}

}  // namespace edgekeep::formats
