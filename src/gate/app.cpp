#include "edgekeep/gate/app.h"

#include "fields.h"

namespace edgekeep::gate {
namespace {

Result<OpenModelRequest> DecodeRequest(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  OpenModelRequest request;
  EK_TRY_ASSIGN(request.product, fields.Product(1));
  EK_TRY_ASSIGN(request.ring_bytes, fields.Unsigned<std::uint64_t>(2));
  EK_TRY_ASSIGN(request.threads, fields.Unsigned<std::uint32_t>(3));
  EK_TRY_ASSIGN(request.calls, fields.Unsigned<std::uint32_t>(4));
  EK_TRY(fields.End());
  return request;
}

Result<Features> DecodeFeatures(CborReader& in) {
  EK_TRY_ASSIGN(const std::size_t count, in.ReadArray());
  Features features;
  for (std::size_t i = 0; i < count; ++i) {
    EK_TRY_ASSIGN(const std::string_view text, in.ReadText());
    EK_TRY(CheckPrintable(text));
    EK_TRY_ASSIGN(const auto feature, InlineString<32>::From(text));
    EK_TRY(features.PushBack(feature));
  }
  return features;
}

Result<OpenModelAnswer> DecodeAnswer(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  OpenModelAnswer answer;
  EK_TRY_ASSIGN(answer.version, fields.VersionOf(1));
  EK_TRY(fields.At(2));
  EK_TRY_ASSIGN(answer.model, DecodeModelInfo(in));
  EK_TRY_ASSIGN(answer.ring_bytes, fields.Unsigned<std::uint64_t>(3));
  EK_TRY_ASSIGN(answer.provider, fields.Unsigned<std::uint8_t>(4));
  EK_TRY(fields.At(5));
  EK_TRY_ASSIGN(answer.features, DecodeFeatures(in));
  EK_TRY(fields.End());
  return answer;
}

}  // namespace

Result<OpenModelRequest> DecodeOpenModelRequest(ByteView body) {
  return DecodeWhole(body, DecodeRequest);
}

Status EncodeOpenModelRequest(const OpenModelRequest& request, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 4));
  EK_TRY(fields.Text(1, request.product.view()));
  EK_TRY(fields.Unsigned(2, request.ring_bytes));
  EK_TRY(fields.Unsigned(3, request.threads));
  return fields.Unsigned(4, request.calls);
}

Result<OpenModelAnswer> DecodeOpenModelAnswer(ByteView body) {
  return DecodeWhole(body, DecodeAnswer);
}

Status EncodeOpenModelAnswer(const OpenModelAnswer& answer, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 5));
  EK_TRY(fields.VersionOf(1, answer.version));
  EK_TRY(fields.At(2));
  EK_TRY(EncodeModelInfo(answer.model, out));
  EK_TRY(fields.Unsigned(3, answer.ring_bytes));
  EK_TRY(fields.Unsigned(4, answer.provider));
  EK_TRY(fields.At(5));
  EK_TRY(out.Array(answer.features.size()));
  for (const auto& feature : answer.features) EK_TRY(out.Text(feature.view()));
  return {};
}

}  // namespace edgekeep::gate
