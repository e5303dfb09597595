// Signed objects: COSE_Sign with several signers (RFC 9052 §4.1), one fixed shape (spec/signed-object.md).
#pragma once
#include <cstdint>
#include <string_view>

#include "edgekeep/base/cbor_writer.h"
#include "edgekeep/base/ids.h"
#include "edgekeep/base/inline_vector.h"

namespace edgekeep::formats {

inline constexpr std::size_t kMaxSignatures = 16;
inline constexpr std::size_t kMaxSignatureBytes = 4627;  // ML-DSA-87

// The `typ` header (RFC 9596) of every signed object: what the signature is for. A signature made for one is never
// accepted for another.
namespace typ {
inline constexpr std::string_view kSealedFile = "edgekeep/sealed-file";
inline constexpr std::string_view kGrant = "edgekeep/grant";
inline constexpr std::string_view kLicence = "edgekeep/licence";
inline constexpr std::string_view kLicenceRenewal = "edgekeep/licence-renewal";
inline constexpr std::string_view kLicenceReturn = "edgekeep/licence-return";
inline constexpr std::string_view kDeviceRequest = "edgekeep/device-request";
inline constexpr std::string_view kTrustBundle = "edgekeep/trust-bundle";
inline constexpr std::string_view kReceipts = "edgekeep/receipts";
inline constexpr std::string_view kLogEntry = "edgekeep/log-entry";
inline constexpr std::string_view kTrustPolicy = "edgekeep/trust-policy";
inline constexpr std::string_view kTimeRepair = "edgekeep/time-repair";
inline constexpr std::string_view kOrder = "edgekeep/order";
inline constexpr std::string_view kProductionOrder = "edgekeep/production-order";
inline constexpr std::string_view kIdentityList = "edgekeep/identity-list";
}  // namespace typ

// One signature. `cose_algorithm` is what the message claims; a verifier uses the trusted key's own algorithm and
// refuses when the two differ.
struct SignatureEntry {
  std::int64_t cose_algorithm = 0;
  KeyId kid;
  ByteView signature;
};

struct SignedObject {
  ByteView payload;
  InlineVector<SignatureEntry, kMaxSignatures> signatures;
};

// Decodes one COSE_Sign (tag 98) whose body protected header is exactly {16: type}. Signatures are 1 to
// kMaxSignatureBytes long, at least one, no two with one kid. Nothing is verified here. Views borrow from `bytes`.
// Fails with kMalformed, kTooLarge (too many signers) or kUnsupported (another type).
Result<SignedObject> DecodeSignedObject(std::string_view type, ByteView bytes);

// Encodes the Sig_structure of one signer (RFC 9052 §4.4): what its key signs.
Status EncodeToBeSigned(std::string_view type, std::int64_t cose_algorithm, const KeyId& kid, ByteView payload,
                        CborWriter& out);

Status EncodeSignedObject(std::string_view type, const SignedObject& object, CborWriter& out);

// Enough for any Sig_structure over `payload`.
constexpr std::size_t MaxToBeSignedSize(std::size_t payload_size) {
  return payload_size + 256;
}

// Enough for any signed object over `payload` with `signatures` of at most ML-DSA-87's size.
constexpr std::size_t MaxSignedObjectSize(std::size_t payload_size, std::size_t signatures) {
  return payload_size + 128 + signatures * 4800;
}

}  // namespace edgekeep::formats
