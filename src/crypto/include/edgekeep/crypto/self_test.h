// Known-answer tests of every registered algorithm, run before a Provider is trusted with anything.
#pragma once
#include "edgekeep/crypto/provider.h"

namespace edgekeep::crypto {

// SelfTest computes answers that are compiled in: hashes, key derivation, AEADs both ways, public keys from private
// ones, signatures that must pass and forgeries that must not, shared secrets, one HPKE message of the hybrid suite.
// Algorithms with fresh randomness (key generation, ML-DSA, encapsulation) are checked against themselves as well. It
// takes tens of milliseconds of processor time. Fails with kInternal, `where` naming the algorithm, or with the
// provider's own Error.
Status SelfTest(const Provider& provider);

}  // namespace edgekeep::crypto
