// Writer of deterministic CBOR (RFC 8949 §4.2.1) into a caller's buffer.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/result.h"
#include "edgekeep/base/writer.h"

namespace edgekeep {

// Writes shortest heads only. The caller writes map keys in deterministic order. Every call fails with kTooLarge when
// the buffer is full.
class CborWriter {
 public:
  explicit CborWriter(MutableByteView buffer) noexcept : writer_(buffer) {}

  Status Unsigned(std::uint64_t value);
  Status Int(std::int64_t value);
  Status Bool(bool value);
  Status ByteString(ByteView bytes);
  Status Text(std::string_view text);
  Status Array(std::size_t size);
  Status Map(std::size_t pairs);
  Status Tag(std::uint64_t tag);
  // Already encoded CBOR.
  Status Encoded(ByteView cbor);

  ByteView written() const noexcept { return writer_.written(); }

 private:
  Writer writer_;
};

}  // namespace edgekeep
