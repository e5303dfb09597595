// How RFC 9180 and IANA number the algorithms of an HPKE suite.
#pragma once
#include <cstdint>

#include "edgekeep/crypto/suite.h"

namespace edgekeep::crypto {

struct HpkeNumbers {
  std::uint16_t kem;
  std::uint16_t kdf;
  std::uint16_t aead;
};

// Fails with kUnsupported when a part of `suite` is no HPKE algorithm.
Result<HpkeNumbers> NumbersOf(const HpkeSuite& suite);

// A KEM as this code runs it: sizes, and the algorithms inside.
struct HpkeKem {
  Algorithm algorithm;
  std::uint16_t number;
  AlgorithmId dh;      // the classical half
  AlgorithmId ml_kem;  // the post-quantum half of a hybrid, else kNone
  AlgorithmId kdf;     // of DHKEM's ExtractAndExpand; kNone for a hybrid, which hashes
};

// Fails with kUnsupported for anything but kDhKem… and kMlKem768P256.
Result<HpkeKem> FindHpkeKem(AlgorithmId kem);

}  // namespace edgekeep::crypto
