// Endorsement: how silicon shows a factory that it is genuine, and that the device's identity key is its own.
#pragma once
#include "edgekeep/base/bytes.h"
#include "edgekeep/base/result.h"
#include "edgekeep/base/secret.h"

namespace edgekeep::ports {

// What the silicon says (in a TPM's words), and its attestation key's signature, r || s.
struct CertifiedKey {
  Bytes statement;
  Bytes signature;
};

// Any number of threads. Keys are uncompressed points of P-256.
class Endorsement {
 public:
  virtual ~Endorsement() = default;
  // Its maker's certificate, DER. kNotFound where the silicon has none.
  virtual Result<Bytes> Certificate() = 0;
  virtual Result<Bytes> AttestationKey() = 0;
  // The secret in a credential that was made for this silicon and its attestation key; kDenied for any other.
  virtual Result<SecretBytes> Activate(ByteView credential, ByteView encrypted_seed) = 0;
  virtual Result<CertifiedKey> CertifyIdentity(ByteView nonce) = 0;
};

}  // namespace edgekeep::ports
