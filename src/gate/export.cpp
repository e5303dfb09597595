#include "edgekeep/gate/export.h"

#include "slot_input.h"

namespace edgekeep::gate {
namespace {

Result<ExportedFiles> DecodeFiles(CborReader& in) {
  EK_TRY_ASSIGN(const std::size_t count, in.ReadArray());
  if (count == 0) return Error(ErrorCode::kMalformed, "no file to hand out");
  ExportedFiles files;
  for (std::size_t i = 0; i < count; ++i) {
    EK_TRY_ASSIGN(const std::string_view text, in.ReadText());
    EK_TRY(CheckPrintable(text));
    EK_TRY_ASSIGN(const auto file, InlineString<255>::From(text));
    EK_TRY(files.PushBack(file));
  }
  return files;
}

Status EncodeFiles(const ExportedFiles& files, CborWriter& out) {
  if (files.empty()) return Error(ErrorCode::kMalformed, "no file to hand out");
  EK_TRY(out.Array(files.size()));
  for (const auto& file : files) {
    EK_TRY(CheckPrintable(file.view()));
    EK_TRY(out.Text(file.view()));
  }
  return {};
}

Result<ExportModelRequest> DecodeRequest(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  ExportModelRequest request;
  EK_TRY_ASSIGN(request.product, fields.Product(1));
  EK_TRY(fields.At(2));
  EK_TRY_ASSIGN(request.files, DecodeFiles(in));
  EK_TRY(fields.End());
  return request;
}

Result<ExportModelAnswer> DecodeAnswer(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  ExportModelAnswer answer;
  EK_TRY_ASSIGN(answer.version, fields.VersionOf(1));
  EK_TRY(fields.End());
  return answer;
}

Result<ExportPackageOrder> DecodeOrder(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  ExportPackageOrder order;
  EK_TRY(fields.At(1));
  EK_TRY_ASSIGN(order.canonical, DecodeSlotInput(in));
  EK_TRY(fields.At(2));
  EK_TRY_ASSIGN(order.files, DecodeFiles(in));
  EK_TRY(fields.End());
  return order;
}

}  // namespace

Result<ExportModelRequest> DecodeExportModelRequest(ByteView body) {
  return DecodeWhole(body, DecodeRequest);
}

Status EncodeExportModelRequest(const ExportModelRequest& request, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 2));
  EK_TRY(fields.Text(1, request.product.view()));
  EK_TRY(fields.At(2));
  return EncodeFiles(request.files, out);
}

Result<ExportModelAnswer> DecodeExportModelAnswer(ByteView body) {
  return DecodeWhole(body, DecodeAnswer);
}

Status EncodeExportModelAnswer(const ExportModelAnswer& answer, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 1));
  return fields.VersionOf(1, answer.version);
}

Result<ExportPackageOrder> DecodeExportPackageOrder(ByteView body) {
  return DecodeWhole(body, DecodeOrder);
}

Status EncodeExportPackageOrder(const ExportPackageOrder& order, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 2));
  EK_TRY(fields.At(1));
  EK_TRY(EncodeSlotInput(order.canonical, out));
  EK_TRY(fields.At(2));
  return EncodeFiles(order.files, out);
}

}  // namespace edgekeep::gate
