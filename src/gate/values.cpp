#include "edgekeep/gate/values.h"

#include "fields.h"

namespace edgekeep::gate {
namespace {

Result<ValueName> ReadName(CborReader& in) {
  EK_TRY_ASSIGN(const std::string_view text, in.ReadText());
  return ValueName::Parse(text);
}

Status CheckValue(ByteView value) {
  return value.size() <= kMaxValueSize ? Status() : Error(ErrorCode::kTooLarge, "a value to store");
}

Result<PutValueRequest> DecodePut(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  PutValueRequest request;
  EK_TRY(fields.At(1));
  EK_TRY_ASSIGN(request.name, ReadName(in));
  EK_TRY_ASSIGN(request.value, fields.ByteString(2));
  EK_TRY(CheckValue(request.value));
  EK_TRY(fields.End());
  return request;
}

Result<GetValueRequest> DecodeGet(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  GetValueRequest request;
  EK_TRY(fields.At(1));
  EK_TRY_ASSIGN(request.name, ReadName(in));
  EK_TRY(fields.End());
  return request;
}

Result<DeleteValuesRequest> DecodeDelete(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  DeleteValuesRequest request;
  EK_TRY_ASSIGN(const bool names_one, fields.Has(1));
  if (names_one) {
    EK_TRY_ASSIGN(request.name, ReadName(in));
  }
  EK_TRY(fields.End());
  return request;
}

Result<ListedValue> ReadListed(CborReader& in) {
  EK_TRY(in.ExpectArray(2));
  ListedValue listed;
  EK_TRY_ASSIGN(listed.name, ReadName(in));
  EK_TRY_ASSIGN(const std::uint64_t size, in.ReadUnsigned());
  if (size > kMaxValueSize) return Error(ErrorCode::kMalformed, "list of values: size");
  listed.size = static_cast<std::uint32_t>(size);
  return listed;
}

Status CheckOrder(const ListValuesAnswer& answer) {
  for (std::size_t i = 1; i < answer.values.size(); ++i) {
    if (answer.values[i - 1].name.view() >= answer.values[i].name.view()) {
      return Error(ErrorCode::kMalformed, "list of values: order");
    }
  }
  return {};
}

Result<ListValuesAnswer> DecodeList(CborReader& in) {
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(in));
  ListValuesAnswer answer;
  EK_TRY(fields.At(1));
  EK_TRY_ASSIGN(const std::size_t count, in.ReadArray());
  for (std::size_t i = 0; i < count; ++i) {
    EK_TRY_ASSIGN(const ListedValue listed, ReadListed(in));
    EK_TRY(answer.values.PushBack(listed));
  }
  EK_TRY(CheckOrder(answer));
  EK_TRY_ASSIGN(answer.bytes_used, fields.Unsigned<std::uint32_t>(2));
  EK_TRY_ASSIGN(answer.changes_left, fields.Unsigned<std::uint32_t>(3));
  EK_TRY(fields.End());
  return answer;
}

}  // namespace

Result<PutValueRequest> DecodePutValueRequest(ByteView body) {
  return DecodeWhole(body, DecodePut);
}

Status EncodePutValueRequest(const PutValueRequest& request, CborWriter& out) {
  EK_TRY(CheckValue(request.value));
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 2));
  EK_TRY(fields.Text(1, request.name.view()));
  return fields.ByteString(2, request.value);
}

Result<GetValueRequest> DecodeGetValueRequest(ByteView body) {
  return DecodeWhole(body, DecodeGet);
}

Status EncodeGetValueRequest(const GetValueRequest& request, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 1));
  return fields.Text(1, request.name.view());
}

Result<DeleteValuesRequest> DecodeDeleteValuesRequest(ByteView body) {
  return DecodeWhole(body, DecodeDelete);
}

Status EncodeDeleteValuesRequest(const DeleteValuesRequest& request, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, request.name ? 1 : 0));
  return request.name ? fields.Text(1, request.name->view()) : Status();
}

Result<ListValuesAnswer> DecodeListValuesAnswer(ByteView body) {
  return DecodeWhole(body, DecodeList);
}

Status EncodeListValuesAnswer(const ListValuesAnswer& answer, CborWriter& out) {
  EK_TRY(CheckOrder(answer));
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 3));
  EK_TRY(fields.At(1));
  EK_TRY(out.Array(answer.values.size()));
  for (const ListedValue& listed : answer.values) {
    EK_TRY(out.Array(2));
    EK_TRY(out.Text(listed.name.view()));
    EK_TRY(out.Unsigned(listed.size));
  }
  EK_TRY(fields.Unsigned(2, answer.bytes_used));
  return fields.Unsigned(3, answer.changes_left);
}

}  // namespace edgekeep::gate
