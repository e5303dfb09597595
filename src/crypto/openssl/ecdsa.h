// ECDSA P-256 signatures between r || s, which Edgekeep stores, and the DER that OpenSSL speaks.
#pragma once
#include "edgekeep/base/bytes.h"

namespace edgekeep::crypto {

inline constexpr std::size_t kMaxEcdsaDerSize = 72;

// Requires 64 bytes.
Result<Bytes> EcdsaToDer(ByteView r_and_s);
Result<Bytes> EcdsaFromDer(ByteView der);

}  // namespace edgekeep::crypto
