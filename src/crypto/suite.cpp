#include "edgekeep/crypto/suite.h"

#include <array>

namespace edgekeep::crypto {
namespace {

constexpr std::array kSealSuites = {
    SealSuite{SealSuiteId::kAes256GcmHkdfSha256, AlgorithmId::kAes256Gcm, AlgorithmId::kHkdfSha256,
              AlgorithmId::kSha256},
    SealSuite{SealSuiteId::kChaCha20Poly1305HkdfSha256, AlgorithmId::kChaCha20Poly1305, AlgorithmId::kHkdfSha256,
              AlgorithmId::kSha256},
};

constexpr std::array kHpkeSuites = {
    HpkeSuite{HpkeSuiteId::kMlKem768P256HkdfSha256Aes256Gcm, AlgorithmId::kMlKem768P256, AlgorithmId::kHkdfSha256,
              AlgorithmId::kAes256Gcm},
    HpkeSuite{HpkeSuiteId::kMlKem768P256HkdfSha256ChaCha20Poly1305, AlgorithmId::kMlKem768P256,
              AlgorithmId::kHkdfSha256, AlgorithmId::kChaCha20Poly1305},
    HpkeSuite{HpkeSuiteId::kP256HkdfSha256Aes256Gcm, AlgorithmId::kDhKemP256, AlgorithmId::kHkdfSha256,
              AlgorithmId::kAes256Gcm},
};

}  // namespace

Result<SealSuite> FindSealSuite(SealSuiteId id) {
  for (const SealSuite& suite : kSealSuites) {
    if (suite.id == id) return suite;
  }
  return Error(ErrorCode::kUnsupported, "seal suite");
}

Result<HpkeSuite> FindHpkeSuite(HpkeSuiteId id) {
  for (const HpkeSuite& suite : kHpkeSuites) {
    if (suite.id == id) return suite;
  }
  return Error(ErrorCode::kUnsupported, "HPKE suite");
}

}  // namespace edgekeep::crypto
