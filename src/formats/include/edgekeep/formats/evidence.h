// Evidence: what a device says of itself when it is asked, as EAT claims (RFC 9711; spec/attestation.md §3).
#pragma once
#include <array>
#include <optional>

#include "edgekeep/base/ids.h"
#include "edgekeep/base/inline_vector.h"
#include "edgekeep/formats/device_request.h"
#include "edgekeep/formats/licence.h"

namespace edgekeep::formats {

inline constexpr std::size_t kMaxEvidenceClaims = 28 * 1024;  // the payload
inline constexpr std::size_t kMaxEvidenceSize = 32 * 1024;
inline constexpr std::size_t kMaxMeasuredEvents = 16;
inline constexpr std::size_t kMaxEventText = 128;
inline constexpr std::size_t kMaxMeasuredEventSize = 192;
inline constexpr std::size_t kMaxPolicyClaims = 8;
inline constexpr std::size_t kMaxReleaseClaims = 64;
inline constexpr std::size_t kMaxQuotedPcrs = 9;
// The one that events are extended into: fixed, so that no device can name another that it filled as it liked.
inline constexpr std::uint8_t kMeasuredPcr = 13;
inline constexpr std::size_t kMaxChipStatement = 512;
inline constexpr std::size_t kTpmSignatureSize = 64;

// Chosen by the verifier, or hidden in an activation: what makes evidence fresh.
using AttestationNonce = StrongBytes<struct AttestationNonceTag, 32>;

// What was measured, each once in a boot. Numbers beyond these are other people's.
enum class MeasuredKind : std::uint8_t {
  kKeep = 1,
  kEngine = 2,
  kMore = 3,  // there was more than the log holds: it is the last, whatever runs since
};

struct MeasuredEvent {
  std::uint8_t kind = 0;         // MeasuredKind; not 0
  std::string_view text;         // its version: printable, without space
  std::optional<Digest> digest;  // SHA-256 of its bytes
};

// A key for which the device asks its owner's certificate is none that it goes by, and stands there all the same:
// whoever appraises demands it as they demand a policy.
enum class ClaimedPolicy : std::uint8_t {
  kTrustBundle = 1,
  kTrustPolicy = 2,
  kOperationsPolicy = 3,
  kOwnerKey = 4,  // SHA-256 of its point
};

struct PolicyClaim {
  std::uint8_t kind = 0;      // ClaimedPolicy, or one of a later kind; not 0
  std::uint64_t version = 0;  // 0 for what has none
  Digest digest;
};

struct ReleaseClaim {
  std::string_view product;
  Version version;
  SealedFileId sealed_file;
  std::uint64_t security_epoch = 0;
  std::optional<Digest> prepared_form;  // over the tags of the slot file: another one on each device
};

struct PcrValue {
  std::uint8_t index = 0;
  Digest value;
};

// TPMS_ATTEST as it was signed, and r || s over it.
struct TpmStatementView {
  ByteView attest;
  ByteView signature;
};

struct TpmEvidence {
  ChipClass chip;
  InlineVector<PcrValue, kMaxQuotedPcrs> pcrs;  // of the SHA-256 bank, ascending; kMeasuredPcr is one of them
  TpmStatementView quote;                       // over `pcrs`
  TpmStatementView identity;                    // the device's identity is a key of this chip
  TpmStatementView counter;                     // what the state root hangs on
};

// Large: thousands of bytes. Views borrow from the payload.
struct Evidence {
  UnixTime issued_at;  // by the keep's time
  AttestationNonce nonce;
  DeviceId device;
  AnchorKind anchor = AnchorKind::kSoftware;
  Isolation level = Isolation::kProcess;  // the protection that an opened model has
  InlineVector<MeasuredEvent, kMaxMeasuredEvents> events;
  std::uint64_t state_counter = 0;
  UnixTime time_floor;
  InlineVector<PolicyClaim, kMaxPolicyClaims> policies;    // ascending kinds
  InlineVector<ReleaseClaim, kMaxReleaseClaims> releases;  // ascending products
  std::optional<TpmEvidence> tpm;                          // of a tpm2 anchor alone
};

Result<Evidence> DecodeEvidence(ByteView payload);
Status EncodeEvidence(const Evidence& evidence, CborWriter& out);
// The same without the chip's statements: what these are bound to.
Status EncodeEvidenceClaims(const Evidence& evidence, CborWriter& out);

// As it is measured. The decoder refuses what is longer than kMaxMeasuredEventSize.
Result<MeasuredEvent> DecodeMeasuredEvent(ByteView bytes);
Status EncodeMeasuredEvent(const MeasuredEvent& event, CborWriter& out);

}  // namespace edgekeep::formats
