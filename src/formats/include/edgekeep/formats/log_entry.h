// Entries of the transparency log (spec/log-entries.md): what was proposed, decided and changed, by its content.
#pragma once
#include <optional>
#include <string_view>

#include "edgekeep/base/cbor_writer.h"
#include "edgekeep/base/ids.h"
#include "edgekeep/base/inline_vector.h"

namespace edgekeep::formats {

inline constexpr std::size_t kMaxLogContentSize = 16384;
inline constexpr std::size_t kMaxLogEntrySize = kMaxLogContentSize + 64;
inline constexpr std::size_t kMaxLogText = 500;
inline constexpr std::size_t kMaxLogOrigin = 255;
inline constexpr std::size_t kMaxVerdictReasons = 16;
inline constexpr std::size_t kMaxApprovals = 32;
inline constexpr std::size_t kMaxCeremonyHolders = 32;

// SHA-256 over an entry's content: what approvals, rejections, verdicts and retirements refer to.
using ContentDigest = StrongBytes<struct ContentDigestTag, 32>;

enum class LogContentKind : std::uint8_t {
  kRelease = 1,
  kApproval = 2,
  kRejection = 3,
  kVerdict = 4,
  kKeyCeremony = 5,
  kPolicyChange = 6,
  kEpochChange = 7,
  kRetirement = 8,
  kProvisioned = 9,  // in journals of factories (factory_identity.h)
  kVoided = 10,      // likewise
};

// A leaf of the log: content, and when the log took it. Times never go back from entry to entry.
struct LogEntry {
  UnixTime logged_at;
  ByteView content;
};

// A release that its author proposes. Digests are SHA-256.
struct ReleaseEntry {
  ProductName product;
  std::string_view channel;  // [a-z0-9-]{1,63}
  Version version;
  std::uint64_t security_epoch = 0;
  std::uint64_t targets_version = 0;
  Digest targets;   // over the canonical `signed` part of N.targets.json: approvals are signatures over the same
  Digest manifest;  // over the release manifest
  std::uint64_t total_size = 0;
  std::optional<Digest> interface;     // over a model's inputs and outputs
  std::optional<Digest> dependencies;  // over the bill of materials
  std::string_view author;             // a holder's name
};

struct Approval {
  ContentDigest release;
  std::string_view holder;
};

struct Rejection {
  ContentDigest release;
  std::string_view holder;
  std::string_view reason;
};

// Why a verdict is unfavourable. Numbers never change their meaning.
enum class VerdictReason : std::uint16_t {
  kMalformed = 1,           // the entry is none that can be judged
  kNoQuorum = 2,            // too few distinct holders approved
  kUnknownHolder = 3,       // author or approver is nobody the trust policy names
  kClassMissing = 4,        // signatures of a required class are missing
  kAuthorApproved = 5,      // only with the author's own approval would there be a quorum
  kWaitingTime = 6,         // judged before the waiting time was over
  kRejected = 7,            // a holder rejected it
  kApprovalsTooClose = 8,   // approvals within seconds of each other
  kFirstTimeApprover = 9,   // an approver who never approved before
  kOutsideHours = 10,       // approved outside the hours set for it
  kUnusualSize = 11,        // much larger or smaller than the release before
  kNewDependency = 12,      // another bill of materials than the release before
  kInterfaceChanged = 13,   // other inputs or outputs than the release before
  kVersionOutOfOrder = 14,  // a version that skips or goes back
  kKeyNearExpiry = 15,      // an approver's key is about to expire
  kSecurityEpochBack = 16,  // a lower security epoch than the release before
};

inline constexpr VerdictReason kLastVerdictReason = VerdictReason::kSecurityEpochBack;

struct VerdictFinding {
  VerdictReason reason = VerdictReason::kMalformed;
  std::string_view detail;  // for people
};

// The notary's word on one release. Favourable exactly when nothing was found.
struct Verdict {
  ContentDigest release;
  std::uint64_t release_index = 0;  // in the log
  std::uint64_t tree_size = 0;      // of the log as it was judged
  InlineVector<VerdictFinding, kMaxVerdictReasons> findings;
  InlineVector<ContentDigest, kMaxApprovals> approvals;  // that counted
  std::string_view log;                                  // its origin, as checkpoints have it

  bool is_favourable() const noexcept { return findings.empty(); }

  // Whether it is about the log of that origin. In any other one it is no verdict, whoever signed it: that log's
  // entries are others, however alike they look (decision 0162).
  bool IsOfLog(std::string_view origin) const noexcept { return log == origin; }
};

enum class CeremonyKind : std::uint8_t { kCreated = 1, kRotated = 2, kReplaced = 3, kRecovered = 4 };

// Keys of a role were made or changed.
struct KeyCeremony {
  CeremonyKind kind = CeremonyKind::kCreated;
  std::string_view role;  // [a-z0-9-]{1,63}
  std::uint64_t metadata_version = 0;
  Digest metadata;  // over the canonical `signed` part of the metadata that names the keys
  std::uint32_t threshold = 0;
  InlineVector<std::string_view, kMaxCeremonyHolders> holders;  // from now on, ascending
};

enum class PolicyKind : std::uint8_t { kTrust = 1, kTimeRepair = 2 };

// What the root's people tell devices beside roots.
struct PolicyChange {
  PolicyKind kind = PolicyKind::kTrust;
  std::uint64_t version = 0;  // of a repair of time its number
  Digest policy;              // over its payload
  UnixTime not_before;        // when it begins to hold; of a repair, what time floors become
};

// A product's next epoch: what revokes devices.
struct EpochChange {
  ProductName product;
  Epoch epoch;
  std::string_view reason;
};

enum class RetiredKind : std::uint8_t { kDevice = 1, kKey = 2, kRelease = 3 };

struct Retirement {
  RetiredKind kind = RetiredKind::kDevice;
  Digest id;  // device id, kid or content digest
  std::string_view reason;
};

// Views borrow from the bytes given. Fail with kMalformed, kTooLarge or kUnsupported.
Result<LogEntry> DecodeLogEntry(ByteView bytes);
Status EncodeLogEntry(const LogEntry& entry, CborWriter& out);

// Which decoder below is the one for `content`. kUnsupported where this version knows none.
Result<LogContentKind> KindOfLogContent(ByteView content);

Result<ReleaseEntry> DecodeReleaseEntry(ByteView content);
Status EncodeReleaseEntry(const ReleaseEntry& entry, CborWriter& out);
Result<Approval> DecodeApproval(ByteView content);
Status EncodeApproval(const Approval& approval, CborWriter& out);
Result<Rejection> DecodeRejection(ByteView content);
Status EncodeRejection(const Rejection& rejection, CborWriter& out);
Result<Verdict> DecodeVerdict(ByteView content);
Status EncodeVerdict(const Verdict& verdict, CborWriter& out);
Result<KeyCeremony> DecodeKeyCeremony(ByteView content);
Status EncodeKeyCeremony(const KeyCeremony& ceremony, CborWriter& out);
Result<PolicyChange> DecodePolicyChange(ByteView content);
Status EncodePolicyChange(const PolicyChange& change, CborWriter& out);
Result<EpochChange> DecodeEpochChange(ByteView content);
Status EncodeEpochChange(const EpochChange& change, CborWriter& out);
Result<Retirement> DecodeRetirement(ByteView content);
Status EncodeRetirement(const Retirement& retirement, CborWriter& out);

}  // namespace edgekeep::formats
