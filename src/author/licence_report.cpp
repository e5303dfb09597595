#include "licence_report.h"

#include "edgekeep/files/read_file.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/sealing/signed_object.h"

namespace edgekeep::author {
namespace {

Result<VerifiedReport> Verify(const Context& context, const Publisher& publisher, std::string_view type, Bytes bytes) {
  VerifiedReport verified{.bytes = std::move(bytes), .report = {}, .device = {}, .licence = {}};
  EK_TRY_ASSIGN(const formats::SignedObject object, formats::DecodeSignedObject(type, verified.bytes.view()));
  EK_TRY_ASSIGN(verified.report, formats::DecodeLicenceReport(object.payload));
  EK_TRY_ASSIGN(verified.device, VerifyDeviceRequest(context, verified.report.device_request));
  EK_TRY(sealing::VerifyObjectWithKey(context.provider, type, verified.bytes.view(), verified.device.request.identity));
  const formats::TrustBundle& bundle = publisher.trust();
  EK_TRY_ASSIGN(const sealing::VerifiedPayload payload,
                sealing::VerifyObject(context.provider, formats::typ::kLicence, verified.report.licence,
                                      bundle.licensors.view(), bundle.required_classes.view()));
  EK_TRY_ASSIGN(verified.licence, formats::DecodeLicence(payload.payload()));
  if (verified.licence.device != verified.device.id) {
    return Error(ErrorCode::kWrongDevice, "licence report: the licence is another device's");
  }
  return verified;
}

}  // namespace

Outcome<VerifiedReport> VerifyReport(const Context& context, const Publisher& publisher, std::string_view type,
                                     Bytes bytes, const std::string& place) {
  return At(place, Verify(context, publisher, type, std::move(bytes)));
}

Outcome<VerifiedReport> ReadReport(const Context& context, const Publisher& publisher, std::string_view type,
                                   const std::string& path) {
  EK_TRY_ASSIGN(Bytes bytes, At(path, files::ReadFile(path, formats::kMaxSignedLicenceReportSize)));
  return VerifyReport(context, publisher, type, std::move(bytes), path);
}

}  // namespace edgekeep::author
