#include "rsa.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>

#include "edgekeep/base/reader.h"

namespace edgekeep::crypto {
namespace {

constexpr std::size_t kModulusSize = 256;
constexpr std::uint8_t kSequence = 0x30;
constexpr std::uint8_t kInteger = 0x02;

// The contents of one DER element with tag `tag` and a length below 65536 in its shortest form.
Result<ByteView> ReadElement(Reader& reader, std::uint8_t tag) {
  EK_TRY_ASSIGN(const std::uint8_t found, reader.ReadU8());
  if (found != tag) return Error(ErrorCode::kMalformed, "DER tag");
  EK_TRY_ASSIGN(std::size_t length, reader.ReadU8());
  if (length == 0x81) {
    EK_TRY_ASSIGN(length, reader.ReadU8());
    if (length < 0x80) return Error(ErrorCode::kMalformed, "DER length");
  } else if (length == 0x82) {
    EK_TRY_ASSIGN(length, reader.ReadU16BigEndian());
    if (length < 0x100) return Error(ErrorCode::kMalformed, "DER length");
  } else if (length >= 0x80) {
    return Error(ErrorCode::kMalformed, "DER length");
  }
  return reader.ReadBytes(length);
}

// The magnitude of a positive INTEGER in its shortest form, without the sign octet.
Result<ByteView> ReadPositive(Reader& reader) {
  EK_TRY_ASSIGN(const ByteView contents, ReadElement(reader, kInteger));
  if (contents.empty() || contents[0] >= 0x80) return Error(ErrorCode::kMalformed, "DER integer");
  if (contents[0] != 0) return contents;
  if (contents.size() < 2 || contents[1] < 0x80) return Error(ErrorCode::kMalformed, "DER integer");
  return contents.subspan(1);
}

struct RsaNumbers {
  ByteView modulus;
  ByteView exponent;
};

Result<RsaNumbers> ReadRsaPublicKey(ByteView der) {
  Reader outer(der);
  EK_TRY_ASSIGN(const ByteView sequence, ReadElement(outer, kSequence));
  EK_TRY(outer.ExpectEnd());
  Reader inner(sequence);
  RsaNumbers numbers;
  EK_TRY_ASSIGN(numbers.modulus, ReadPositive(inner));
  EK_TRY_ASSIGN(numbers.exponent, ReadPositive(inner));
  EK_TRY(inner.ExpectEnd());
  const bool modulus_fits = numbers.modulus.size() == kModulusSize && numbers.modulus[0] >= 0x80;
  const bool exponent_fits = numbers.exponent.size() == 3 || numbers.exponent.size() == 4;
  if (!modulus_fits || !exponent_fits || (numbers.modulus.back() & numbers.exponent.back() & 1) == 0) {
    return Error(ErrorCode::kMalformed, "RSA key");
  }
  return numbers;
}

}  // namespace

Result<Pkey> ImportRsaPublicKey(const Library& library, ByteView der) {
  EK_TRY_ASSIGN(const RsaNumbers numbers, ReadRsaPublicKey(der));
  // OSSL_PARAM numbers are little-endian here, as in ec.cpp.
  std::array<std::uint8_t, kModulusSize> modulus{};
  std::array<std::uint8_t, 4> exponent{};
  std::reverse_copy(numbers.modulus.begin(), numbers.modulus.end(), modulus.begin());
  std::reverse_copy(numbers.exponent.begin(), numbers.exponent.end(), exponent.begin());
  std::array params = {OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_N, modulus.data(), modulus.size()),
                       OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_E, exponent.data(), exponent.size()),
                       OSSL_PARAM_construct_end()};
  const PkeyContext context(EVP_PKEY_CTX_new_from_name(library.context(), "RSA", nullptr));
  EVP_PKEY* raw = nullptr;
  if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &raw, EVP_PKEY_PUBLIC_KEY, params.data()) != 1) {
    return Refuse(ErrorCode::kMalformed, "RSA key");
  }
  return Pkey(raw);
}

}  // namespace edgekeep::crypto
