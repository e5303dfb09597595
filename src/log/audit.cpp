#include "edgekeep/log/audit.h"

#include <algorithm>
#include <array>
#include <utility>

#include "audit_reader.h"
#include "audit_wording.h"
#include "edgekeep/log/log.h"
#include "edgekeep/log/tree_reader.h"

namespace edgekeep::log {

const char* NameOf(ConcernKind kind) noexcept {
  constexpr std::array kNames = {"unknown-entry", "unsigned",         "junk-statement",     "former-keys",
                                 "contradiction", "second-verdict",   "stray-verdict",      "overdue-verdict",
                                 "unknown-root",  "missing-ceremony", "keys-expire",        "time-ahead",
                                 "time-behind",   "time-set-back",    "statements-changed", "unproposed",
                                 "forked",        "went-back",        "missing-policy",     "unknown-policy",
                                 "repository",    "false-ceremony",   "missing-epoch",      "foreign-verdict"};
  return kNames[std::to_underlying(kind)];
}

namespace {

// Of an entry that stays as it is: told of once, when it is new. Everything else may become wrong at any time.
bool IsAboutItsEntryAlone(const Concern& concern) {
  using enum ConcernKind;
  return concern.index && concern.kind != kOverdueVerdict && concern.kind != kTimeAhead;
}

}  // namespace

void AuditReport::Raise(Concern concern) {
  if (IsAboutItsEntryAlone(concern) && *concern.index < first_new) return;
  if (concerns.size() == kMaxConcerns) {
    ++further_concerns;
  } else {
    concerns.push_back(std::move(concern));
  }
}

bool IsOfAnotherLog(const Concern& concern) {
  return concern.kind == ConcernKind::kForked || concern.kind == ConcernKind::kWentBack;
}

bool AuditReport::IsTheLogSeenBefore() const {
  return std::ranges::none_of(concerns, IsOfAnotherLog);
}

namespace {

// Between clocks that are right, more or less.
constexpr std::uint64_t kTolerance = kClockTolerance;
constexpr std::uint64_t kVerdictGrace = 3600;
constexpr std::uint64_t kExpiryWarning = 30ULL * 86400;

void CheckTimes(const LogSource& source, UnixTime now, AuditReport& report) {
  if (report.entries.empty()) return;
  const AuditedEntry& last = report.entries.back();
  const UnixTime cosigned = source.checkpoint.cosigned_at();
  const bool before_cosigners = cosigned.value == 0 || last.logged_at.value <= cosigned.value + kTolerance;
  if (before_cosigners && last.logged_at.value <= now.value + kTolerance) return;
  report.Raise({ConcernKind::kTimeAhead, last.index,
                before_cosigners ? "the log's time is later than this machine's"
                                 : "the log's time is later than that of those who cosigned it"});
}

// That it is the log that was seen.
Status CheckEarlier(const crypto::Provider& provider, const LogSource& source, AuditReport& report) {
  const std::uint64_t size = source.checkpoint.head().size;
  TreeReader tree(provider, source.storage, source.prefix, size);
  for (const CosignedHead& earlier : source.earlier) {
    const std::string seen = "the first " + std::to_string(earlier.head.size) + " entries that cosigners saw before";
    if (earlier.head.size > size) {
      report.Raise({ConcernKind::kWentBack, {}, "the log does not have " + seen});
      continue;
    }
    EK_TRY_ASSIGN(const bool is_same, Continues(provider, tree, earlier.head, source.checkpoint.head()));
    if (!is_same) report.Raise({ConcernKind::kForked, {}, "the log has others than " + seen});
  }
  return {};
}

void CheckRoots(const LogTrust& trust, const LogSigners& signers, UnixTime now, AuditReport& report) {
  for (std::size_t root = 0; root < trust.roots.size(); ++root) {
    if (signers.is_announced(root)) continue;
    report.Raise({ConcernKind::kMissingCeremony,
                  {},
                  "the log has no key ceremony of root " + std::to_string(trust.roots[root].version)});
  }
  const TrustedRoot& newest = trust.roots.back();
  if (newest.expires.value > now.value + kExpiryWarning) return;
  report.Raise({ConcernKind::kKeysExpire,
                {},
                "root " + std::to_string(newest.version) +
                    (newest.expires <= now ? " has expired" : " expires within 30 days") + ": renew it"});
}

void CheckPolicies(const LogTrust& trust, const AuditReader& reader, AuditReport& report) {
  for (const TrustedPolicy& policy : trust.policies) {
    if (reader.HasPolicy(policy.fingerprint)) continue;
    const char* what = policy.kind == formats::PolicyKind::kTrust ? "trust policy " : "repair of time ";
    report.Raise(
        {ConcernKind::kMissingPolicy,
         {},
         std::string("the log has no entry of ") + what + std::to_string(policy.version) + ", which devices have"});
  }
}

// The first one that is missing: what follows it hangs on the same licensor.
void CheckEpochs(const LogTrust& trust, const AuditReader& reader, AuditReport& report) {
  for (const ReleasedEpoch& released : trust.epochs) {
    for (std::uint64_t epoch = 2; epoch <= released.epoch.value; ++epoch) {
      if (reader.HasEpoch(released.product, {epoch})) continue;
      report.Raise({ConcernKind::kMissingEpoch,
                    {},
                    "the log has no entry of epoch " + std::to_string(epoch) + " of " +
                        std::string(released.product.view()) + ", which began: something is released for " +
                        (epoch == released.epoch.value ? "it" : "a later one")});
      break;
    }
  }
}

void CheckOpen(const Docket& docket, UnixTime now, AuditReport& report) {
  for (const std::uint64_t index : docket.open()) {
    const EnteredRelease* release = docket.Find(index);
    const auto due = release == nullptr ? std::nullopt : docket.DueSince(*release);
    if (!due || due->value > now.value || now.value - due->value <= kVerdictGrace) continue;
    report.Raise({ConcernKind::kOverdueVerdict, index, "no verdict, though one could be given"});
  }
}

}  // namespace

Result<AuditReport> Audit(const crypto::Provider& provider, const LogSource& source, const LogTrust& trust,
                          UnixTime now, std::uint64_t first_new) {
  if (source.checkpoint.head().size > kMaxAuditedEntries) return Error(ErrorCode::kTooLarge, "log to audit");
  if (trust.roots.empty() || trust.notaries.empty())
    return Error(ErrorCode::kBadArgument, "roots and notaries of an audit");
  AuditReader reader(provider, source, trust, first_new);
  EK_TRY(reader.Read());
  EK_TRY(CheckEarlier(provider, source, reader.report()));
  CheckPolicies(trust, reader, reader.report());
  CheckEpochs(trust, reader, reader.report());
  // Few, and before those of which somebody can make many.
  CheckRoots(trust, reader.signers(), now, reader.report());
  CheckTimes(source, now, reader.report());
  CheckOpen(reader.docket(), now, reader.report());
  return std::move(reader).TakeReport();
}

}  // namespace edgekeep::log
