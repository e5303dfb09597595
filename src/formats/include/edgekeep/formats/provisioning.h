// What a device and a factory's station say to each other (spec/production-order.md §7): hello, challenge, proof, then
// an identity (factory_identity.h) or a refusal. Whoever carries the messages learns no secret that is worth one.
#pragma once
#include <string_view>

#include "edgekeep/base/cbor_writer.h"
#include "edgekeep/base/ids.h"

namespace edgekeep::formats {

inline constexpr std::size_t kMaxProvisioningMessage = 16384;
inline constexpr std::size_t kMaxEndorsementCertificate = 4096;
inline constexpr std::size_t kMaxCredentialPart = 256;
inline constexpr std::size_t kMaxTpmStatement = 1024;
inline constexpr std::size_t kP256PointSize = 65;

using ProvisioningNonce = StrongBytes<struct ProvisioningNonceTag, 32>;
// What a challenge's credential holds. No secret once it was said.
using ActivationAnswer = StrongBytes<struct ActivationAnswerTag, 32>;

// Keys are uncompressed points of P-256.
struct ProvisioningHello {
  ByteView endorsement_certificate;  // DER, as the chip's maker put it into the chip
  ByteView attestation_key;
  ByteView identity_key;
};

// TPM2_MakeCredential's two answers, without their sizes, and what the device's key is to be certified with.
struct ProvisioningChallenge {
  ByteView credential;
  ByteView encrypted_seed;
  ProvisioningNonce nonce;
};

struct ProvisioningProof {
  ActivationAnswer answer;
  ByteView statement;  // TPMS_ATTEST: the attestation key certifies the identity key
  ByteView signature;  // r || s
};

// The station gives no identity: an error's name, and what was refused.
struct ProvisioningRefusal {
  std::string_view error;   // 1 to 32 characters
  std::string_view reason;  // 1 to 200 printable characters
};

enum class ProvisioningKind : std::uint8_t { kHello = 1, kChallenge = 2, kProof = 3, kRefusal = 4, kIdentity = 5 };

// Fails with kUnsupported where this version knows none. Views borrow from the bytes given.
Result<ProvisioningKind> KindOfProvisioning(ByteView message);

Result<ProvisioningHello> DecodeProvisioningHello(ByteView message);
Status EncodeProvisioningHello(const ProvisioningHello& hello, CborWriter& out);
Result<ProvisioningChallenge> DecodeProvisioningChallenge(ByteView message);
Status EncodeProvisioningChallenge(const ProvisioningChallenge& challenge, CborWriter& out);
Result<ProvisioningProof> DecodeProvisioningProof(ByteView message);
Status EncodeProvisioningProof(const ProvisioningProof& proof, CborWriter& out);
Result<ProvisioningRefusal> DecodeProvisioningRefusal(ByteView message);
Status EncodeProvisioningRefusal(const ProvisioningRefusal& refusal, CborWriter& out);

}  // namespace edgekeep::formats
