// Reading and writing of the fields of one gate message's map, in the order of their keys.
#pragma once
#include <concepts>
#include <limits>
#include <string_view>

#include "edgekeep/base/cbor_reader.h"
#include "edgekeep/base/cbor_writer.h"
#include "edgekeep/base/ids.h"
#include "edgekeep/base/inline_string.h"
#include "edgekeep/base/secret.h"
#include "edgekeep/gate/policy_bytes.h"

namespace edgekeep::gate {

// Fails with kMalformed when `text` holds a control character: what crosses the gate ends up on people's terminals.
Status CheckPrintable(std::string_view text);

// Every call takes the next key, which must be `key`, and the value of that type. Fails with kMalformed or, over a
// bound, kTooLarge; views borrow from what the CborReader was made of.
class FieldReader {
 public:
  static Result<FieldReader> Enter(CborReader& in) {
    EK_TRY_ASSIGN(CborMapReader map, CborMapReader::Enter(in));
    return FieldReader(in, map);
  }

  // Takes the key alone; the caller reads the value next.
  Status At(std::int64_t key) { return map_.Key(key); }

  Result<bool> Has(std::int64_t key) { return map_.OptionalKey(key); }

  Status End() const { return map_.End(); }

  Result<bool> Flag(std::int64_t key);
  Result<ByteView> ByteString(std::int64_t key);
  Result<ProductName> Product(std::int64_t key);
  // [sequence, display text].
  Result<Version> VersionOf(std::int64_t key);
  // 32 bytes.
  Result<SecretArray<32>> Secret(std::int64_t key);

  // Optional: empty where the key is not next.
  Result<PolicyBytes> Policy(std::int64_t key);

  template <std::unsigned_integral T>
  Result<T> Unsigned(std::int64_t key) {
    EK_TRY(At(key));
    EK_TRY_ASSIGN(const std::uint64_t value, in_->ReadUnsigned());
    if (value > std::numeric_limits<T>::max()) return Error(ErrorCode::kMalformed, "number out of range");
    return static_cast<T>(value);
  }

  template <std::size_t N>
  Result<InlineString<N>> Text(std::int64_t key) {
    EK_TRY(At(key));
    EK_TRY_ASSIGN(const std::string_view text, in_->ReadText());
    EK_TRY(CheckPrintable(text));
    return InlineString<N>::From(text);
  }

  // Digests and ids.
  template <typename Id>
  Result<Id> IdOf(std::int64_t key) {
    EK_TRY_ASSIGN(const ByteView bytes, ByteString(key));
    return Id::From(bytes);
  }

 private:
  FieldReader(CborReader& in, CborMapReader map) noexcept : in_(&in), map_(map) {}

  CborReader* in_;
  CborMapReader map_;
};

// Writes the fields of a map; the caller names the keys in their order.
class FieldWriter {
 public:
  static Result<FieldWriter> Enter(CborWriter& out, std::size_t pairs) {
    EK_TRY(out.Map(pairs));
    return FieldWriter(out);
  }

  Status Unsigned(std::int64_t key, std::uint64_t value);
  Status Flag(std::int64_t key, bool value);
  Status ByteString(std::int64_t key, ByteView bytes);
  // Fails with kMalformed where the reader would.
  Status Text(std::int64_t key, std::string_view text);
  Status VersionOf(std::int64_t key, const Version& version);
  Status Secret(std::int64_t key, const SecretArray<32>& secret);
  // Nothing for an empty one.
  Status Policy(std::int64_t key, const PolicyBytes& policy);

  // Writes the key alone; the caller writes the value next.
  Status At(std::int64_t key) { return out_->Int(key); }

 private:
  explicit FieldWriter(CborWriter& out) noexcept : out_(&out) {}

  CborWriter* out_;
};

// Decodes a body that is one object and nothing behind it.
template <typename T>
Result<T> DecodeWhole(ByteView body, Result<T> (*decode)(CborReader&)) {
  CborReader in(body);
  Result<T> object = decode(in);
  if (!object) return object;
  EK_TRY(in.ExpectEnd());
  return object;
}

}  // namespace edgekeep::gate
