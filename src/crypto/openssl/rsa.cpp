#include "rsa.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>

#include "edgekeep/crypto/der.h"

namespace edgekeep::crypto {
namespace {

struct RsaNumbers {
  ByteView modulus;
  ByteView exponent;
};

bool IsModulusSize(AlgorithmId algorithm, std::size_t size) {
  if (algorithm == AlgorithmId::kRsaPss2048Sha256) return size == 256;
  return size >= 256 && size <= kMaxRsaModulusSize;
}

Result<RsaNumbers> ReadRsaPublicKey(AlgorithmId algorithm, ByteView der) {
  Reader outer(der);
  EK_TRY_ASSIGN(const ByteView sequence, ReadDer(outer, DerTag::kSequence));
  EK_TRY(outer.ExpectEnd());
  Reader inner(sequence);
  RsaNumbers numbers;
  EK_TRY_ASSIGN(numbers.modulus, ReadDerPositive(inner));
  EK_TRY_ASSIGN(numbers.exponent, ReadDerPositive(inner));
  EK_TRY(inner.ExpectEnd());
  const bool modulus_fits = IsModulusSize(algorithm, numbers.modulus.size()) && numbers.modulus[0] >= 0x80;
  const bool exponent_fits = numbers.exponent.size() == 3 || numbers.exponent.size() == 4;
  if (!modulus_fits || !exponent_fits || (numbers.modulus.back() & numbers.exponent.back() & 1) == 0) {
    return Error(ErrorCode::kMalformed, "RSA key");
  }
  return numbers;
}

}  // namespace

Result<Pkey> ImportRsaPublicKey(const Library& library, AlgorithmId algorithm, ByteView der) {
  EK_TRY_ASSIGN(const RsaNumbers numbers, ReadRsaPublicKey(algorithm, der));
  // OSSL_PARAM numbers are little-endian here, as in ec.cpp.
  std::array<std::uint8_t, kMaxRsaModulusSize> modulus{};
  std::array<std::uint8_t, 4> exponent{};
  std::reverse_copy(numbers.modulus.begin(), numbers.modulus.end(), modulus.begin());
  std::reverse_copy(numbers.exponent.begin(), numbers.exponent.end(), exponent.begin());
  std::array params = {OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_N, modulus.data(), numbers.modulus.size()),
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
