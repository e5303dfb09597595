// Public keys as other programs write them: SubjectPublicKeyInfo (RFC 5280 §4.1.2.7), usually in PEM (RFC 7468).
#pragma once
#include <string_view>

#include "edgekeep/base/bytes.h"
#include "edgekeep/crypto/algorithm.h"

namespace edgekeep::crypto {

// `key` in the form that Provider::Verify takes for `algorithm`; borrows from the DER it was read from.
struct SubjectPublicKey {
  AlgorithmId algorithm = AlgorithmId::kNone;
  ByteView key;
};

// Knows RSA (as kRsaPssSha256), P-256, Ed25519 and ML-DSA-44, -65, -87 (RFC 9881). Fails with kMalformed, and with
// kUnsupported for an algorithm or a curve it does not know. What the key is worth, Provider::Verify says.
Result<SubjectPublicKey> ReadSubjectPublicKey(ByteView der);

// Returns the bytes between "-----BEGIN PUBLIC KEY-----" and its end; white space between base64 characters and around
// it all is passed over, nothing else may be there. Fails with kMalformed.
Result<Bytes> DecodePublicKeyPem(std::string_view text);

}  // namespace edgekeep::crypto
