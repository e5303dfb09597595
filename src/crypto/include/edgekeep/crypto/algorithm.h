// The registry of algorithms: numbers, kinds, classes, families and sizes (spec/algorithms.md).
#pragma once
#include <cstddef>
#include <cstdint>

#include "edgekeep/base/result.h"

namespace edgekeep::crypto {

// Numbers never change their meaning. What is not listed is unknown, and unknown is refused.
enum class AlgorithmId : std::uint16_t {
  kNone = 0,
  kEd25519 = 0x0101,
  kEcdsaP256Sha256 = 0x0102,
  kRsaPss2048Sha256 = 0x0103,  // verification only
  kRsaPssSha256 = 0x0104,      // verification only: release metadata that others wrote
  kMlDsa44 = 0x0111,
  kMlDsa65 = 0x0112,
  kMlDsa87 = 0x0113,
  kDhKemP256 = 0x0201,
  kDhKemP521 = 0x0202,
  kDhKemX25519 = 0x0203,
  kMlKem768 = 0x0211,
  kMlKem1024 = 0x0212,
  kMlKem768P256 = 0x0221,
  kAes256Gcm = 0x0301,
  kChaCha20Poly1305 = 0x0302,
  kAes128Gcm = 0x0303,  // only inside HPKE suites that name it
  kSha256 = 0x0401,
  kSha384 = 0x0402,
  kSha512 = 0x0403,
  kSha3_256 = 0x0411,
  kSha3_512 = 0x0412,
  kHkdfSha256 = 0x0501,
  kHkdfSha512 = 0x0502,
  kArgon2id = 0x0511,
};

enum class Kind : std::uint8_t { kSignature = 1, kKem = 2, kAead = 3, kHash = 4, kKdf = 5 };

// What an algorithm's security rests on, as quorums and policies count it.
enum class Class : std::uint8_t { kClassical = 1, kPostQuantum = 2, kHybrid = 3, kSymmetric = 4 };

enum class Family : std::uint8_t {
  kEcc = 1,
  kRsa = 2,
  kLattice = 3,
  kEccLattice = 4,
  kAes = 5,
  kChaCha = 6,
  kSha2 = 7,
  kSha3 = 8,
  kBlake2 = 9
};

// Sizes in bytes; 0 where the field has no meaning or is not fixed.
struct Algorithm {
  AlgorithmId id;
  Kind kind;
  Class security_class;
  Family family;
  const char* name;            // as people and OpenSSL write it: "ML-DSA-65"
  std::uint16_t public_size;   // public key; RSA: DER of RSAPublicKey, not fixed
  std::uint16_t private_size;  // private key as a seed or scalar (provider.h)
  std::uint16_t output_size;   // signature, KEM ciphertext, AEAD tag or digest
  std::uint16_t secret_size;   // KEM shared secret or AEAD key
};

// Fails with kUnsupported when `id` is not in the registry.
Result<Algorithm> FindAlgorithm(AlgorithmId id);

// Fails with kUnsupported when `id` is unknown or of another kind.
Result<Algorithm> FindAlgorithm(AlgorithmId id, Kind kind);

// The largest sizes in the registry, for buffers.
inline constexpr std::size_t kMaxSignatureSize = 4627;
inline constexpr std::size_t kMaxPublicKeySize = 2592;
inline constexpr std::size_t kMaxKemPublicKeySize = 1568;
inline constexpr std::size_t kMaxKemCiphertextSize = 1568;
inline constexpr std::size_t kMaxDigestSize = 64;
inline constexpr std::size_t kAeadNonceSize = 12;
inline constexpr std::size_t kAeadTagSize = 16;

}  // namespace edgekeep::crypto
