// What a verifier and a device send each other before evidence: challenges, a device's attestation keys, and
// activations (spec/attestation.md §4, §5).
#pragma once
#include <optional>

#include "edgekeep/formats/evidence.h"

namespace edgekeep::formats {

inline constexpr std::size_t kMaxChallengeSize = 128;
inline constexpr std::size_t kMaxActivationSize = 1024;
inline constexpr std::size_t kMaxAttestationKeysSize = 24 * 1024;
inline constexpr std::size_t kMaxChipCertificate = 4096;
inline constexpr std::size_t kPointSize = 65;
inline constexpr std::size_t kMaxCredential = 256;
inline constexpr std::size_t kMaxCredentialSeed = 256;

// "d.ekc". A challenge of an enrolment is the verifier's secret until the device has answered it.
struct Challenge {
  AttestationNonce nonce;
  UnixTime issued_at;
  std::optional<Digest> enrols;  // SHA-256 of the attestation keys that are being enrolled
};

// Keys that only a chip has, as uncompressed P-256 points.
struct ChipKeys {
  ByteView attestation;
  ByteView endorsement;
  ByteView certificate;  // DER, the maker's word for the endorsement key; empty: the chip has none
};

// "d.ekk": what a device wants to be known by. Nothing in it is believed before an activation.
struct AttestationKeys {
  ByteView device_request;  // signed by the identity key
  std::optional<ChipKeys> chip;
};

// What only one chip can open, and only for one attestation key (TPM2_MakeCredential's two answers without their
// sizes).
struct Credential {
  ByteView blob;
  ByteView seed;
};

// For a device to answer: exactly one of the two.
struct Activation {
  std::optional<AttestationNonce> nonce;  // of a device without a chip
  std::optional<Credential> credential;   // that holds the secret from which the nonce follows
};

Result<Challenge> DecodeChallenge(ByteView bytes);
Status EncodeChallenge(const Challenge& challenge, CborWriter& out);
Result<AttestationKeys> DecodeAttestationKeys(ByteView bytes);
Status EncodeAttestationKeys(const AttestationKeys& keys, CborWriter& out);
Result<Activation> DecodeActivation(ByteView bytes);
Status EncodeActivation(const Activation& activation, CborWriter& out);

}  // namespace edgekeep::formats
