// Signatures over OpenSSL keys. Test vectors for ML-DSA are deterministic; the provider itself always hedges.
#pragma once
#include "edgekeep/base/bytes.h"
#include "edgekeep/crypto/algorithm.h"
#include "library.h"

namespace edgekeep::crypto {

// Whether ML-DSA mixes fresh randomness into a signature (FIPS 204 §3.4), which hardens it against induced faults.
enum class Hedging : std::uint8_t { kHedged, kDeterministic };

// ECDSA signatures are r || s. Fails with kUnsupported for RSA, whose keys only verify.
Result<Bytes> SignMessage(const Library& library, const Algorithm& algorithm, ByteView private_key, ByteView message,
                          Hedging hedging);

}  // namespace edgekeep::crypto
