// What a TPM calls the keys and the counter of a device that does as it must: names are digests over what an object is
// and may do.
#pragma once
#include <array>

#include "edgekeep/crypto/provider.h"

namespace edgekeep::attest {

using ChipName = std::array<std::uint8_t, 34>;

// Of P-256 signing keys, uncompressed points, that were made in their chip and never leave it. An attestation key signs
// nothing but what the chip says.
Result<ChipName> NameOfAttestationKey(const crypto::Provider& provider, ByteView point);
Result<ChipName> NameOfIdentityKey(const crypto::Provider& provider, ByteView point);
// Of the NV counter that the state root hangs on.
Result<ChipName> NameOfStateCounter(const crypto::Provider& provider);

}  // namespace edgekeep::attest
