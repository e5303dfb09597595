// Audit: a log read again from its first entry on: who did what when, and whether the notary judged as its rules say.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "edgekeep/log/notary.h"
#include "edgekeep/log/storage.h"
#include "edgekeep/log/trust.h"
#include "edgekeep/release/log/policy.h"

namespace edgekeep::log {

// More than this is refused: what is kept of each entry is bounded, and so is the whole.
inline constexpr std::uint64_t kMaxAuditedEntries = 1'000'000;
// Of concerns that are listed; further ones are counted.
inline constexpr std::size_t kMaxConcerns = 10'000;

enum class ConcernKind : std::uint8_t {
  kUnknownEntry,       // of a kind that this version does not know, or malformed
  kUnsigned,           // not signed by whom it names in every required class
  kJunkStatement,      // something that is no statement of it lies in its statement's place
  kFormerKeys,         // signed by keys that the root did not have then
  kContradiction,      // a verdict that is not the rules'
  kSecondVerdict,      // a release has a verdict already
  kStrayVerdict,       // a verdict on what is no release
  kOverdueVerdict,     // a release waits longer for its verdict than it should
  kUnknownRoot,        // a key ceremony of a root that the auditor does not have
  kMissingCeremony,    // a root of which the log has no key ceremony
  kKeysExpire,         // the newest root expires soon, or has
  kTimeAhead,          // the log's time is later than its cosigners'
  kTimeBehind,         // the log's time is earlier than that of cosigners who had not seen the entry yet
  kTimeSetBack,        // the log's time goes back: its clock was ahead before, or somebody dates back
  kStatementsChanged,  // entries are signed that were not when they were seen, or the other way round (monitor.h)
  kUnproposed,         // nobody proposed it (monitor.h)
  kForked,             // not the log that was seen before (monitor.h)
  kWentBack,           // shorter, or cosigned earlier, than before (monitor.h)
  kMissingPolicy,      // a trust policy or repair of time that devices have, and the log has no entry of
  kUnknownPolicy,      // the root's quorum entered a newer one than the auditor has, or another of that version
  kRepository,         // what is published is no release that devices take, or none of the log's
  kFalseCeremony,      // a key ceremony says something else of its root's people than the root
  kMissingEpoch,       // an epoch for which something was released, and the log has no entry of it
  kForeignVerdict,     // the notary's, on another log: somebody replays that one here
};

// "contradiction": for machines, never changed.
const char* NameOf(ConcernKind kind) noexcept;

// "key-ceremony"
const char* NameOf(formats::LogContentKind kind) noexcept;

struct Concern {
  ConcernKind kind = ConcernKind::kUnknownEntry;
  std::optional<std::uint64_t> index;  // of the entry it is about
  std::string text;                    // for people; may hold what the log holds
};

// That it is not the log that was seen before.
bool IsOfAnotherLog(const Concern& concern);

struct AuditedEntry {
  std::uint64_t index = 0;
  UnixTime logged_at;
  formats::ContentDigest digest;
  std::optional<formats::LogContentKind> kind;
  std::string who;         // whom the entry names: author, approver, "notary", holders of the root
  bool is_signed = false;  // by them
  std::string what;        // in words
};

struct AuditedVerdict {
  std::uint64_t index = 0;
  UnixTime logged_at;
  std::vector<Finding> findings;  // as the notary has them
  Judgement replayed;             // by the same rules, from the log as it was judged
  bool contradicts = false;
};

struct AuditedDecision {
  std::string holder;
  UnixTime logged_at;
  bool is_signed = false;
  std::optional<std::string> reason;  // of a rejection
};

struct AuditedRelease {
  std::uint64_t index = 0;
  UnixTime logged_at;
  formats::ContentDigest digest;
  std::string product, channel, version, author;
  std::uint64_t sequence = 0, security_epoch = 0, size = 0;
  std::vector<AuditedDecision> decisions;
  std::optional<AuditedVerdict> verdict;

  // A verdict by the notary that found nothing, and the rules agree.
  bool counts() const { return verdict && verdict->findings.empty() && !verdict->contradicts; }
};

struct AuditReport {
  std::vector<AuditedEntry> entries;
  std::vector<AuditedRelease> releases;
  std::vector<Concern> concerns;
  std::uint64_t further_concerns = 0;  // not listed
  // Whoever has seen the entries below this one was told what is wrong with them: that is neither listed nor counted,
  // or it would hide what is new.
  std::uint64_t first_new = 0;

  void Raise(Concern concern);
  // No concern says that it is another one, or shorter.
  bool IsTheLogSeenBefore() const;
};

struct LogSource {
  const Storage& storage;
  std::string prefix;  // before every path
  release::log::TrustedCheckpoint checkpoint;
  std::vector<CosignedHead> earlier = {};  // checkpoints of it that somebody kept, believed
};

// Verifies all entries under the checkpoint, their signatures, and every verdict against a replay. Fails where the log
// is not whole, with kTooLarge, or with what reading fails with; what is wrong inside a whole log is a concern.
// `first_new` as in AuditReport.
Result<AuditReport> Audit(const crypto::Provider& provider, const LogSource& source, const LogTrust& trust,
                          UnixTime now, std::uint64_t first_new = 0);

}  // namespace edgekeep::log
