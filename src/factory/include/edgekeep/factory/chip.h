// What a station asks a chip, and what it believes of the answer, in a TPM 2.0's words. No TPM is needed for it.
#pragma once
#include <string>

#include "edgekeep/base/bytes.h"
#include "edgekeep/crypto/provider.h"
#include "edgekeep/factory/openssl/certificates.h"

namespace edgekeep::factory {

struct Credential {
  Bytes credential;
  Bytes encrypted_seed;
};

// The name of an attestation key at this point: restricted to what the chip says, fixed to it, made in it.
Result<Bytes> NameOfAttestationKey(const crypto::Provider& provider, ByteView point);
// The name of an identity key: for any signature, fixed to its chip, made in it.
Result<Bytes> NameOfIdentityKey(const crypto::Provider& provider, ByteView point);

// TPM2_MakeCredential (TPM 2.0 part 1, §24): a secret of 32 bytes that opens in the chip with this endorsement key, of
// TCG's template for P-256, for the key of that name alone.
Result<Credential> MakeCredential(const crypto::Provider& provider, const X509Library& library,
                                  ByteView endorsement_key, ByteView name, ByteView secret);

// What an attestation key certifies.
struct Certification {
  ByteView statement;  // TPMS_ATTEST
  ByteView signature;  // r || s
};

// That the attestation key certified the key of this name, with the nonce. Fails with kBadSignature, kMalformed, or
// kUntrusted: another key's, or another nonce.
Status VerifyCertification(const crypto::Provider& provider, ByteView attestation_key,
                           const Certification& certification, ByteView name, ByteView nonce);

}  // namespace edgekeep::factory
