// Credentials: a secret that one chip opens for one of its keys (TPM2_MakeCredential, done without a TPM: TPM 2.0 part
// 1, §24 and annex C.6).
#pragma once
#include "edgekeep/attest/chip_names.h"
#include "edgekeep/base/secret.h"
#include "edgekeep/crypto/credential_cipher.h"

namespace edgekeep::attest {

struct MadeCredential {
  Bytes blob;
  Bytes seed;
};

// For the P-256 endorsement key of TCG's template L-2. Requires secret.size() == 32. Fails with kMalformed for a point
// that is none.
Result<MadeCredential> MakeCredential(const crypto::Provider& provider, const crypto::CredentialCipher& cipher,
                                      ByteView endorsement_key, const ChipName& name, const SecretBytes& secret);

}  // namespace edgekeep::attest
