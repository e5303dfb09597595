#include <algorithm>

#include "edgekeep/gate/cell_orders.h"
#include "slot_input.h"

namespace edgekeep::gate {
namespace {

constexpr std::int64_t kPreparedFile = 2;

Result<std::array<std::uint8_t, 32>> TakeMac(CborReader& in) {
  EK_TRY_ASSIGN(const ByteView bytes, in.ReadByteString(32));
  std::array<std::uint8_t, 32> mac{};
  std::copy(bytes.begin(), bytes.end(), mac.begin());
  return mac;
}

Result<InstallPackageOrder> DecodeInstallOrder(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  InstallPackageOrder order;
  EK_TRY_ASSIGN(order.content_key, fields.Secret(1));
  EK_TRY_ASSIGN(order.header_digest, fields.IdOf<Digest>(2));
  EK_TRY_ASSIGN(order.tags_digest, fields.IdOf<Digest>(3));
  EK_TRY(fields.At(4));
  EK_TRY_ASSIGN(order.plaintext_mac, TakeMac(in));
  EK_TRY_ASSIGN(order.sealed_file, fields.IdOf<SealedFileId>(5));
  EK_TRY_ASSIGN(order.canonical_key, fields.Secret(6));
  EK_TRY_ASSIGN(order.prepared_key, fields.Secret(7));
  EK_TRY_ASSIGN(order.seal_suite, fields.Unsigned<std::uint16_t>(8));
  EK_TRY(fields.End());
  return order;
}

Result<PreparePackageOrder> DecodePrepare(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  PreparePackageOrder order;
  EK_TRY(fields.At(1));
  EK_TRY_ASSIGN(order.canonical, DecodeSlotInput(in));
  EK_TRY_ASSIGN(order.prepared_key, fields.Secret(2));
  EK_TRY_ASSIGN(order.seal_suite, fields.Unsigned<std::uint16_t>(3));
  EK_TRY(fields.End());
  return order;
}

Result<WrittenSlotFile> DecodeWritten(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  WrittenSlotFile file;
  EK_TRY_ASSIGN(file.header_digest, fields.IdOf<Digest>(1));
  EK_TRY_ASSIGN(file.tags_digest, fields.IdOf<Digest>(2));
  EK_TRY_ASSIGN(file.file_size, fields.Unsigned<std::uint64_t>(3));
  EK_TRY(fields.End());
  return file;
}

Status EncodeWritten(const WrittenSlotFile& file, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 3));
  EK_TRY(fields.ByteString(1, file.header_digest.view()));
  EK_TRY(fields.ByteString(2, file.tags_digest.view()));
  return fields.Unsigned(3, file.file_size);
}

Result<PreparedAnswer> DecodePrepared(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  PreparedAnswer answer;
  EK_TRY(fields.At(1));
  EK_TRY_ASSIGN(answer.canonical, DecodeWritten(in));
  EK_TRY_ASSIGN(const bool prepared, fields.Has(kPreparedFile));
  if (prepared) {
    EK_TRY_ASSIGN(answer.prepared, DecodeWritten(in));
  }
  EK_TRY_ASSIGN(answer.engine_key, fields.Text<128>(3));
  EK_TRY(fields.At(4));
  EK_TRY_ASSIGN(answer.model, DecodeModelInfo(in));
  EK_TRY(fields.End());
  return answer;
}

}  // namespace

Result<InstallPackageOrder> DecodeInstallPackageOrder(ByteView body) {
  return DecodeWhole(body, DecodeInstallOrder);
}

Status EncodeInstallPackageOrder(const InstallPackageOrder& order, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 8));
  EK_TRY(fields.Secret(1, order.content_key));
  EK_TRY(fields.ByteString(2, order.header_digest.view()));
  EK_TRY(fields.ByteString(3, order.tags_digest.view()));
  EK_TRY(fields.ByteString(4, order.plaintext_mac));
  EK_TRY(fields.ByteString(5, order.sealed_file.view()));
  EK_TRY(fields.Secret(6, order.canonical_key));
  EK_TRY(fields.Secret(7, order.prepared_key));
  return fields.Unsigned(8, order.seal_suite);
}

Result<PreparePackageOrder> DecodePreparePackageOrder(ByteView body) {
  return DecodeWhole(body, DecodePrepare);
}

Status EncodePreparePackageOrder(const PreparePackageOrder& order, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 3));
  EK_TRY(fields.At(1));
  EK_TRY(EncodeSlotInput(order.canonical, out));
  EK_TRY(fields.Secret(2, order.prepared_key));
  return fields.Unsigned(3, order.seal_suite);
}

Result<PreparedAnswer> DecodePreparedAnswer(ByteView body) {
  return DecodeWhole(body, DecodePrepared);
}

Status EncodePreparedAnswer(const PreparedAnswer& answer, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, answer.prepared ? 4 : 3));
  EK_TRY(fields.At(1));
  EK_TRY(EncodeWritten(answer.canonical, out));
  if (answer.prepared) {
    EK_TRY(fields.At(kPreparedFile));
    EK_TRY(EncodeWritten(*answer.prepared, out));
  }
  EK_TRY(fields.Text(3, answer.engine_key.view()));
  EK_TRY(fields.At(4));
  return EncodeModelInfo(answer.model, out);
}

}  // namespace edgekeep::gate
