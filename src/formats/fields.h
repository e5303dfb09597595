// Reading and writing of the fields of one map, in the order of their keys.
#pragma once
#include <concepts>
#include <limits>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include "checks.h"
#include "edgekeep/base/cbor_reader.h"
#include "edgekeep/base/cbor_writer.h"
#include "edgekeep/base/ids.h"

namespace edgekeep::formats {

// Files without a preamble or a `typ` header begin with this key: a text that says which kind and version they are.
inline constexpr std::int64_t kTypeKey = 0;

// Every call takes the next key, which must be `key`, and the value of that type. Fails with kMalformed; views borrow
// from what the CborReader was made of.
class FieldReader {
 public:
  static Result<FieldReader> Enter(CborReader& in) {
    EK_TRY_ASSIGN(CborMapReader map, CborMapReader::Enter(in));
    return FieldReader(in, map);
  }

  // Takes the key alone; the caller reads the value next.
  Status At(std::int64_t key) { return map_.Key(key); }

  Result<bool> Has(std::int64_t key) { return map_.OptionalKey(key); }

  Result<ByteView> ByteString(std::int64_t key);
  Result<std::string_view> Text(std::int64_t key);
  Result<ProductName> Product(std::int64_t key);
  // [sequence, display text].
  Result<Version> VersionOf(std::int64_t key);
  Result<PublicKey> Key(std::int64_t key);
  // Takes kTypeKey. Fails with kUnsupported when it names another type.
  Status Type(std::string_view type);

  Status End() const { return map_.End(); }

  template <std::unsigned_integral T>
  Result<T> Unsigned(std::int64_t key) {
    EK_TRY(At(key));
    EK_TRY_ASSIGN(const std::uint64_t value, in_->ReadUnsigned());
    if (value > std::numeric_limits<T>::max()) return Malformed("number out of range");
    return static_cast<T>(value);
  }

  // Epoch, Sequence, UnixTime.
  template <typename Number>
  Result<Number> NumberOf(std::int64_t key) {
    EK_TRY_ASSIGN(const std::uint64_t value, Unsigned<std::uint64_t>(key));
    return Number{value};
  }

  // Fails with kUnsupported when the number does not fit the enumeration's type; CheckEnum judges the rest.
  template <typename Enum>
  Result<Enum> EnumOf(std::int64_t key) {
    EK_TRY_ASSIGN(const std::uint64_t value, Unsigned<std::uint64_t>(key));
    using Number = std::underlying_type_t<Enum>;
    if (value > std::numeric_limits<Number>::max()) return Error(ErrorCode::kUnsupported, "unknown kind");
    return static_cast<Enum>(value);
  }

  // Digests, ids, salts.
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
  Status ByteString(std::int64_t key, ByteView bytes);
  Status Text(std::int64_t key, std::string_view text);
  Status VersionOf(std::int64_t key, const Version& version);
  Status Key(std::int64_t key, const PublicKey& public_key);

  // Writes the key alone; the caller writes the value next.
  Status At(std::int64_t key) { return out_->Int(key); }

 private:
  explicit FieldWriter(CborWriter& out) noexcept : out_(&out) {}

  CborWriter* out_;
};

}  // namespace edgekeep::formats
