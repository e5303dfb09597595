#include "keys.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include <array>

#include "ec.h"
#include "openssl_provider.h"
#include "rsa.h"

namespace edgekeep::crypto {
namespace {

// How OpenSSL names a key that is a plain byte string, or null.
const char* RawKeyType(AlgorithmId algorithm) {
  switch (algorithm) {
    case AlgorithmId::kEd25519:
      return "ED25519";
    case AlgorithmId::kDhKemX25519:
      return "X25519";
    case AlgorithmId::kMlDsa44:
      return "ML-DSA-44";
    case AlgorithmId::kMlDsa65:
      return "ML-DSA-65";
    case AlgorithmId::kMlDsa87:
      return "ML-DSA-87";
    case AlgorithmId::kMlKem768:
      return "ML-KEM-768";
    case AlgorithmId::kMlKem1024:
      return "ML-KEM-1024";
    default:
      return nullptr;
  }
}

Result<Pkey> ImportSeed(const Library& library, const char* type, ByteView seed) {
  const PkeyContext context(EVP_PKEY_CTX_new_from_name(library.context(), type, nullptr));
  // ML-DSA and ML-KEM share the parameter's name.
  std::array params = {OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_ML_DSA_SEED,
                                                         const_cast<std::uint8_t*>(seed.data()), seed.size()),
                       OSSL_PARAM_construct_end()};
  EVP_PKEY* raw = nullptr;
  if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &raw, EVP_PKEY_KEYPAIR, params.data()) != 1) {
    return Refuse(ErrorCode::kMalformed, "private key seed");
  }
  return Pkey(raw);
}

}  // namespace

Result<Pkey> ImportPrivateKey(const Library& library, const Algorithm& algorithm, ByteView private_key) {
  if (CurveOf(library, algorithm.id) != nullptr) return ImportEcPrivateKey(library, algorithm.id, private_key);
  const char* const type = RawKeyType(algorithm.id);
  if (type == nullptr) return Error(ErrorCode::kUnsupported, "private key algorithm");
  if (private_key.size() != algorithm.private_size) return Error(ErrorCode::kMalformed, "private key size");
  if (algorithm.family == Family::kLattice) return ImportSeed(library, type, private_key);
  Pkey key(EVP_PKEY_new_raw_private_key_ex(library.context(), type, nullptr, private_key.data(), private_key.size()));
  if (!key) return Refuse(ErrorCode::kMalformed, "private key");
  return key;
}

Result<Pkey> ImportPublicKey(const Library& library, const Algorithm& algorithm, ByteView public_key) {
  if (CurveOf(library, algorithm.id) != nullptr) return ImportEcPublicKey(library, algorithm.id, public_key);
  if (algorithm.family == Family::kRsa) return ImportRsaPublicKey(library, algorithm.id, public_key);
  const char* const type = RawKeyType(algorithm.id);
  if (type == nullptr) return Error(ErrorCode::kUnsupported, "public key algorithm");
  if (public_key.size() != algorithm.public_size) return Error(ErrorCode::kMalformed, "public key size");
  Pkey key(EVP_PKEY_new_raw_public_key_ex(library.context(), type, nullptr, public_key.data(), public_key.size()));
  if (!key) return Refuse(ErrorCode::kMalformed, "public key");
  return key;
}

Result<Bytes> ExportPublicKey(const Pkey& key, const Algorithm& algorithm) {
  EK_TRY_ASSIGN(Bytes public_key, Bytes::Allocate(algorithm.public_size));
  std::size_t size = public_key.size();
  if (EVP_PKEY_get_raw_public_key(key.get(), public_key.mutable_view().data(), &size) != 1 ||
      size != public_key.size()) {
    return Refuse(ErrorCode::kInternal, "public key");
  }
  return public_key;
}

Result<Bytes> OpenSslProvider::PublicKeyOf(AlgorithmId algorithm, ByteView private_key) const {
  EK_TRY_ASSIGN(const Algorithm found, FindAlgorithm(algorithm));
  if (const EC_GROUP* const curve = CurveOf(library_, algorithm)) return MultiplyBase(curve, private_key);
  EK_TRY_ASSIGN(const Pkey key, ImportPrivateKey(library_, found, private_key));
  return ExportPublicKey(key, found);
}

Result<KeyPair> OpenSslProvider::GenerateKey(const Algorithm& algorithm) const {
  KeyPair pair;
  if (const EC_GROUP* const curve = CurveOf(library_, algorithm.id)) {
    EK_TRY_ASSIGN(pair.private_key, GenerateScalar(library_, curve, algorithm.private_size));
  } else if (RawKeyType(algorithm.id) != nullptr) {
    EK_TRY_ASSIGN(pair.private_key, SecretBytes::Allocate(algorithm.private_size));
    EK_TRY(Random(pair.private_key.RevealForWriting()));
  } else {
    return Error(ErrorCode::kUnsupported, "key generation");
  }
  EK_TRY_ASSIGN(pair.public_key, PublicKeyOf(algorithm.id, pair.private_key.Reveal()));
  return pair;
}

}  // namespace edgekeep::crypto
