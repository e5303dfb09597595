// What the keys in the chip are. All are primary keys: made from the chip's own seed each time, stored nowhere, the
// same until the TPM is cleared; and none counts failed authorisations, or power cuts would lock the device out.
#pragma once
#include <tss2/tss2_tpm2_types.h>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/ids.h"

namespace edgekeep::anchor {

// P-256, told from other keys of the same chip by `unique`.
TPM2B_PUBLIC SigningKeyTemplate(const Digest& unique);
TPM2B_PUBLIC AgreementKeyTemplate(const Digest& unique);
// Decrypts sessions' salts and nothing else: who has the chip and recorded its wire cannot have it open one later.
TPM2B_PUBLIC SaltKeyTemplate(const Digest& unique);
// Signs what the chip says, and nothing else.
TPM2B_PUBLIC AttestationKeyTemplate(const Digest& unique);
// The one that makers certify: template L-2 of TCG's EK Credential Profile.
TPM2B_PUBLIC EndorsementKeyTemplate();
// HMAC-SHA256 under `policy` alone: no password opens it.
TPM2B_PUBLIC VaultKeyTemplate(const Digest& unique, const Digest& policy);
// The public half of whoever approves boot states, an uncompressed point.
TPM2B_PUBLIC AuthorityKey(ByteView point);

// Between points as Edgekeep has them, 65 bytes, and the TPM's.
TPMS_ECC_POINT ToTpmPoint(ByteView point);
// Requires out.size() == 65.
void FromTpmPoint(const TPMS_ECC_POINT& point, MutableByteView out);
// Big-endian numbers, which the TPM may shorten; requires number.size <= out.size().
void FromTpmNumber(const TPM2B_ECC_PARAMETER& number, MutableByteView out);

}  // namespace edgekeep::anchor
