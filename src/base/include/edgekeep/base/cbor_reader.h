// Strict reader of deterministic CBOR (RFC 8949 §4.2.1): whatever has a second encoding is refused.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/result.h"

namespace edgekeep {

// Refuses with kMalformed: longer-than-needed heads, indefinite lengths, floats, unassigned simple values, text that is
// not UTF-8, lengths over what remains. Nothing is allocated; views borrow from the input. A failed read consumes
// nothing.
class CborReader {
 public:
  explicit CborReader(ByteView bytes) noexcept : rest_(bytes) {}

  Result<std::uint64_t> ReadUnsigned();
  // Also reads unsigned values up to INT64_MAX.
  Result<std::int64_t> ReadInt();
  Result<bool> ReadBool();
  Result<ByteView> ReadByteString();
  // Fails with kMalformed unless the string has exactly `size` bytes.
  Result<ByteView> ReadByteString(std::size_t size);
  Result<std::string_view> ReadText();
  // Return the number of elements or pairs; never more than the remaining bytes could hold.
  Result<std::size_t> ReadArray();
  Result<std::size_t> ReadMap();
  // Fails with kMalformed unless the next array has exactly `size` elements.
  Status ExpectArray(std::size_t size);
  Status ExpectTag(std::uint64_t tag);
  Status ExpectText(std::string_view text);
  Status ExpectEnd() const;

  std::size_t remaining() const noexcept { return rest_.size(); }

 private:
  friend class CborMapReader;
  ByteView rest_;
};

// Reads one map with integer keys in their deterministic order (RFC 8949 §4.2.1: 0, 1, 2 … then -1, -2 …). Ask for the
// keys in that order; a key that is neither asked for nor expected is refused, so a map has one accepted shape.
class CborMapReader {
 public:
  static Result<CborMapReader> Enter(CborReader& reader);

  // Fails with kMalformed unless the next key is `key`; then read the value from the reader.
  Status Key(std::int64_t key);
  // True, and the key consumed, when the next key is `key`.
  Result<bool> OptionalKey(std::int64_t key);
  // Fails with kMalformed when pairs are left.
  Status End() const;

 private:
  CborMapReader(CborReader& reader, std::size_t left) noexcept : reader_(&reader), left_(left) {}

  CborReader* reader_;
  std::size_t left_;
};

}  // namespace edgekeep
