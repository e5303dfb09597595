// RSA public keys, which arrive as DER of RSAPublicKey (RFC 8017 appendix A.1.1).
#pragma once
#include "edgekeep/base/bytes.h"
#include "edgekeep/crypto/algorithm.h"
#include "library.h"

namespace edgekeep::crypto {

inline constexpr std::size_t kMaxRsaModulusSize = 1024;

// Fails with kMalformed unless `der` is the canonical DER of an odd modulus, of 2048 bits or for kRsaPssSha256 of 2048
// to 8192 and whole bytes, and an odd exponent of 17 to 32 bits: a larger exponent only makes verification slow.
Result<Pkey> ImportRsaPublicKey(const Library& library, AlgorithmId algorithm, ByteView der);

}  // namespace edgekeep::crypto
