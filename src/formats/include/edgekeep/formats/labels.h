// The labels that keep derived keys apart. Each is HKDF's or HPKE's info, or the beginning of it; the page named beside
// it says what follows the label. A label never changes its meaning: another use takes another label.
#pragma once
#include <string_view>

namespace edgekeep::formats::label {

// spec/sealed-file.md: segment key (32) and nonce prefix (7); the header's digest follows.
inline constexpr std::string_view kSegments = "edgekeep segments v1";
inline constexpr std::string_view kKeyCommitment = "edgekeep key commitment v1";
inline constexpr std::string_view kPlaintextMac = "edgekeep plaintext mac v1";
// HPKE info of the content key wrapped to the licensor.
inline constexpr std::string_view kContentKey = "edgekeep content key v1";

// spec/grant.md: key-wrap key from an epoch key.
inline constexpr std::string_view kGrantWrap = "edgekeep grant wrap v1";

// spec/licence.md: the epoch key before; u64 big-endian of that epoch follows.
inline constexpr std::string_view kEpochChain = "edgekeep epoch chain v1";
// HPKE info of the epoch key wrapped to a device.
inline constexpr std::string_view kEpochKey = "edgekeep epoch key v1";
// spec/licence-report.md: the id of a licence that another device gets; the former id and that device's follow.
inline constexpr std::string_view kLicenceTransfer = "edgekeep licence transfer v1";

// spec/commit-record.md: slot key-encryption key from vault key || epoch key; CBOR [product, slot, sequence] follows.
inline constexpr std::string_view kSlot = "edgekeep slot v1";
// spec/commit-record.md: MAC key of the commit records from the vault key.
inline constexpr std::string_view kCommitRecord = "edgekeep commit record v1";

// spec/keep-state.md: MAC keys of what else a keep stores, and the AEAD key of its ML-KEM seed, from the vault key.
inline constexpr std::string_view kStoredTrust = "edgekeep stored trust v1";
// A trust bundle under this label is that of a device under releases: which of the two says so cannot be changed by
// taking files away.
inline constexpr std::string_view kStoredTrustUnderReleases = "edgekeep stored trust under releases v1";
inline constexpr std::string_view kStoredPolicies = "edgekeep stored policies v3";
inline constexpr std::string_view kStoredOperations = "edgekeep stored operations policy v1";
// The file's name follows.
inline constexpr std::string_view kStoredMetadata = "edgekeep stored metadata v1 ";
inline constexpr std::string_view kStoredTime = "edgekeep stored time v1";
inline constexpr std::string_view kStoredMeters = "edgekeep stored meters v1";
// AEAD key of what applications store.
inline constexpr std::string_view kStoredValues = "edgekeep stored values v1";
inline constexpr std::string_view kStoredState = "edgekeep stored state v1";
inline constexpr std::string_view kDeviceSecret = "edgekeep device secret v2";
// spec/keep-state.md: a software anchor's KEM keys, from its secret and a salt; its vault key from its random.
inline constexpr std::string_view kSoftwareKemKey = "edgekeep software kem v1";
inline constexpr std::string_view kSoftwareVault = "edgekeep software vault v1";
// spec/keep-state.md §4: what tells a TPM's keys apart, in their templates; the vault key's message, which the random
// follows; the key of the authority's sealed scalar; the policy reference of approved boot states.
inline constexpr std::string_view kTpmIdentityKey = "edgekeep tpm identity v1";
inline constexpr std::string_view kTpmKemKey = "edgekeep tpm kem v2";
inline constexpr std::string_view kTpmAttestationKey = "edgekeep tpm attestation v1";
inline constexpr std::string_view kTpmSaltKey = "edgekeep tpm salt v1";
inline constexpr std::string_view kTpmVaultKey = "edgekeep tpm vault key v1";
inline constexpr std::string_view kTpmVault = "edgekeep tpm vault v1";
inline constexpr std::string_view kTpmAuthorityKey = "edgekeep tpm authority v1";
inline constexpr std::string_view kTpmBootApproval = "edgekeep boot v1";

// spec/owner-credential.md: what tells a TPM's owner keys apart, the salt follows; a software anchor's, from its
// identity and the salt; the AEAD key of salts.
inline constexpr std::string_view kTpmOwnerKey = "edgekeep tpm owner v1";
inline constexpr std::string_view kSoftwareOwnerKey = "edgekeep software owner v1";
inline constexpr std::string_view kOwnerSalt = "edgekeep owner salt v1";

// spec/attestation.md: what a chip's statements are bound to; the claims follow.
inline constexpr std::string_view kEvidenceBinding = "edgekeep evidence v1";
// spec/orders.md: the nonce of the evidence that an order asks for; SHA-256 of the order's payload follows.
inline constexpr std::string_view kOrderNonce = "edgekeep order v1";
// spec/attestation.md: the nonce that answers an activation, from its secret.
inline constexpr std::string_view kActivation = "edgekeep activation v1";

}  // namespace edgekeep::formats::label
