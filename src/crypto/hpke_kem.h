// The KEMs of HPKE: DHKEM (RFC 9180 §4.1) and MLKEM768-P256 (draft-irtf-cfrg-concrete-hybrid-kems).
#pragma once
#include "edgekeep/base/bytes.h"
#include "edgekeep/base/secret.h"
#include "edgekeep/crypto/hpke.h"
#include "edgekeep/crypto/provider.h"
#include "hpke_numbers.h"

namespace edgekeep::crypto {

// Encap: a fresh shared secret (kem.algorithm.secret_size bytes) and what carries it. Fails with kMalformed when
// `public_key` is no key of `kem`.
Result<Encapsulation> HpkeEncapsulate(const Provider& provider, const HpkeKem& kem, ByteView public_key);

// The checks of `enc` that need no secret: length, and the classical point. Fail with kMalformed.
Status CheckEncapsulatedKey(const Provider& provider, const HpkeKem& kem, ByteView enc);

// Decap: the shared secret. Requires a checked `enc`. Whatever fails here used the private key: callers say kDenied.
Result<SecretBytes> HpkeDecapsulate(const Provider& provider, const HpkeKem& kem, const HpkeRecipient& recipient,
                                    ByteView enc);

}  // namespace edgekeep::crypto
