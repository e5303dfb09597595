// Tpm2Endorsement: a TPM as factories see it.
#pragma once
#include <mutex>
#include <optional>

#include "edgekeep/anchor/tpm2/tpm2_attestation.h"
#include "edgekeep/ports/endorsement.h"

namespace edgekeep::anchor {

// Makes the attestation key when it is first asked for. The anchor outlives it.
class Tpm2Endorsement final : public ports::Endorsement {
 public:
  explicit Tpm2Endorsement(Tpm2Anchor& anchor) noexcept : anchor_(&anchor) {}

  Result<Bytes> Certificate() override;
  Result<Bytes> AttestationKey() override;
  Result<SecretBytes> Activate(ByteView credential, ByteView encrypted_seed) override;
  Result<ports::CertifiedKey> CertifyIdentity(ByteView nonce) override;

 private:
  Result<Tpm2Attestation*> Attestation();

  Tpm2Anchor* anchor_;
  std::mutex mutex_;
  std::optional<Tpm2Attestation> attestation_;
};

}  // namespace edgekeep::anchor
