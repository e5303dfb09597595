// Reading and writing of the fields of one map, in the order of their keys.
#pragma once
#include <limits>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include "checks.h"
#include "edgekeep/base/cbor_fields.h"

namespace edgekeep::formats {

// Files without a preamble or a `typ` header begin with this key: a text that says which kind and version they are.
inline constexpr std::int64_t kTypeKey = 0;

// As the calls of CborFieldReader, for what files hold.
class FieldReader : public CborFieldReader {
 public:
  static Result<FieldReader> Enter(CborReader& in) {
    EK_TRY_ASSIGN(CborMapReader map, CborMapReader::Enter(in));
    return FieldReader(in, map);
  }

  Result<std::string_view> Text(std::int64_t key);
  // [sequence, display text].
  Result<Version> VersionOf(std::int64_t key);
  Result<PublicKey> Key(std::int64_t key);
  // Takes kTypeKey. Fails with kUnsupported when it names another type.
  Status Type(std::string_view type);

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

 private:
  using CborFieldReader::CborFieldReader;
};

// As the calls of CborFieldWriter.
class FieldWriter : public CborFieldWriter {
 public:
  static Result<FieldWriter> Enter(CborWriter& out, std::size_t pairs) {
    EK_TRY(out.Map(pairs));
    return FieldWriter(out);
  }

  Status Text(std::int64_t key, std::string_view text);
  Status VersionOf(std::int64_t key, const Version& version);
  Status Key(std::int64_t key, const PublicKey& public_key);

 private:
  using CborFieldWriter::CborFieldWriter;
};

}  // namespace edgekeep::formats
