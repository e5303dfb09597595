// What one application stores, as the keep seals it (spec/keep-state.md §12).
#pragma once
#include <string_view>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/cbor_writer.h"
#include "edgekeep/base/inline_vector.h"
#include "edgekeep/base/result.h"

namespace edgekeep::formats {

inline constexpr std::size_t kMaxStoredValues = 64;
inline constexpr std::size_t kMaxStoredValueSize = 16'384;
// Of all of an application's together, encoded.
inline constexpr std::size_t kMaxStoredValuesSize = 65'536;

// Borrows from what it was decoded from. Both are secret: whoever holds that memory wipes it.
struct StoredValue {
  std::string_view name;
  ByteView value;
};

// Ascending names, at least one.
using StoredValues = InlineVector<StoredValue, kMaxStoredValues>;

Result<StoredValues> DecodeStoredValues(ByteView bytes);
// Fails with kTooLarge where `out` is full, and with kMalformed for what the decoder refuses.
Status EncodeStoredValues(const StoredValues& values, CborWriter& out);

}  // namespace edgekeep::formats
