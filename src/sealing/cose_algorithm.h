// COSE's numbers of the signature algorithms (IANA "COSE Algorithms"; RFC 9864, RFC 8812, RFC 8230,
// draft-ietf-cose-dilithium).
#pragma once
#include <cstdint>

#include "edgekeep/base/result.h"
#include "edgekeep/crypto/algorithm.h"

namespace edgekeep::sealing {

// Fails with kUnsupported for an algorithm that has no fully specified COSE number: the number alone must fix curve,
// hash and parameter set.
Result<std::int64_t> CoseAlgorithmOf(crypto::AlgorithmId signature);

}  // namespace edgekeep::sealing
