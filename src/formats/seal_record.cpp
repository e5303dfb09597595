#include "edgekeep/formats/sealed_file.h"
#include "fields.h"
#include "preamble.h"

namespace edgekeep::formats {
namespace {

Status Check(const SealRecord& record) {
  EK_TRY(CheckPlaintextSize(record.plaintext_size));
  return CheckTime(record.sealed_at);
}

}  // namespace

Result<SealRecord> DecodeSealRecord(ByteView bytes) {
  CborReader in(bytes);
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  SealRecord record;
  EK_TRY_ASSIGN(record.header_digest, fields.IdOf<Digest>(1));
  EK_TRY_ASSIGN(record.tags_digest, fields.IdOf<Digest>(2));
  EK_TRY_ASSIGN(record.plaintext_mac, fields.IdOf<PlaintextMac>(3));
  EK_TRY_ASSIGN(record.plaintext_size, fields.Unsigned<std::uint64_t>(4));
  EK_TRY_ASSIGN(record.sealed_at, fields.NumberOf<UnixTime>(5));
  EK_TRY(fields.End());
  EK_TRY(in.ExpectEnd());
  EK_TRY(Check(record));
  return record;
}

Status EncodeSealRecord(const SealRecord& record, CborWriter& out) {
  EK_TRY(Check(record));
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 5));
  EK_TRY(fields.ByteString(1, record.header_digest.view()));
  EK_TRY(fields.ByteString(2, record.tags_digest.view()));
  EK_TRY(fields.ByteString(3, record.plaintext_mac.view()));
  EK_TRY(fields.Unsigned(4, record.plaintext_size));
  return fields.Unsigned(5, record.sealed_at.value);
}

}  // namespace edgekeep::formats
