// Suites: the only combinations of algorithms that a format may name (spec/algorithms.md §2, §3).
#pragma once
#include <cstdint>

#include "edgekeep/base/result.h"
#include "edgekeep/crypto/algorithm.h"

namespace edgekeep::crypto {

enum class SealSuiteId : std::uint16_t {
  kAes256GcmHkdfSha256 = 1,
  kChaCha20Poly1305HkdfSha256 = 2,
};

// How a sealed file's segments are encrypted; digests and MACs in a sealed file use `hash`.
struct SealSuite {
  SealSuiteId id;
  AlgorithmId aead;
  AlgorithmId kdf;
  AlgorithmId hash;
};

enum class HpkeSuiteId : std::uint16_t {
  kMlKem768P256HkdfSha256Aes256Gcm = 1,         // the default: hybrid KEM 0x0050
  kMlKem768P256HkdfSha256ChaCha20Poly1305 = 2,  // the same without AES
  kP256HkdfSha256Aes256Gcm = 3,                 // classical only: where policy allows it
};

struct HpkeSuite {
  HpkeSuiteId id;
  AlgorithmId kem;
  AlgorithmId kdf;
  AlgorithmId aead;
};

// Fail with kUnsupported for an unknown id.
Result<SealSuite> FindSealSuite(SealSuiteId id);
Result<HpkeSuite> FindHpkeSuite(HpkeSuiteId id);

}  // namespace edgekeep::crypto
