// Which boot states open the vault: PolicyAuthorize(authority, PolicyPCR(state) and PolicyNV(epoch <= limit)).
#pragma once
#include <array>
#include <cstdint>

#include "edgekeep/base/ids.h"
#include "edgekeep/base/inline_vector.h"
#include "edgekeep/crypto/provider.h"
#include "tpm.h"

namespace edgekeep::anchor {

// The authority's word for one boot state, until the chip's epoch passes the limit.
struct BootApproval {
  Digest state;  // SHA-256 over the selected PCRs' values, in their order
  std::uint64_t epoch_limit = 0;
  std::array<std::uint8_t, 64> signature{};  // r || s
};

// The PCRs of the SHA-256 bank whose bits are set, of 24.
TPML_PCR_SELECTION SelectPcrs(std::uint32_t pcrs);
// kUnsupported where the chip has no such bank.
Result<Digest> ReadBootState(const crypto::Provider& provider, Tpm& tpm, std::uint32_t pcrs);

Result<Loaded> StartPolicySession(Tpm& tpm);

// What the authority is, in the policies' words.
Result<TPM2B_NAME> NameOfAuthority(Tpm& tpm, ByteView authority);
// The vault's policy: whatever the authority of this name approves.
Result<Digest> VaultPolicy(const crypto::Provider& provider, const TPM2B_NAME& authority);

// Computed here, not asked of the chip: who sits on the wire must not choose what is approved.
struct ApprovedState {
  std::uint32_t pcrs = 0;
  Digest state;
  std::uint64_t epoch_limit = 0;
};

Result<Digest> ApprovedPolicy(const crypto::Provider& provider, const ApprovedState& approved,
                              const TPM2B_NAME& epoch_index);
Result<BootApproval> Approve(const crypto::Provider& provider, const SecretBytes& authority_key,
                             const ApprovedState& approved, const TPM2B_NAME& epoch_index);

// A policy session that opens the vault once, if the boot state is the approved one and the epoch within its limit:
// kForbidden otherwise.
struct BootSession {
  std::uint32_t pcrs;
  ByteView authority;
  ESYS_TR epoch_index;
};

Result<Loaded> OpenBootSession(const crypto::Provider& provider, Tpm& tpm, const BootSession& boot,
                               const BootApproval& approval);

}  // namespace edgekeep::anchor
