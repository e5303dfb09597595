#include "edgekeep/crypto/algorithm.h"

#include <array>

namespace edgekeep::crypto {
namespace {

constexpr std::array kRegistry = {
    Algorithm{AlgorithmId::kEd25519, Kind::kSignature, Class::kClassical, Family::kEcc, "Ed25519", 32, 32, 64, 0},
    Algorithm{AlgorithmId::kEcdsaP256Sha256, Kind::kSignature, Class::kClassical, Family::kEcc, "ECDSA-P256-SHA256", 65,
              32, 64, 0},
    Algorithm{AlgorithmId::kRsaPss2048Sha256, Kind::kSignature, Class::kClassical, Family::kRsa, "RSA-PSS-2048-SHA256",
              0, 0, 256, 0},
    Algorithm{AlgorithmId::kRsaPssSha256, Kind::kSignature, Class::kClassical, Family::kRsa, "RSA-PSS-SHA256", 0, 0, 0,
              0},
    Algorithm{AlgorithmId::kMlDsa44, Kind::kSignature, Class::kPostQuantum, Family::kLattice, "ML-DSA-44", 1312, 32,
              2420, 0},
    Algorithm{AlgorithmId::kMlDsa65, Kind::kSignature, Class::kPostQuantum, Family::kLattice, "ML-DSA-65", 1952, 32,
              3309, 0},
    Algorithm{AlgorithmId::kMlDsa87, Kind::kSignature, Class::kPostQuantum, Family::kLattice, "ML-DSA-87", 2592, 32,
              4627, 0},
    Algorithm{AlgorithmId::kDhKemP256, Kind::kKem, Class::kClassical, Family::kEcc, "DHKEM-P256", 65, 32, 65, 32},
    Algorithm{AlgorithmId::kDhKemP521, Kind::kKem, Class::kClassical, Family::kEcc, "DHKEM-P521", 133, 66, 133, 64},
    Algorithm{AlgorithmId::kDhKemX25519, Kind::kKem, Class::kClassical, Family::kEcc, "DHKEM-X25519", 32, 32, 32, 32},
    Algorithm{AlgorithmId::kMlKem768, Kind::kKem, Class::kPostQuantum, Family::kLattice, "ML-KEM-768", 1184, 64, 1088,
              32},
    Algorithm{AlgorithmId::kMlKem1024, Kind::kKem, Class::kPostQuantum, Family::kLattice, "ML-KEM-1024", 1568, 64, 1568,
              32},
    Algorithm{AlgorithmId::kMlKem768P256, Kind::kKem, Class::kHybrid, Family::kEccLattice, "MLKEM768-P256", 1249, 96,
              1153, 32},
    Algorithm{AlgorithmId::kAes256Gcm, Kind::kAead, Class::kSymmetric, Family::kAes, "AES-256-GCM", 0, 0, 16, 32},
    Algorithm{AlgorithmId::kChaCha20Poly1305, Kind::kAead, Class::kSymmetric, Family::kChaCha, "ChaCha20-Poly1305", 0,
              0, 16, 32},
    Algorithm{AlgorithmId::kAes128Gcm, Kind::kAead, Class::kSymmetric, Family::kAes, "AES-128-GCM", 0, 0, 16, 16},
    Algorithm{AlgorithmId::kSha256, Kind::kHash, Class::kSymmetric, Family::kSha2, "SHA2-256", 0, 0, 32, 0},
    Algorithm{AlgorithmId::kSha384, Kind::kHash, Class::kSymmetric, Family::kSha2, "SHA2-384", 0, 0, 48, 0},
    Algorithm{AlgorithmId::kSha512, Kind::kHash, Class::kSymmetric, Family::kSha2, "SHA2-512", 0, 0, 64, 0},
    Algorithm{AlgorithmId::kSha3_256, Kind::kHash, Class::kSymmetric, Family::kSha3, "SHA3-256", 0, 0, 32, 0},
    Algorithm{AlgorithmId::kSha3_512, Kind::kHash, Class::kSymmetric, Family::kSha3, "SHA3-512", 0, 0, 64, 0},
    Algorithm{AlgorithmId::kHkdfSha256, Kind::kKdf, Class::kSymmetric, Family::kSha2, "HKDF-SHA256", 0, 0, 0, 0},
    Algorithm{AlgorithmId::kHkdfSha512, Kind::kKdf, Class::kSymmetric, Family::kSha2, "HKDF-SHA512", 0, 0, 0, 0},
    Algorithm{AlgorithmId::kArgon2id, Kind::kKdf, Class::kSymmetric, Family::kBlake2, "Argon2id", 0, 0, 0, 0},
};

}  // namespace

Result<Algorithm> FindAlgorithm(AlgorithmId id) {
  for (const Algorithm& algorithm : kRegistry) {
    if (algorithm.id == id) return algorithm;
  }
  return Error(ErrorCode::kUnsupported, "algorithm");
}

Result<Algorithm> FindAlgorithm(AlgorithmId id, Kind kind) {
  EK_TRY_ASSIGN(const Algorithm algorithm, FindAlgorithm(id));
  if (algorithm.kind != kind) return Error(ErrorCode::kUnsupported, "algorithm kind");
  return algorithm;
}

}  // namespace edgekeep::crypto
