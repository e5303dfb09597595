#include "strings.h"

#include <cstring>
#include <span>

#include "edgekeep/base/strings.h"
#include "edgekeep/gate/ring.h"

namespace edgekeep::client {
namespace {

std::span<const ek_string> StringsOf(const ek_input& input) {
  return {static_cast<const ek_string*>(input.data), input.size / sizeof(ek_string)};
}

// Fails with kBadArgument for what is no output of strings.
Result<std::uint64_t> NumStringsOf(const ek_output& output) {
  const Error wrong(ErrorCode::kBadArgument, "no output of strings");
  if (output.type != EK_STRING || output.rank > EK_MAX_RANK || (output.data == nullptr && output.size != 0)) {
    return wrong;
  }
  gate::TensorPlace place{.type = gate::ElementType::kString};
  for (std::uint32_t i = 0; i < output.rank; ++i) EK_TRY(place.shape.PushBack(output.shape[i]));
  const auto count = gate::NumStrings(place);
  if (!count) return wrong;
  return *count;
}

}  // namespace

Result<std::uint64_t> StringInputSize(const ek_input& input, std::uint64_t count) {
  if (count > kMaxStrings) return Error(ErrorCode::kTooLarge, "an input's number of strings");
  if (input.size != count * sizeof(ek_string)) return Error(ErrorCode::kBadTensor, "an input's number of strings");
  std::uint64_t content = 0;
  for (const ek_string& string : StringsOf(input)) {
    if (string.bytes == nullptr && string.size != 0) return Error(ErrorCode::kBadArgument, "a string without bytes");
    if (__builtin_add_overflow(content, string.size, &content))
      return Error(ErrorCode::kTooLarge, "an input's strings");
  }
  return StringsSize(count, content);
}

Status WriteStringInput(const ek_input& input, MutableByteView out) {
  const auto strings = StringsOf(input);
  StringWriter writer(out, strings.size());
  for (const ek_string& given : strings) {
    const ek_string string = given;
    const auto room = writer.Append(string.size);
    if (!room) return Error(ErrorCode::kBadArgument, "strings that change while they are handed in");
    if (string.size != 0) std::memcpy(room->data(), string.bytes, string.size);
  }
  return {};
}

}  // namespace edgekeep::client

// NOLINTBEGIN(readability-identifier-naming): C names
extern "C" ek_code ek_output_string(const ek_output* output, size_t index, ek_string* string) {
  if (output == nullptr || string == nullptr) return EK_BAD_ARGUMENT;
  const auto count = edgekeep::client::NumStringsOf(*output);
  if (!count || index >= *count) return EK_BAD_ARGUMENT;
  const edgekeep::ByteView bytes(static_cast<const std::uint8_t*>(output->data), output->size);
  const auto found = edgekeep::StringAt(bytes, *count, index);
  if (!found) return EK_MALFORMED;
  *string = {.bytes = reinterpret_cast<const char*>(found->data()), .size = found->size()};
  return EK_OK;
}

// NOLINTEND(readability-identifier-naming)
