// What device and verifier compute alike (spec/attestation.md).
#pragma once
#include "edgekeep/base/secret.h"
#include "edgekeep/crypto/provider.h"
#include "edgekeep/formats/evidence.h"

namespace edgekeep::attest {

// What every statement of the chip has for its qualifying data: nonce and claims in one digest.
Result<Digest> EvidenceBinding(const crypto::Provider& provider, const formats::Evidence& evidence);

// What a PCR holds that began with zeros and was extended by these events, one after the other.
Result<Digest> ReplayEvents(const crypto::Provider& provider, std::span<const formats::MeasuredEvent> events);
// SHA-256 of the event as it is encoded: what is extended.
Result<Digest> DigestOfEvent(const crypto::Provider& provider, const formats::MeasuredEvent& event);

// Which PCRs tell boot states apart, and what they hold, in one digest.
Result<Digest> BootStateOf(const crypto::Provider& provider, const formats::TpmEvidence& tpm);

// Whose identity key this is.
Result<DeviceId> DeviceOf(const crypto::Provider& provider, const formats::PublicKey& identity);

// SHA-256 of an endorsement key's point: what whoever enrols a device compares with its maker's word.
Result<Digest> EndorsementFingerprint(const crypto::Provider& provider, ByteView point);

// The nonce with which an activation is answered: whoever has the secret has the chip that opened the credential.
Result<formats::AttestationNonce> NonceOfActivation(const crypto::Provider& provider, const SecretBytes& secret);

}  // namespace edgekeep::attest
