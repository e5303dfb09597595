#include "edgekeep/formats/stored_values.h"

#include "edgekeep/base/cbor_reader.h"
#include "edgekeep/base/value_name.h"

namespace edgekeep::formats {
namespace {

// `before`: the one in front, or null.
Status Check(const StoredValue& value, const StoredValue* before) {
  EK_TRY(ValueName::Parse(value.name));
  if (value.value.size() > kMaxStoredValueSize) return Error(ErrorCode::kTooLarge, "stored value");
  if (before != nullptr && before->name >= value.name) return Error(ErrorCode::kMalformed, "stored values: order");
  return {};
}

Status Check(const StoredValues& values) {
  if (values.empty()) return Error(ErrorCode::kMalformed, "stored values: none");
  for (std::size_t i = 0; i < values.size(); ++i) EK_TRY(Check(values[i], i == 0 ? nullptr : &values[i - 1]));
  return {};
}

}  // namespace

Result<StoredValues> DecodeStoredValues(ByteView bytes) {
  if (bytes.size() > kMaxStoredValuesSize) return Error(ErrorCode::kTooLarge, "stored values");
  CborReader in(bytes);
  EK_TRY_ASSIGN(const std::size_t count, in.ReadArray());
  StoredValues values;
  for (std::size_t i = 0; i < count; ++i) {
    EK_TRY(in.ExpectArray(2));
    StoredValue value;
    EK_TRY_ASSIGN(value.name, in.ReadText());
    EK_TRY_ASSIGN(value.value, in.ReadByteString());
    EK_TRY(values.PushBack(value));
  }
  EK_TRY(in.ExpectEnd());
  EK_TRY(Check(values));
  return values;
}

Status EncodeStoredValues(const StoredValues& values, CborWriter& out) {
  EK_TRY(Check(values));
  EK_TRY(out.Array(values.size()));
  for (const StoredValue& value : values) {
    EK_TRY(out.Array(2));
    EK_TRY(out.Text(value.name));
    EK_TRY(out.ByteString(value.value));
  }
  return {};
}

}  // namespace edgekeep::formats
