#include "edgekeep/crypto/subject_public_key.h"

#include <array>

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

struct Row {
  ByteView oid;
  Parameters parameters;
  AlgorithmId algorithm;
};

constexpr std::array kRows = {
    Row{kRsaEncryption, Parameters::kNull, AlgorithmId::kRsaPssSha256},
    Row{kEcPublicKey, Parameters::kP256, AlgorithmId::kEcdsaP256Sha256},
    Row{kEd25519, Parameters::kAbsent, AlgorithmId::kEd25519},
    Row{kMlDsa44, Parameters::kAbsent, AlgorithmId::kMlDsa44},
    Row{kMlDsa65, Parameters::kAbsent, AlgorithmId::kMlDsa65},
    Row{kMlDsa87, Parameters::kAbsent, AlgorithmId::kMlDsa87},
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
  for (const Row& row : kRows) {
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

// Returns 64 for what is no base64 character.
std::uint8_t ValueOf(char c) {
  if (c >= 'A' && c <= 'Z') return static_cast<std::uint8_t>(c - 'A');
  if (c >= 'a' && c <= 'z') return static_cast<std::uint8_t>(c - 'a' + 26);
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0' + 52);
  if (c == '+') return 62;
  return c == '/' ? 63 : 64;
}

// Takes one character after the other and writes bytes as they are complete.
class Base64Decoder {
 public:
  explicit Base64Decoder(MutableByteView out) : out_(out) {}

  Status Take(char c) {
    if (c == '=') return TakePadding();
    const std::uint8_t value = ValueOf(c);
    if (value == 64 || num_padding_ > 0) return Refused();
    bits_ = bits_ << 6 | value;
    num_bits_ += 6;
    ++num_characters_;
    if (num_bits_ < 8) return {};
    num_bits_ -= 8;
    out_[size_++] = static_cast<std::uint8_t>(bits_ >> num_bits_);
    bits_ &= (1U << num_bits_) - 1;
    return {};
  }

  // Bits that no byte took must be zero: one text for one key.
  Result<std::size_t> Finish() const {
    if ((num_characters_ + num_padding_) % 4 != 0 || bits_ != 0) return Refused();
    return size_;
  }

 private:
  static Error Refused() { return Error(ErrorCode::kMalformed, "base64"); }

  Status TakePadding() {
    ++num_padding_;
    const bool fits = num_padding_ <= 2 && num_characters_ % 4 + num_padding_ <= 4 && num_characters_ % 4 >= 2;
    return fits ? Status() : Status(Refused());
  }

  MutableByteView out_;
  std::uint32_t bits_ = 0;
  unsigned num_bits_ = 0;
  std::size_t size_ = 0;
  std::size_t num_characters_ = 0;
  std::size_t num_padding_ = 0;
};

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
  EK_TRY_ASSIGN(Bytes der, Bytes::Allocate(text.size() / 4 * 3 + 3));
  Base64Decoder decoder(der.mutable_view());
  for (const char c : text) {
    if (!IsWhiteSpace(c)) EK_TRY(decoder.Take(c));
  }
  EK_TRY_ASSIGN(const std::size_t size, decoder.Finish());
  der.Truncate(size);
  return der;
}

}  // namespace edgekeep::crypto
