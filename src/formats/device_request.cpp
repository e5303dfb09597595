#include "edgekeep/formats/device_request.h"

#include "fields.h"

namespace edgekeep::formats {
namespace {

Status Check(const DeviceRequest& request) {
  EK_TRY(CheckEnum(request.anchor, AnchorKind::kOptee));
  if (SameKey(request.identity, request.kem)) return Malformed("device request: one key for two purposes");
  return {};
}

}  // namespace

Result<DeviceRequest> DecodeDeviceRequest(ByteView payload) {
  EK_TRY(CheckLimit(payload, kMaxDeviceRequestSize));
  CborReader in(payload);
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  DeviceRequest request;
  EK_TRY_ASSIGN(request.identity, fields.Key(1));
  EK_TRY_ASSIGN(request.kem, fields.Key(2));
  EK_TRY_ASSIGN(request.anchor, fields.EnumOf<AnchorKind>(3));
  EK_TRY(fields.End());
  EK_TRY(in.ExpectEnd());
  EK_TRY(Check(request));
  return request;
}

Status EncodeDeviceRequest(const DeviceRequest& request, CborWriter& out) {
  EK_TRY(Check(request));
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 3));
  EK_TRY(fields.Key(1, request.identity));
  EK_TRY(fields.Key(2, request.kem));
  return fields.Unsigned(3, std::to_underlying(request.anchor));
}

}  // namespace edgekeep::formats
