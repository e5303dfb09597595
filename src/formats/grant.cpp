#include "edgekeep/formats/grant.h"

#include "edgekeep/formats/limits.h"
#include "fields.h"

namespace edgekeep::formats {
namespace {

constexpr std::size_t kBindingFields = 5;
constexpr std::size_t kFields = 7;

Status CheckBinding(const Grant& grant) {
  EK_TRY(CheckProduct(grant.product));
  EK_TRY(CheckEpoch(grant.epoch));
  return CheckAlgorithmNumber(grant.aead);
}

Status Check(const Grant& grant) {
  EK_TRY(CheckBinding(grant));
  EK_TRY(CheckSize(grant.nonce, kWrapNonceSize, "grant nonce size"));
  return CheckSize(grant.wrapped_key, kWrappedKeySize, "wrapped content key size");
}

Result<FieldWriter> EncodeBindingFields(const Grant& grant, std::size_t pairs, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, pairs));
  EK_TRY(fields.Text(1, grant.product.view()));
  EK_TRY(fields.Unsigned(2, grant.sequence.value));
  EK_TRY(fields.ByteString(3, grant.sealed_file.view()));
  EK_TRY(fields.Unsigned(4, grant.epoch.value));
  EK_TRY(fields.Unsigned(5, grant.aead));
  return fields;
}

}  // namespace

Result<Grant> DecodeGrant(ByteView payload) {
  EK_TRY(CheckLimit(payload, kMaxGrantSize));
  CborReader in(payload);
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  Grant grant;
  EK_TRY_ASSIGN(grant.product, fields.Product(1));
  EK_TRY_ASSIGN(grant.sequence, fields.NumberOf<Sequence>(2));
  EK_TRY_ASSIGN(grant.sealed_file, fields.IdOf<SealedFileId>(3));
  EK_TRY_ASSIGN(grant.epoch, fields.NumberOf<Epoch>(4));
  EK_TRY_ASSIGN(grant.aead, fields.Unsigned<std::uint16_t>(5));
  EK_TRY_ASSIGN(grant.nonce, fields.ByteString(6));
  EK_TRY_ASSIGN(grant.wrapped_key, fields.ByteString(7));
  EK_TRY(fields.End());
  EK_TRY(in.ExpectEnd());
  EK_TRY(Check(grant));
  return grant;
}

Status EncodeGrant(const Grant& grant, CborWriter& out) {
  EK_TRY(Check(grant));
  EK_TRY_ASSIGN(FieldWriter fields, EncodeBindingFields(grant, kFields, out));
  EK_TRY(fields.ByteString(6, grant.nonce));
  return fields.ByteString(7, grant.wrapped_key);
}

Status EncodeGrantBinding(const Grant& grant, CborWriter& out) {
  EK_TRY(CheckBinding(grant));
  EK_TRY(EncodeBindingFields(grant, kBindingFields, out));
  return {};
}

}  // namespace edgekeep::formats
