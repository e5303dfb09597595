#include "edgekeep/gate/admin.h"

#include "fields.h"

namespace edgekeep::gate {
namespace {

Result<ByteView> DecodeBytes(CborReader& in) {
  return in.ReadByteString();
}

Result<InitialiseAnswer> DecodeInitialised(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  InitialiseAnswer answer;
  EK_TRY_ASSIGN(answer.device, fields.IdOf<DeviceId>(1));
  EK_TRY_ASSIGN(answer.anchor, fields.Unsigned<std::uint8_t>(2));
  EK_TRY_ASSIGN(answer.publisher, fields.Text<63>(3));
  EK_TRY_ASSIGN(answer.trust_fingerprint, fields.IdOf<Digest>(4));
  EK_TRY(fields.End());
  return answer;
}

Result<InstallRequest> DecodeInstall(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  InstallRequest request;
  EK_TRY_ASSIGN(request.grant, fields.ByteString(1));
  EK_TRY_ASSIGN(request.licence, fields.ByteString(2));
  EK_TRY(fields.End());
  return request;
}

Result<InstallAnswer> DecodeInstalled(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  InstallAnswer answer;
  EK_TRY_ASSIGN(answer.product, fields.Product(1));
  EK_TRY_ASSIGN(answer.version, fields.VersionOf(2));
  EK_TRY_ASSIGN(answer.prepared, fields.Flag(3));
  EK_TRY(fields.End());
  return answer;
}

Result<LicensedProduct> DecodeLicensed(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  LicensedProduct licensed;
  EK_TRY_ASSIGN(licensed.product, fields.Product(1));
  EK_TRY(fields.End());
  return licensed;
}

}  // namespace

Result<ByteView> DecodeBlob(ByteView body) {
  return DecodeWhole(body, DecodeBytes);
}

Status EncodeBlob(ByteView bytes, CborWriter& out) {
  return out.ByteString(bytes);
}

Result<InitialiseAnswer> DecodeInitialiseAnswer(ByteView body) {
  return DecodeWhole(body, DecodeInitialised);
}

Status EncodeInitialiseAnswer(const InitialiseAnswer& answer, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 4));
  EK_TRY(fields.ByteString(1, answer.device.view()));
  EK_TRY(fields.Unsigned(2, answer.anchor));
  EK_TRY(fields.Text(3, answer.publisher.view()));
  return fields.ByteString(4, answer.trust_fingerprint.view());
}

Result<LicensedProduct> DecodeLicensedProduct(ByteView body) {
  return DecodeWhole(body, DecodeLicensed);
}

Status EncodeLicensedProduct(const LicensedProduct& licensed, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 1));
  return fields.Text(1, licensed.product.view());
}

Result<InstallRequest> DecodeInstallRequest(ByteView body) {
  return DecodeWhole(body, DecodeInstall);
}

Status EncodeInstallRequest(const InstallRequest& request, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 2));
  EK_TRY(fields.ByteString(1, request.grant));
  return fields.ByteString(2, request.licence);
}

Result<InstallAnswer> DecodeInstallAnswer(ByteView body) {
  return DecodeWhole(body, DecodeInstalled);
}

Status EncodeInstallAnswer(const InstallAnswer& answer, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 3));
  EK_TRY(fields.Text(1, answer.product.view()));
  EK_TRY(fields.VersionOf(2, answer.version));
  return fields.Flag(3, answer.prepared);
}

}  // namespace edgekeep::gate
