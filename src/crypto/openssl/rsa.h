// RSA public keys, which arrive as DER of RSAPublicKey (RFC 8017 appendix A.1.1).
#pragma once
#include "edgekeep/base/bytes.h"
#include "library.h"

namespace edgekeep::crypto {

// Fails with kMalformed unless `der` is the canonical DER of a 2048-bit odd modulus and an odd exponent of 17 to 32
// bits: a larger exponent only makes verification slow.
Result<Pkey> ImportRsaPublicKey(const Library& library, ByteView der);

}  // namespace edgekeep::crypto
