#include "edgekeep/formats/sign1.h"

#include <array>

#include "edgekeep/base/cbor_reader.h"
#include "fields.h"

namespace edgekeep::formats {
namespace {

constexpr std::uint64_t kCoseSign1Tag = 18;
constexpr std::int64_t kAlg = 1;
constexpr std::int64_t kKid = 4;
constexpr std::int64_t kTyp = 16;
// A type of at most 64 characters, an algorithm, a kid, and their keys.
constexpr std::size_t kMaxSign1Header = 128;

Status WriteHeader(std::string_view type, std::int64_t cose_algorithm, const KeyId& kid, CborWriter& out) {
  std::array<std::uint8_t, kMaxSign1Header> buffer;
  CborWriter header(buffer);
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(header, 3));
  EK_TRY(fields.At(kAlg));
  EK_TRY(header.Int(cose_algorithm));
  EK_TRY(fields.ByteString(kKid, kid.view()));
  EK_TRY(fields.Text(kTyp, type));
  return out.ByteString(header.written());
}

Status ReadHeader(std::string_view type, CborReader& in, SignatureEntry& entry) {
  EK_TRY_ASSIGN(const ByteView header, in.ReadByteString());
  CborReader inner(header);
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(inner));
  EK_TRY(fields.At(kAlg));
  EK_TRY_ASSIGN(entry.cose_algorithm, inner.ReadInt());
  EK_TRY_ASSIGN(entry.kid, fields.IdOf<KeyId>(kKid));
  EK_TRY_ASSIGN(const std::string_view found, fields.Text(kTyp));
  EK_TRY(fields.End());
  EK_TRY(inner.ExpectEnd());
  if (found != type) return Error(ErrorCode::kUnsupported, "signed object of another type");
  return {};
}

Status CheckEntry(const SignatureEntry& entry) {
  if (entry.cose_algorithm == 0) return Malformed("signature: algorithm 0 is reserved");
  if (entry.signature.empty() || entry.signature.size() > kMaxSignatureBytes) return Malformed("signature: size");
  return {};
}

}  // namespace

Result<Sign1> DecodeSign1(std::string_view type, ByteView bytes) {
  CborReader in(bytes);
  EK_TRY(in.ExpectTag(kCoseSign1Tag));
  EK_TRY(in.ExpectArray(4));
  Sign1 object;
  EK_TRY(ReadHeader(type, in, object.entry));
  EK_TRY_ASSIGN(const std::size_t unprotected, in.ReadMap());
  if (unprotected != 0) return Malformed("signed object: unprotected header");
  EK_TRY_ASSIGN(object.payload, in.ReadByteString());
  EK_TRY_ASSIGN(object.entry.signature, in.ReadByteString());
  EK_TRY(in.ExpectEnd());
  EK_TRY(CheckEntry(object.entry));
  return object;
}

Status EncodeSign1(std::string_view type, const Sign1& object, CborWriter& out) {
  EK_TRY(CheckEntry(object.entry));
  EK_TRY(out.Tag(kCoseSign1Tag));
  EK_TRY(out.Array(4));
  EK_TRY(WriteHeader(type, object.entry.cose_algorithm, object.entry.kid, out));
  EK_TRY(out.Map(0));
  EK_TRY(out.ByteString(object.payload));
  return out.ByteString(object.entry.signature);
}

Status EncodeSign1ToBeSigned(std::string_view type, std::int64_t cose_algorithm, const KeyId& kid, ByteView payload,
                             CborWriter& out) {
  EK_TRY(out.Array(4));
  EK_TRY(out.Text("Signature1"));
  EK_TRY(WriteHeader(type, cose_algorithm, kid, out));
  EK_TRY(out.ByteString({}));
  return out.ByteString(payload);
}

}  // namespace edgekeep::formats
