// What applications store with the keep (spec/gate.md §14). Bodies hold secrets: both sides wipe their buffers.
#pragma once
#include <optional>

#include "edgekeep/base/cbor_writer.h"
#include "edgekeep/base/inline_vector.h"
#include "edgekeep/base/value_name.h"

namespace edgekeep::gate {

inline constexpr std::size_t kMaxValueSize = 16'384;
inline constexpr std::size_t kMaxValues = 64;  // of one application

// kPutValue; the answer has no body. `value` borrows from the body.
struct PutValueRequest {
  ValueName name;
  ByteView value;
};

// kGetValue; the answer is the value as one byte string (admin.h, DecodeBlob).
struct GetValueRequest {
  ValueName name;
};

// kDeleteValues; the answer has no body.
struct DeleteValuesRequest {
  std::optional<ValueName> name;  // none: all of the application's, even where they are damaged
};

struct ListedValue {
  ValueName name;
  std::uint32_t size = 0;
};

// The answer to kListValues, which has no body. Names ascend.
struct ListValuesAnswer {
  InlineVector<ListedValue, kMaxValues> values;
  std::uint32_t bytes_used = 0;    // of those that an application has
  std::uint32_t changes_left = 0;  // that it may make now
};

Result<PutValueRequest> DecodePutValueRequest(ByteView body);
Status EncodePutValueRequest(const PutValueRequest& request, CborWriter& out);
Result<GetValueRequest> DecodeGetValueRequest(ByteView body);
Status EncodeGetValueRequest(const GetValueRequest& request, CborWriter& out);
Result<DeleteValuesRequest> DecodeDeleteValuesRequest(ByteView body);
Status EncodeDeleteValuesRequest(const DeleteValuesRequest& request, CborWriter& out);
Result<ListValuesAnswer> DecodeListValuesAnswer(ByteView body);
Status EncodeListValuesAnswer(const ListValuesAnswer& answer, CborWriter& out);

}  // namespace edgekeep::gate
