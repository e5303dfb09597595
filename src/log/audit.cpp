#include "edgekeep/log/audit.h"

#include <algorithm>
#include <array>
#include <utility>

#include "audit_reader.h"
#include "audit_wording.h"

namespace edgekeep::log {

const char* NameOf(ConcernKind kind) noexcept {
  constexpr std::array kNames = {"unknown-entry",    "unsigned",      "former-keys",     "contradiction",
                                 "second-verdict",   "stray-verdict", "overdue-verdict", "unknown-root",
                                 "missing-ceremony", "keys-expire",   "time-ahead",      "unproposed",
                                 "forked",           "went-back",     "missing-policy",  "unknown-policy"};
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

namespace {

// Between clocks that are right, more or less.
constexpr std::uint64_t kTolerance = 300;
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

void CheckRoots(const AuditTrust& trust, const StatementSigners& signers, UnixTime now, AuditReport& report) {
  for (std::size_t root = 0; root < trust.roots.size(); ++root) {
    if (signers.is_announced(root)) continue;
    report.Raise({ConcernKind::kMissingCeremony,
                  {},
                  "the log has no key ceremony of root " + std::to_string(trust.roots[root].version)});
  }
  const AuditedRoot& newest = trust.roots.back();
  if (newest.expires.value > now.value + kExpiryWarning) return;
  report.Raise({ConcernKind::kKeysExpire,
                {},
                "root " + std::to_string(newest.version) +
                    (newest.expires <= now ? " has expired" : " expires within 30 days") + ": renew it"});
}

void CheckPolicies(const AuditTrust& trust, const AuditReader& reader, AuditReport& report) {
  for (const AuditedPolicy& policy : trust.policies) {
    if (reader.HasPolicy(policy.fingerprint)) continue;
    report.Raise({ConcernKind::kMissingPolicy,
                  {},
                  "the log has no entry of trust policy " + std::to_string(policy.version) + ", which devices have"});
  }
}

bool Found(const Judgement& judgement, formats::VerdictReason reason) {
  return std::ranges::find(judgement.findings, reason, &Finding::reason) != judgement.findings.end();
}

// When a verdict could be given first, as Docket has it; nothing where it is not due.
std::optional<UnixTime> DueSince(const AuditedRelease& release, const Judgement& judgement,
                                 const NotaryPolicy& policy) {
  using enum formats::VerdictReason;
  UnixTime last = release.logged_at;
  for (const AuditedDecision& decision : release.decisions) last = std::max(last, decision.logged_at);
  const UnixTime waited{release.logged_at.value + policy.waiting_seconds};
  if (Found(judgement, kMalformed) || Found(judgement, kRejected)) return last;
  const bool has_quorum =
      !Found(judgement, kNoQuorum) && !Found(judgement, kUnknownHolder) && !Found(judgement, kClassMissing);
  if (has_quorum) return std::max(last, waited);
  return UnixTime{release.logged_at.value + std::max(policy.waiting_seconds, policy.patience_seconds)};
}

}  // namespace

Result<AuditReport> Audit(const crypto::Provider& provider, const LogSource& source, const AuditTrust& trust,
                          UnixTime now, std::uint64_t first_new) {
  if (source.checkpoint.head().size > kMaxAuditedEntries) return Error(ErrorCode::kTooLarge, "log to audit");
  if (trust.roots.empty() || trust.notaries.empty())
    return Error(ErrorCode::kBadArgument, "roots and notaries of an audit");
  AuditReader reader(provider, source, trust, first_new);
  EK_TRY(reader.FindCeremonies());
  EK_TRY(reader.ReadEntries());
  AuditReport report = std::move(reader).TakeReport();
  CheckPolicies(trust, reader, report);
  // Few, and before those of which somebody can make many.
  CheckRoots(trust, reader.signers(), now, report);
  CheckTimes(source, now, report);
  const std::uint64_t size = source.checkpoint.head().size;
  for (const AuditedRelease& release : report.releases) {
    if (release.verdict) continue;
    const NotaryPolicy& policy = reader.PolicyAt(size);
    const auto due = DueSince(release, reader.JudgeAt(release.index, size, policy, now), policy);
    if (due && now.value > due->value + kVerdictGrace) {
      report.Raise({ConcernKind::kOverdueVerdict, release.index, "no verdict, though one could be given"});
    }
  }
  return report;
}

}  // namespace edgekeep::log
