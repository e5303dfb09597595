#include "edgekeep/formats/receipt.h"

#include "fields.h"

namespace edgekeep::formats {
namespace {

constexpr std::string_view kType = "edgekeep/receipt";

Status Check(const ReceiptBatch& batch) {
  EK_TRY(CheckProduct(batch.product));
  EK_TRY(CheckVersion(batch.version));
  EK_TRY(CheckTime(batch.signed_at));
  if (batch.count == 0 || batch.count > kMaxCallsOfBatch) return Malformed("receipts: number of calls");
  if (batch.first > UINT64_MAX - batch.count) return Malformed("receipts: numbers of calls");
  return {};
}

Result<ReceiptPath> ReadPath(FieldReader& fields, CborReader& in) {
  EK_TRY(fields.At(5));
  EK_TRY_ASSIGN(const std::size_t count, in.ReadArray());
  if (count > kMaxReceiptPath) return Error(ErrorCode::kTooLarge, "receipt: path");
  ReceiptPath path;
  for (std::size_t i = 0; i < count; ++i) {
    EK_TRY_ASSIGN(const ByteView bytes, in.ReadByteString());
    EK_TRY_ASSIGN(const Digest digest, Digest::From(bytes));
    EK_TRY(path.PushBack(digest));
  }
  return path;
}

}  // namespace

Status EncodeAnsweredCall(const AnsweredCall& call, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 3));
  EK_TRY(fields.Unsigned(1, call.number));
  EK_TRY(fields.ByteString(2, call.inputs.view()));
  return fields.ByteString(3, call.outputs.view());
}

Result<ReceiptBatch> DecodeReceiptBatch(ByteView payload) {
  EK_TRY(CheckLimit(payload, kMaxReceiptBatchSize));
  CborReader in(payload);
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  ReceiptBatch batch;
  EK_TRY_ASSIGN(batch.product, fields.Product(1));
  EK_TRY_ASSIGN(batch.version, fields.VersionOf(2));
  EK_TRY_ASSIGN(batch.sealed_file, fields.IdOf<SealedFileId>(3));
  EK_TRY_ASSIGN(batch.device, fields.IdOf<DeviceId>(4));
  EK_TRY_ASSIGN(batch.licence, fields.IdOf<LicenceId>(5));
  EK_TRY_ASSIGN(batch.serving, fields.IdOf<ServingId>(6));
  EK_TRY_ASSIGN(batch.first, fields.Unsigned<std::uint64_t>(7));
  EK_TRY_ASSIGN(batch.count, fields.Unsigned<std::uint64_t>(8));
  EK_TRY_ASSIGN(batch.root, fields.IdOf<Digest>(9));
  EK_TRY_ASSIGN(batch.signed_at, fields.NumberOf<UnixTime>(10));
  EK_TRY(fields.End());
  EK_TRY(in.ExpectEnd());
  EK_TRY(Check(batch));
  return batch;
}

Status EncodeReceiptBatch(const ReceiptBatch& batch, CborWriter& out) {
  EK_TRY(Check(batch));
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 10));
  EK_TRY(fields.Text(1, batch.product.view()));
  EK_TRY(fields.VersionOf(2, batch.version));
  EK_TRY(fields.ByteString(3, batch.sealed_file.view()));
  EK_TRY(fields.ByteString(4, batch.device.view()));
  EK_TRY(fields.ByteString(5, batch.licence.view()));
  EK_TRY(fields.ByteString(6, batch.serving.view()));
  EK_TRY(fields.Unsigned(7, batch.first));
  EK_TRY(fields.Unsigned(8, batch.count));
  EK_TRY(fields.ByteString(9, batch.root.view()));
  return fields.Unsigned(10, batch.signed_at.value);
}

Result<Receipt> DecodeReceipt(ByteView bytes) {
  EK_TRY(CheckLimit(bytes, kMaxReceiptSize));
  CborReader in(bytes);
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  EK_TRY(fields.Type(kType));
  Receipt receipt;
  EK_TRY_ASSIGN(receipt.batch, fields.ByteString(1));
  EK_TRY_ASSIGN(receipt.call.number, fields.Unsigned<std::uint64_t>(2));
  EK_TRY_ASSIGN(receipt.call.inputs, fields.IdOf<Digest>(3));
  EK_TRY_ASSIGN(receipt.call.outputs, fields.IdOf<Digest>(4));
  EK_TRY_ASSIGN(receipt.path, ReadPath(fields, in));
  EK_TRY(fields.End());
  EK_TRY(in.ExpectEnd());
  return receipt;
}

Status EncodeReceipt(const Receipt& receipt, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 6));
  EK_TRY(fields.Text(kTypeKey, kType));
  EK_TRY(fields.ByteString(1, receipt.batch));
  EK_TRY(fields.Unsigned(2, receipt.call.number));
  EK_TRY(fields.ByteString(3, receipt.call.inputs.view()));
  EK_TRY(fields.ByteString(4, receipt.call.outputs.view()));
  EK_TRY(fields.At(5));
  EK_TRY(out.Array(receipt.path.size()));
  for (const Digest& digest : receipt.path) EK_TRY(out.ByteString(digest.view()));
  return {};
}

}  // namespace edgekeep::formats
