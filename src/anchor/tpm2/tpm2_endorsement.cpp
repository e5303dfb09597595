#include "edgekeep/anchor/tpm2/tpm2_endorsement.h"

namespace edgekeep::anchor {

Result<Tpm2Attestation*> Tpm2Endorsement::Attestation() {
  const std::lock_guard lock(mutex_);
  if (!attestation_) {
    EK_TRY_ASSIGN(Tpm2Attestation made, Tpm2Attestation::Create(*anchor_));
    attestation_.emplace(std::move(made));
  }
  return &*attestation_;
}

Result<Bytes> Tpm2Endorsement::Certificate() {
  EK_TRY_ASSIGN(Tpm2Attestation* const attestation, Attestation());
  return attestation->EndorsementCertificate();
}

Result<Bytes> Tpm2Endorsement::AttestationKey() {
  EK_TRY_ASSIGN(Tpm2Attestation* const attestation, Attestation());
  return attestation->AttestationKey();
}

Result<SecretBytes> Tpm2Endorsement::Activate(ByteView credential, ByteView encrypted_seed) {
  EK_TRY_ASSIGN(Tpm2Attestation* const attestation, Attestation());
  return attestation->Activate(credential, encrypted_seed);
}

Result<ports::CertifiedKey> Tpm2Endorsement::CertifyIdentity(ByteView nonce) {
  EK_TRY_ASSIGN(Tpm2Attestation* const attestation, Attestation());
  EK_TRY_ASSIGN(ports::SignedStatement certified, attestation->CertifyKey(AttestedKey::kIdentity, nonce));
  return ports::CertifiedKey{std::move(certified.statement), std::move(certified.signature)};
}

}  // namespace edgekeep::anchor
