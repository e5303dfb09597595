#include "edgekeep/crypto/subject_public_key.h"

#include <array>

#include "edgekeep/base/base64.h"
#include "edgekeep/crypto/der.h"

namespace edgekeep::crypto {
namespace {

// Contents of OBJECT IDENTIFIERs.
constexpr std::array<std::uint8_t, 9> kRsaEncryption = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01};
constexpr std::array<std::uint8_t, 7> kEcPublicKey = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01};
constexpr std::array<std::uint8_t, 8> kPrime256v1Oid = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
constexpr std::array<std::uint8_t, 3> kEd25519 = {0x2b, 0x65, 0x70};
constexpr std::array<std::uint8_t, 9> kMlDsa44 = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x11};
constexpr std::array<std::uint8_t, 9> kMlDsa65 = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x12};
constexpr std::array<std::uint8_t, 9> kMlDsa87 = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x13};

enum class Parameters : std::uint8_t { kAbsent, kNull, kP256 };

struct KeyForm {
  ByteView oid;
  Parameters parameters;
  AlgorithmId algorithm;
};

constexpr std::array kKeyForms = {
    KeyForm{kRsaEncryption, Parameters::kNull, AlgorithmId::kRsaPssSha256},
    KeyForm{kEcPublicKey, Parameters::kP256, AlgorithmId::kEcdsaP256Sha256},
    KeyForm{kEd25519, Parameters::kAbsent, AlgorithmId::kEd25519},
    KeyForm{kMlDsa44, Parameters::kAbsent, AlgorithmId::kMlDsa44},
    KeyForm{kMlDsa65, Parameters::kAbsent, AlgorithmId::kMlDsa65},
    KeyForm{kMlDsa87, Parameters::kAbsent, AlgorithmId::kMlDsa87},
};

Status ReadParameters(Reader& reader, Parameters expected) {
  if (expected == Parameters::kNull) {
    EK_TRY_ASSIGN(const ByteView nothing, ReadDer(reader, DerTag::kNull));
    if (!nothing.empty()) return Error(ErrorCode::kMalformed, "public key parameters");
  } else if (expected == Parameters::kP256) {
    EK_TRY_ASSIGN(const ByteView curve, ReadDer(reader, DerTag::kObjectIdentifier));
    if (!Equal(curve, kPrime256v1Oid)) return Error(ErrorCode::kUnsupported, "elliptic curve");
  }
  return reader.ExpectEnd();
}

Result<AlgorithmId> ReadAlgorithm(ByteView identifier) {
  Reader reader(identifier);
  EK_TRY_ASSIGN(const ByteView oid, ReadDer(reader, DerTag::kObjectIdentifier));
  for (const KeyForm& row : kKeyForms) {
    if (!Equal(oid, row.oid)) continue;
    EK_TRY(ReadParameters(reader, row.parameters));
    return row.algorithm;
  }
  return Error(ErrorCode::kUnsupported, "public key algorithm");
}

bool IsWhiteSpace(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsWhiteSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsWhiteSpace(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

Result<SubjectPublicKey> ReadSubjectPublicKey(ByteView der) {
  Reader outer(der);
  EK_TRY_ASSIGN(const ByteView info, ReadDer(outer, DerTag::kSequence));
  EK_TRY(outer.ExpectEnd());
  Reader inner(info);
  EK_TRY_ASSIGN(const ByteView identifier, ReadDer(inner, DerTag::kSequence));
  EK_TRY_ASSIGN(const AlgorithmId algorithm, ReadAlgorithm(identifier));
  EK_TRY_ASSIGN(const ByteView bits, ReadDer(inner, DerTag::kBitString));
  EK_TRY(inner.ExpectEnd());
  // The first octet counts the bits that are not used: a key is made of whole bytes.
  if (bits.empty() || bits[0] != 0) return Error(ErrorCode::kMalformed, "public key bits");
  return SubjectPublicKey{algorithm, bits.subspan(1)};
}

Result<Bytes> DecodePublicKeyPem(std::string_view text) {
  constexpr std::string_view kBegin = "-----BEGIN PUBLIC KEY-----";
  constexpr std::string_view kEnd = "-----END PUBLIC KEY-----";
  text = Trim(text);
  if (!text.starts_with(kBegin)) return Error(ErrorCode::kMalformed, "PEM");
  text.remove_prefix(kBegin.size());
  if (!text.ends_with(kEnd)) return Error(ErrorCode::kMalformed, "PEM");
  text.remove_suffix(kEnd.size());
  EK_TRY_ASSIGN(Bytes packed, Bytes::Allocate(text.size()));
  std::size_t num_characters = 0;
  for (const char c : text) {
    if (!IsWhiteSpace(c)) packed.mutable_view()[num_characters++] = static_cast<std::uint8_t>(c);
  }
  EK_TRY_ASSIGN(Bytes der, Bytes::Allocate(num_characters / 4 * 3));
  EK_TRY_ASSIGN(const ByteView decoded, DecodeBase64(AsText(packed.view().first(num_characters)), der.mutable_view()));
  der.Truncate(decoded.size());
  return der;
}

}  // namespace edgekeep::crypto
