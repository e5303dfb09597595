// Reading and writing of the fields of one gate message's map, in the order of their keys.
#pragma once
#include <string_view>

#include "edgekeep/base/cbor_fields.h"
#include "edgekeep/base/inline_string.h"
#include "edgekeep/base/secret.h"
#include "edgekeep/gate/policy_bytes.h"

namespace edgekeep::gate {

// Fails with kMalformed when `text` holds a control character: what crosses the gate ends up on people's terminals.
Status CheckPrintable(std::string_view text);

// As the calls of CborFieldReader, for what messages hold; over a bound they fail with kTooLarge.
class FieldReader : public CborFieldReader {
 public:
  static Result<FieldReader> Enter(CborReader& in) {
    EK_TRY_ASSIGN(CborMapReader map, CborMapReader::Enter(in));
    return FieldReader(in, map);
  }

  Result<bool> Flag(std::int64_t key);
  // [sequence, display text].
  Result<Version> VersionOf(std::int64_t key);
  // 32 bytes.
  Result<SecretArray<32>> Secret(std::int64_t key);

  // Optional: empty where the key is not next.
  Result<PolicyBytes> Policy(std::int64_t key);

  template <std::size_t N>
  Result<InlineString<N>> Text(std::int64_t key) {
    EK_TRY(At(key));
    EK_TRY_ASSIGN(const std::string_view text, in().ReadText());
    EK_TRY(CheckPrintable(text));
    return InlineString<N>::From(text);
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

  Status Flag(std::int64_t key, bool value);
  // Fails with kMalformed where the reader would.
  Status Text(std::int64_t key, std::string_view text);
  Status VersionOf(std::int64_t key, const Version& version);
  Status Secret(std::int64_t key, const SecretArray<32>& secret);
  // Nothing for an empty one.
  Status Policy(std::int64_t key, const PolicyBytes& policy);

 private:
  using CborFieldWriter::CborFieldWriter;
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
