// Keys between their raw encodings (crypto/provider.h) and OpenSSL's objects.
#pragma once
#include "edgekeep/base/bytes.h"
#include "edgekeep/crypto/algorithm.h"
#include "library.h"

namespace edgekeep::crypto {

// Fail with kMalformed when the bytes are no key of `algorithm`, and with kUnsupported for an algorithm whose keys have
// no raw encoding.
Result<Pkey> ImportPrivateKey(const Library& library, const Algorithm& algorithm, ByteView private_key);
Result<Pkey> ImportPublicKey(const Library& library, const Algorithm& algorithm, ByteView public_key);

// The raw public key of an imported private key; not for elliptic curves, whose private keys carry no public half.
Result<Bytes> ExportPublicKey(const Pkey& key, const Algorithm& algorithm);

}  // namespace edgekeep::crypto
