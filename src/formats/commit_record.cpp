#include "edgekeep/formats/commit_record.h"

#include "edgekeep/formats/limits.h"
#include "fields.h"
#include "optional_policy.h"

namespace edgekeep::formats {
namespace {

constexpr std::string_view kType = "edgekeep/commit-record";
constexpr std::uint8_t kLastSlot = 1;
constexpr std::uint64_t kMinFileSize = kBodyAlignment + 17;

Status Check(const SlotFileRecord& file) {
  if (file.file_size < kMinFileSize || file.file_size > kMaxBodyOffset + BodySize(kMaxPlaintextSize))
    return Malformed("commit record: file size");
  return CheckSize(file.wrapped_slot_key, kWrappedSlotKeySize, "wrapped slot key size");
}

Status Check(const CommitRecord& record) {
  EK_TRY(CheckProduct(record.product));
  EK_TRY(CheckVersion(record.version));
  if (record.slot > kLastSlot) return Malformed("commit record: slot");
  EK_TRY(CheckEpoch(record.epoch));
  EK_TRY(Check(record.canonical));
  if (record.prepared) {
    EK_TRY(Check(record.prepared->file));
    if (!IsPrintable(record.prepared->engine_key.view())) return Malformed("engine key");
  }
  EK_TRY(CheckTime(record.installed_at));
  return CheckProductPolicy(record.policy);
}

Result<SlotFileRecord> ReadSlotFile(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  SlotFileRecord file;
  EK_TRY_ASSIGN(file.header_digest, fields.IdOf<Digest>(1));
  EK_TRY_ASSIGN(file.tags_digest, fields.IdOf<Digest>(2));
  EK_TRY_ASSIGN(file.file_size, fields.Unsigned<std::uint64_t>(3));
  EK_TRY_ASSIGN(file.wrapped_slot_key, fields.ByteString(4));
  EK_TRY(fields.End());
  return file;
}

Status WriteSlotFile(const SlotFileRecord& file, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 4));
  EK_TRY(fields.ByteString(1, file.header_digest.view()));
  EK_TRY(fields.ByteString(2, file.tags_digest.view()));
  EK_TRY(fields.Unsigned(3, file.file_size));
  return fields.ByteString(4, file.wrapped_slot_key);
}

Result<PreparedRecord> ReadPrepared(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  PreparedRecord prepared;
  EK_TRY(fields.At(1));
  EK_TRY_ASSIGN(prepared.file, ReadSlotFile(in));
  EK_TRY_ASSIGN(const std::string_view engine_key, fields.Text(2));
  EK_TRY_ASSIGN(prepared.engine_key, EngineKey::From(engine_key));
  EK_TRY(fields.End());
  return prepared;
}

Status WritePrepared(const PreparedRecord& prepared, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 2));
  EK_TRY(fields.At(1));
  EK_TRY(WriteSlotFile(prepared.file, out));
  return fields.Text(2, prepared.engine_key.view());
}

Status ReadFields(FieldReader& fields, CborReader& in, CommitRecord& record) {
  EK_TRY_ASSIGN(record.generation, fields.Unsigned<std::uint64_t>(1));
  EK_TRY_ASSIGN(record.product, fields.Product(2));
  EK_TRY_ASSIGN(record.version, fields.VersionOf(3));
  EK_TRY_ASSIGN(record.slot, fields.Unsigned<std::uint8_t>(4));
  EK_TRY_ASSIGN(record.sealed_file, fields.IdOf<SealedFileId>(5));
  EK_TRY_ASSIGN(record.epoch, fields.NumberOf<Epoch>(6));
  EK_TRY(fields.At(7));
  EK_TRY_ASSIGN(record.canonical, ReadSlotFile(in));
  EK_TRY_ASSIGN(const bool is_prepared, fields.Has(8));
  if (is_prepared) {
    EK_TRY_ASSIGN(record.prepared, ReadPrepared(in));
  }
  EK_TRY_ASSIGN(record.installed_at, fields.NumberOf<UnixTime>(9));
  EK_TRY_ASSIGN(record.policy, ReadOptionalPolicy(fields, in, 10));
  EK_TRY_ASSIGN(const bool has_floor, fields.Has(11));
  if (!has_floor) return {};
  EK_TRY_ASSIGN(record.security_epoch, in.ReadUnsigned());
  return record.security_epoch != 0 ? Status() : Malformed("commit record: security epoch");
}

}  // namespace

Result<CommitRecord> DecodeCommitRecord(ByteView bytes) {
  EK_TRY(CheckLimit(bytes, kMaxCommitRecordSize));
  CborReader in(bytes);
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  EK_TRY(fields.Type(kType));
  CommitRecord record;
  EK_TRY(ReadFields(fields, in, record));
  EK_TRY(fields.End());
  EK_TRY(in.ExpectEnd());
  EK_TRY(Check(record));
  return record;
}

Status EncodeCommitRecord(const CommitRecord& record, CborWriter& out) {
  EK_TRY(Check(record));
  const std::size_t optional =
      (record.prepared ? 1U : 0U) + (record.policy.is_default() ? 0U : 1U) + (record.security_epoch == 0 ? 0U : 1U);
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 9 + optional));
  EK_TRY(fields.Text(kTypeKey, kType));
  EK_TRY(fields.Unsigned(1, record.generation));
  EK_TRY(fields.Text(2, record.product.view()));
  EK_TRY(fields.VersionOf(3, record.version));
  EK_TRY(fields.Unsigned(4, record.slot));
  EK_TRY(fields.ByteString(5, record.sealed_file.view()));
  EK_TRY(fields.Unsigned(6, record.epoch.value));
  EK_TRY(fields.At(7));
  EK_TRY(WriteSlotFile(record.canonical, out));
  if (record.prepared) {
    EK_TRY(fields.At(8));
    EK_TRY(WritePrepared(*record.prepared, out));
  }
  EK_TRY(fields.Unsigned(9, record.installed_at.value));
  EK_TRY(WriteOptionalPolicy(fields, out, 10, record.policy));
  return record.security_epoch == 0 ? Status() : fields.Unsigned(11, record.security_epoch);
}

Status EncodeSlotBinding(const ProductName& product, std::uint8_t slot, Sequence sequence, CborWriter& out) {
  EK_TRY(CheckProduct(product));
  if (slot > kLastSlot) return Malformed("slot");
  EK_TRY(out.Array(3));
  EK_TRY(out.Text(product.view()));
  EK_TRY(out.Unsigned(slot));
  return out.Unsigned(sequence.value);
}

}  // namespace edgekeep::formats
