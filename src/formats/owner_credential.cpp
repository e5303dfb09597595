#include "edgekeep/formats/owner_credential.h"

#include <algorithm>

#include "fields.h"

namespace edgekeep::formats {
namespace {

constexpr std::string_view kOwnerType = "edgekeep/owner";
constexpr std::int64_t kAuthority = 1, kCredential = 2, kRequest = 3, kChange = 4;

Status CheckCertificate(ByteView certificate) {
  if (certificate.empty()) return Malformed("owner: certificate");
  return CheckLimit(certificate, kMaxOwnerCertificateSize);
}

Status Check(const OwnerCredential& credential) {
  EK_TRY(CheckSize(credential.salt, kSealedOwnerSalt, "owner: salt"));
  if (credential.certificates.empty()) return Malformed("owner: certificates");
  for (const ByteView certificate : credential.certificates) EK_TRY(CheckCertificate(certificate));
  return credential.not_before < credential.not_after ? Status() : Malformed("owner: times");
}

Status Check(const OwnerKeyRequest& request) {
  EK_TRY(CheckSize(request.salt, kSealedOwnerSalt, "owner: salt"));
  EK_TRY(CheckSize(request.key, 65, "owner: key"));
  return request.key[0] == 4 ? Status() : Malformed("owner: key");
}

Status Check(const OwnerChange& change) {
  if (change.number == 0) return Malformed("owner: change 0");
  return CheckEnum(change.how, OwnerChanged::kFreed);
}

bool IsFreed(const OwnerRecord& record) {
  return record.change && record.change->how == OwnerChanged::kFreed && !record.credential && !record.request;
}

Status Check(const OwnerRecord& record) {
  if (record.change) EK_TRY(Check(*record.change));
  if (record.authority.empty()) return IsFreed(record) ? Status() : Malformed("owner: no authority");
  EK_TRY(CheckCertificate(record.authority));
  if (record.credential) EK_TRY(Check(*record.credential));
  return record.request ? Check(*record.request) : Status();
}

Result<OwnerCredential> ReadCredential(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  OwnerCredential credential;
  EK_TRY_ASSIGN(credential.salt, fields.ByteString(1));
  EK_TRY(fields.At(2));
  EK_TRY_ASSIGN(const std::size_t count, in.ReadArray());
  for (std::size_t i = 0; i < count; ++i) {
    EK_TRY_ASSIGN(const ByteView certificate, in.ReadByteString());
    EK_TRY(credential.certificates.PushBack(certificate));
  }
  EK_TRY_ASSIGN(credential.not_before, fields.NumberOf<UnixTime>(3));
  EK_TRY_ASSIGN(credential.not_after, fields.NumberOf<UnixTime>(4));
  EK_TRY(fields.End());
  return credential;
}

Status WriteCredential(const OwnerCredential& credential, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 4));
  EK_TRY(fields.ByteString(1, credential.salt));
  EK_TRY(fields.At(2));
  EK_TRY(out.Array(credential.certificates.size()));
  for (const ByteView certificate : credential.certificates) EK_TRY(out.ByteString(certificate));
  EK_TRY(fields.Unsigned(3, credential.not_before.value));
  return fields.Unsigned(4, credential.not_after.value);
}

Result<OwnerKeyRequest> ReadKeyRequest(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  OwnerKeyRequest request;
  EK_TRY_ASSIGN(request.salt, fields.ByteString(1));
  EK_TRY_ASSIGN(request.key, fields.ByteString(2));
  EK_TRY(fields.End());
  return request;
}

Result<OwnerChange> ReadChange(CborReader& in) {
  EK_TRY_ASSIGN(const std::size_t size, in.ReadArray());
  if (size != 3) return Malformed("owner: change");
  OwnerChange change;
  EK_TRY_ASSIGN(change.number, in.ReadUnsigned());
  EK_TRY_ASSIGN(const ByteView by, in.ReadByteString(Digest::kSize));
  EK_TRY_ASSIGN(change.by, Digest::From(by));
  EK_TRY_ASSIGN(const std::uint64_t how, in.ReadUnsigned());
  if (how > UINT8_MAX) return Error(ErrorCode::kUnsupported, "unknown kind");
  change.how = static_cast<OwnerChanged>(how);
  return change;
}

Status WriteChange(const OwnerChange& change, CborWriter& out) {
  EK_TRY(out.Array(3));
  EK_TRY(out.Unsigned(change.number));
  EK_TRY(out.ByteString(change.by.view()));
  return out.Unsigned(std::to_underlying(change.how));
}

Status WriteKeyRequest(const OwnerKeyRequest& request, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 2));
  EK_TRY(fields.ByteString(1, request.salt));
  return fields.ByteString(2, request.key);
}

}  // namespace

Result<OwnerRecord> DecodeOwnerRecord(ByteView bytes) {
  EK_TRY(CheckLimit(bytes, kMaxOwnerRecord));
  CborReader in(bytes);
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  EK_TRY(fields.Type(kOwnerType));
  OwnerRecord record;
  EK_TRY_ASSIGN(const bool has_authority, fields.Has(kAuthority));
  if (has_authority) {
    EK_TRY_ASSIGN(record.authority, in.ReadByteString());
    if (record.authority.empty()) return Malformed("owner: certificate");
  }
  EK_TRY_ASSIGN(const bool has_credential, fields.Has(kCredential));
  if (has_credential) {
    EK_TRY_ASSIGN(record.credential, ReadCredential(in));
  }
  EK_TRY_ASSIGN(const bool has_request, fields.Has(kRequest));
  if (has_request) {
    EK_TRY_ASSIGN(record.request, ReadKeyRequest(in));
  }
  EK_TRY_ASSIGN(const bool has_change, fields.Has(kChange));
  if (has_change) {
    EK_TRY_ASSIGN(record.change, ReadChange(in));
  }
  EK_TRY(fields.End());
  EK_TRY(in.ExpectEnd());
  EK_TRY(Check(record));
  return record;
}

Status EncodeOwnerRecord(const OwnerRecord& record, CborWriter& out) {
  EK_TRY(Check(record));
  const std::size_t pairs = 1U + (record.authority.empty() ? 0U : 1U) + (record.credential ? 1U : 0U) +
                            (record.request ? 1U : 0U) + (record.change ? 1U : 0U);
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, pairs));
  EK_TRY(fields.Text(kTypeKey, kOwnerType));
  if (!record.authority.empty()) EK_TRY(fields.ByteString(kAuthority, record.authority));
  if (record.credential) {
    EK_TRY(fields.At(kCredential));
    EK_TRY(WriteCredential(*record.credential, out));
  }
  if (record.request) {
    EK_TRY(fields.At(kRequest));
    EK_TRY(WriteKeyRequest(*record.request, out));
  }
  if (!record.change) return {};
  EK_TRY(fields.At(kChange));
  return WriteChange(*record.change, out);
}

}  // namespace edgekeep::formats
