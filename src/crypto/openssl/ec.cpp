#include "ec.h"

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>

namespace edgekeep::crypto {
namespace {

constexpr std::size_t kMaxScalarSize = 66;
constexpr std::uint8_t kUncompressed = 0x04;

std::size_t ScalarSize(const EC_GROUP* curve) {
  return (static_cast<std::size_t>(EC_GROUP_get_degree(curve)) + 7) / 8;
}

const char* GroupName(const Library& library, const EC_GROUP* curve) {
  return curve == library.p256() ? "P-256" : "P-521";
}

Result<Pkey> Import(const Library& library, OSSL_PARAM* params, int selection) {
  const PkeyContext context(EVP_PKEY_CTX_new_from_name(library.context(), "EC", nullptr));
  EVP_PKEY* raw = nullptr;
  if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &raw, selection, params) != 1) {
    return Refuse(ErrorCode::kMalformed, "elliptic-curve key");
  }
  return Pkey(raw);
}

}  // namespace

const EC_GROUP* CurveOf(const Library& library, AlgorithmId algorithm) noexcept {
  if (algorithm == AlgorithmId::kDhKemP521) return library.p521();
  if (algorithm == AlgorithmId::kDhKemP256 || algorithm == AlgorithmId::kEcdsaP256Sha256) return library.p256();
  return nullptr;
}

Result<BigNumber> ReadScalar(const EC_GROUP* curve, ByteView scalar) {
  if (scalar.size() != ScalarSize(curve)) return Error(ErrorCode::kMalformed, "private key size");
  BigNumber number(BN_secure_new());
  if (!number || BN_bin2bn(scalar.data(), static_cast<int>(scalar.size()), number.get()) == nullptr) {
    return Refuse(ErrorCode::kNoMemory, "private key");
  }
  BN_set_flags(number.get(), BN_FLG_CONSTTIME);
  if (BN_is_zero(number.get()) || BN_cmp(number.get(), EC_GROUP_get0_order(curve)) >= 0) {
    return Error(ErrorCode::kMalformed, "private key range");
  }
  return number;
}

Result<SecretBytes> GenerateScalar(const Library& library, const EC_GROUP* curve, std::size_t size) {
  EK_TRY_ASSIGN(SecretBytes scalar, SecretBytes::Allocate(size));
  const auto bytes = scalar.RevealForWriting();
  const int unused_bits = static_cast<int>(8 * size) - EC_GROUP_order_bits(curve);
  // A draw fails with probability below 2^-32 on P-256 and below 2^-250 on P-521 once the unused bits are off.
  for (int attempt = 0; attempt < 8; ++attempt) {
    if (RAND_priv_bytes_ex(library.context(), bytes.data(), bytes.size(), 0) != 1) break;
    bytes[0] = static_cast<std::uint8_t>(bytes[0] & (0xff >> unused_bits));
    if (ReadScalar(curve, bytes)) return scalar;
  }
  return Refuse(ErrorCode::kInternal, "random numbers");
}

Result<Bytes> MultiplyBase(const EC_GROUP* curve, ByteView scalar) {
  EK_TRY_ASSIGN(const BigNumber number, ReadScalar(curve, scalar));
  EK_TRY_ASSIGN(Bytes encoded, Bytes::Allocate(1 + 2 * scalar.size()));
  const EcPoint point(EC_POINT_new(curve));
  if (!point || EC_POINT_mul(curve, point.get(), number.get(), nullptr, nullptr, nullptr) != 1 ||
      EC_POINT_point2oct(curve, point.get(), POINT_CONVERSION_UNCOMPRESSED, encoded.mutable_view().data(),
                         encoded.size(), nullptr) != encoded.size()) {
    return Refuse(ErrorCode::kInternal, "public key");
  }
  return encoded;
}

Result<Pkey> ImportEcPrivateKey(const Library& library, AlgorithmId algorithm, ByteView scalar) {
  const EC_GROUP* const curve = CurveOf(library, algorithm);
  EK_TRY(ReadScalar(curve, scalar));
  // OSSL_PARAM numbers are little-endian here: x86-64 and aarch64 as Debian runs them.
  SecretArray<kMaxScalarSize> reversed;
  const MutableByteView number = MutableByteView(reversed.RevealForWriting()).first(scalar.size());
  std::reverse_copy(scalar.begin(), scalar.end(), number.begin());
  std::array params = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, const_cast<char*>(GroupName(library, curve)), 0),
      OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_PRIV_KEY, number.data(), number.size()), OSSL_PARAM_construct_end()};
  return Import(library, params.data(), EVP_PKEY_KEYPAIR);
}

Result<Pkey> ImportEcPublicKey(const Library& library, AlgorithmId algorithm, ByteView point) {
  const EC_GROUP* const curve = CurveOf(library, algorithm);
  if (point.size() != 1 + 2 * ScalarSize(curve) || point[0] != kUncompressed) {
    return Error(ErrorCode::kMalformed, "public key form");
  }
  std::array params = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, const_cast<char*>(GroupName(library, curve)), 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, const_cast<std::uint8_t*>(point.data()), point.size()),
      OSSL_PARAM_construct_end()};
  // Decoding the point checks that it lies on the curve, which on a curve of cofactor 1 is full validation.
  return Import(library, params.data(), EVP_PKEY_PUBLIC_KEY);
}

}  // namespace edgekeep::crypto
