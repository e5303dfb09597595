#include "string_tensors.h"

#include <algorithm>

#include "edgekeep/base/strings.h"
#include "edgekeep/engine/element_type.h"

namespace edgekeep::engine {
namespace {

constexpr const char* kWhere = "engine: strings";

Status CheckInput(const InputTensor& input, std::size_t count) {
  if (count > kMaxStrings || !CheckStrings(input.bytes, count)) {
    return Error(ErrorCode::kBadTensor, "strings of an input");
  }
  return {};
}

}  // namespace

Result<Handle<OrtValue>> MakeStringTensor(const OrtApi& api, const InputTensor& input) {
  EK_TRY_ASSIGN(const std::size_t count, NumElements(input.shape.view()));
  EK_TRY(CheckInput(input, count));
  OrtAllocator* allocator = nullptr;
  EK_TRY(Check(api, api.GetAllocatorWithDefaultOptions(&allocator), kWhere));
  OrtValue* made = nullptr;
  EK_TRY(CheckRun(api,
                  api.CreateTensorAsOrtValue(allocator, input.shape.view().data(), input.shape.size(),
                                             ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING, &made),
                  "engine: input"));
  Handle<OrtValue> value = Own(made, api.ReleaseValue);
  for (std::size_t i = 0; i < count; ++i) {
    EK_TRY_ASSIGN(const ByteView string, StringAt(input.bytes, count, i));
    char* room = nullptr;
    EK_TRY(Check(api, api.GetResizedStringTensorElementBuffer(made, i, string.size(), &room), kWhere));
    std::ranges::copy(AsText(string), room);
  }
  return value;
}

Result<SecretBytes> ReadStringTensor(const OrtApi& api, const OrtValue& value, std::size_t count) {
  if (count == 0) return SecretBytes();
  std::size_t content = 0;
  EK_TRY(Check(api, api.GetStringTensorDataLength(&value, &content), kWhere));
  EK_TRY_ASSIGN(const std::size_t size, StringsSize(count, content));
  EK_TRY_ASSIGN(SecretBytes bytes, SecretBytes::Allocate(size));
  StringWriter writer(bytes.RevealForWriting(), count);
  for (std::size_t i = 0; i < count; ++i) {
    std::size_t length = 0;
    EK_TRY(Check(api, api.GetStringTensorElementLength(&value, i, &length), kWhere));
    EK_TRY_ASSIGN(const MutableByteView room, writer.Append(length));
    EK_TRY(Check(api, api.GetStringTensorElement(&value, length, i, room.data()), kWhere));
  }
  return bytes;
}

}  // namespace edgekeep::engine
