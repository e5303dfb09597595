#include "edgekeep/formats/signed_object.h"

#include <algorithm>
#include <array>

#include "edgekeep/base/cbor_reader.h"
#include "fields.h"

namespace edgekeep::formats {
namespace {

constexpr std::uint64_t kCoseSignTag = 98;
constexpr std::int64_t kAlgorithmHeader = 1;
constexpr std::int64_t kKidHeader = 4;
constexpr std::int64_t kTypHeader = 16;
constexpr std::size_t kMaxTypeSize = 64;
// Of a protected header: a map's head, keys, and either the type or algorithm (9) and kid (34).
constexpr std::size_t kMaxProtectedSize = kMaxTypeSize + 8;

using ProtectedBuffer = std::array<std::uint8_t, kMaxProtectedSize>;

Status Check(const SignatureEntry& entry) {
  if (entry.cose_algorithm == 0) return Malformed("signature: algorithm 0 is reserved");
  if (entry.signature.empty() || entry.signature.size() > kMaxSignatureBytes) return Malformed("signature: size");
  return {};
}

Status Check(const SignedObject& object) {
  if (object.signatures.empty()) return Malformed("signed object without a signature");
  for (const SignatureEntry& entry : object.signatures) {
    EK_TRY(Check(entry));
    const auto same = [&](const SignatureEntry& other) { return other.kid == entry.kid; };
    if (std::ranges::count_if(object.signatures, same) != 1) return Malformed("two signatures of one key");
  }
  return {};
}

Status EncodeBodyProtected(std::string_view type, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 1));
  return fields.Text(kTypHeader, type);
}

Status EncodeSignerProtected(std::int64_t cose_algorithm, const KeyId& kid, CborWriter& out) {
  EK_TRY_ASSIGN(FieldWriter fields, FieldWriter::Enter(out, 2));
  EK_TRY(fields.At(kAlgorithmHeader));
  EK_TRY(out.Int(cose_algorithm));
  return fields.ByteString(kKidHeader, kid.view());
}

// Both protected headers are byte strings that hold encoded maps (RFC 9052 §3).
Status WriteBodyProtected(std::string_view type, CborWriter& out) {
  ProtectedBuffer buffer;
  CborWriter header(buffer);
  EK_TRY(EncodeBodyProtected(type, header));
  return out.ByteString(header.written());
}

Status WriteSignerProtected(std::int64_t cose_algorithm, const KeyId& kid, CborWriter& out) {
  ProtectedBuffer buffer;
  CborWriter header(buffer);
  EK_TRY(EncodeSignerProtected(cose_algorithm, kid, header));
  return out.ByteString(header.written());
}

Status ReadBodyProtected(std::string_view type, CborReader& in) {
  EK_TRY_ASSIGN(const ByteView header, in.ReadByteString());
  CborReader inner(header);
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(inner));
  EK_TRY_ASSIGN(const std::string_view found, fields.Text(kTypHeader));
  EK_TRY(fields.End());
  EK_TRY(inner.ExpectEnd());
  if (found != type) return Error(ErrorCode::kUnsupported, "signed object of another type");
  return {};
}

Status ReadSignerProtected(CborReader& in, SignatureEntry& entry) {
  EK_TRY_ASSIGN(const ByteView header, in.ReadByteString());
  CborReader inner(header);
  EK_TRY_ASSIGN(FieldReader fields, FieldReader::Enter(inner));
  EK_TRY(fields.At(kAlgorithmHeader));
  EK_TRY_ASSIGN(entry.cose_algorithm, inner.ReadInt());
  EK_TRY_ASSIGN(entry.kid, fields.IdOf<KeyId>(kKidHeader));
  EK_TRY(fields.End());
  return inner.ExpectEnd();
}

Status ReadEmptyMap(CborReader& in) {
  EK_TRY_ASSIGN(const std::size_t pairs, in.ReadMap());
  if (pairs != 0) return Malformed("signed object: unprotected header");
  return {};
}

Result<SignatureEntry> ReadSignature(CborReader& in) {
  SignatureEntry entry;
  EK_TRY(in.ExpectArray(3));
  EK_TRY(ReadSignerProtected(in, entry));
  EK_TRY(ReadEmptyMap(in));
  EK_TRY_ASSIGN(entry.signature, in.ReadByteString());
  return entry;
}

Status WriteSignature(const SignatureEntry& entry, CborWriter& out) {
  EK_TRY(out.Array(3));
  EK_TRY(WriteSignerProtected(entry.cose_algorithm, entry.kid, out));
  EK_TRY(out.Map(0));
  return out.ByteString(entry.signature);
}

}  // namespace

Result<SignedObject> DecodeSignedObject(std::string_view type, ByteView bytes) {
  CborReader in(bytes);
  EK_TRY(in.ExpectTag(kCoseSignTag));
  EK_TRY(in.ExpectArray(4));
  EK_TRY(ReadBodyProtected(type, in));
  EK_TRY(ReadEmptyMap(in));
  SignedObject object;
  EK_TRY_ASSIGN(object.payload, in.ReadByteString());
  EK_TRY_ASSIGN(const std::size_t count, in.ReadArray());
  for (std::size_t i = 0; i < count; ++i) {
    EK_TRY_ASSIGN(const SignatureEntry entry, ReadSignature(in));
    EK_TRY(object.signatures.PushBack(entry));
  }
  EK_TRY(in.ExpectEnd());
  EK_TRY(Check(object));
  return object;
}

Status EncodeToBeSigned(std::string_view type, std::int64_t cose_algorithm, const KeyId& kid, ByteView payload,
                        CborWriter& out) {
  EK_TRY(out.Array(5));
  EK_TRY(out.Text("Signature"));
  EK_TRY(WriteBodyProtected(type, out));
  EK_TRY(WriteSignerProtected(cose_algorithm, kid, out));
  EK_TRY(out.ByteString({}));  // external_aad
  return out.ByteString(payload);
}

Status EncodeSignedObject(std::string_view type, const SignedObject& object, CborWriter& out) {
  EK_TRY(Check(object));
  EK_TRY(out.Tag(kCoseSignTag));
  EK_TRY(out.Array(4));
  EK_TRY(WriteBodyProtected(type, out));
  EK_TRY(out.Map(0));
  EK_TRY(out.ByteString(object.payload));
  EK_TRY(out.Array(object.signatures.size()));
  for (const SignatureEntry& entry : object.signatures) EK_TRY(WriteSignature(entry, out));
  return {};
}

}  // namespace edgekeep::formats
