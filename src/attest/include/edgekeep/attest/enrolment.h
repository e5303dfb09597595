// Enrolment: a device gets to be known by showing that its attestation key is in the chip with this endorsement key
// (spec/attestation.md §5, §6).
#pragma once
#include "edgekeep/attest/appraisal.h"
#include "edgekeep/crypto/credential_cipher.h"

namespace edgekeep::attest {

// Attestation keys that the identity key has vouched for. Only VerifyAttestationKeys makes one; it borrows from the
// bytes. That the chip's keys are a chip's is not known before FinishEnrolment.
class VerifiedAttestationKeys {
 public:
  const formats::DeviceRequest& device() const noexcept { return device_; }

  const std::optional<formats::ChipKeys>& chip() const noexcept { return chip_; }

  const DeviceId& id() const noexcept { return id_; }

  // SHA-256 of all of it.
  const Digest& digest() const noexcept { return digest_; }

 private:
  friend Result<VerifiedAttestationKeys> VerifyAttestationKeys(const crypto::Provider&, ByteView);

  VerifiedAttestationKeys() = default;

  formats::DeviceRequest device_;
  std::optional<formats::ChipKeys> chip_;
  DeviceId id_;
  Digest digest_;
};

// Fails as the decoders do, with kBadSignature, kUntrusted; with kMalformed where there is a chip and no tpm2 anchor,
// or the other way round.
Result<VerifiedAttestationKeys> VerifyAttestationKeys(const crypto::Provider& provider, ByteView keys);

struct BegunEnrolment {
  Bytes activation;  // for the device
  Bytes challenge;   // the verifier's secret
};

Result<BegunEnrolment> BeginEnrolment(const crypto::Provider& provider, const crypto::CredentialCipher& cipher,
                                      const VerifiedAttestationKeys& keys, UnixTime now);

// What a device's answer to an activation is worth.
struct FinishedEnrolment {
  std::unique_ptr<Appraisal> appraisal;
  Bytes enrolment;  // empty unless every check holds
};

// An activation is answered within this time.
inline constexpr std::uint64_t kMaxActivationAge = 24 * 3600;

// `challenge` is what BeginEnrolment kept for these keys: kBadArgument otherwise. `manufacturer`: who made the chip, by
// its certificate; without it that is the device's word, in its request and its evidence alike. Fails as Appraise does.
Result<FinishedEnrolment> FinishEnrolment(const crypto::Provider& provider, const VerifiedAttestationKeys& keys,
                                          const formats::Challenge& challenge, ByteView evidence, UnixTime now,
                                          std::optional<std::uint32_t> manufacturer);

// The enrolment as it stands after evidence was believed: with the challenge's time, and the counter and clock that the
// evidence showed. A verifier that keeps it finds out a chip and a disk that were put back to where they were enrolled.
Result<Bytes> SeenAfter(const formats::Enrolment& enrolment, const formats::Challenge& answered,
                        const BelievedEvidence& believed);

}  // namespace edgekeep::attest
