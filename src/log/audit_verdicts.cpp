// What an audit makes of the notary's verdicts.
#include <algorithm>

#include "audit_reader.h"
#include "audit_wording.h"
#include "edgekeep/base/check.h"

namespace edgekeep::log {
namespace {

std::vector<Finding> FindingsOf(const formats::Verdict& verdict) {
  std::vector<Finding> findings;
  for (const formats::VerdictFinding& finding : verdict.findings) {
    findings.push_back({finding.reason, std::string(finding.detail)});
  }
  return findings;
}

bool Has(const Judgement& judgement, formats::VerdictReason reason) {
  return std::ranges::find(judgement.findings, reason, &Finding::reason) != judgement.findings.end();
}

// A notary judges a moment before the log takes its verdict: whether a waiting time was over by then is the one thing
// in which an unfavourable verdict may differ. It may also leave out what does not fit.
bool Contradicts(const formats::Verdict& verdict, const Judgement& replayed) {
  if (verdict.is_favourable() != replayed.findings.empty()) return true;
  for (const formats::VerdictFinding& finding : verdict.findings) {
    if (finding.reason != formats::VerdictReason::kWaitingTime && !Has(replayed, finding.reason)) return true;
  }
  const auto counts = [&](const formats::ContentDigest& approval) {
    return std::ranges::find(replayed.approvals, approval) != replayed.approvals.end();
  };
  return !std::ranges::all_of(verdict.approvals, counts);
}

std::string WhyContradicts(const formats::Verdict& verdict, const Judgement& replayed) {
  if (verdict.is_favourable() && !replayed.findings.empty()) {
    return "the notary found nothing, the rules find: " + Details(replayed.findings);
  }
  if (!verdict.is_favourable() && replayed.findings.empty()) return "the notary refused what no rule holds";
  return verdict.is_favourable() ? "the notary counted approvals that do not count"
                                 : "the notary gave reasons that the rules do not find";
}

}  // namespace

void AuditReader::ReadVerdict(Item& item) {
  const auto verdict = formats::DecodeVerdict(item.content);
  if (!verdict) return Raise(item, ConcernKind::kUnknownEntry, "a verdict that is malformed");
  const std::optional<std::string> signer =
      signers_.ByNotary(item.entry.index, item.content, AsBytes(item.statement.bytes));
  const std::string notary(trust_->notaries.front().holder.name);
  item.entry.who = signer.value_or(notary);
  const bool is_ours = verdict->IsOfLog(source_->checkpoint.origin());
  const std::string release =
      "release " + std::to_string(verdict->release_index) + (is_ours ? "" : " of " + std::string(verdict->log));
  item.entry.what = verdict->is_favourable() ? "finds nothing against " + release
                                             : "refuses " + release + ": " + Details(FindingsOf(*verdict));
  item.entry.is_signed = signer.has_value();
  if (!item.entry.is_signed) return Raise(item, ConcernKind::kUnsigned, "a verdict that the notary did not sign");
  switch (docket_->PlaceOf(*verdict, item.entry.index)) {
    case VerdictPlace::kForeign:
      return Raise(item, ConcernKind::kForeignVerdict, "a verdict on another log: " + std::string(verdict->log));
    case VerdictPlace::kStray:
      return Raise(item, ConcernKind::kStrayVerdict, "a verdict on no release that was there");
    case VerdictPlace::kSecond:
      return Raise(item, ConcernKind::kSecondVerdict,
                   release + " had its verdict at " + std::to_string(*docket_->Find(verdict->release_index)->verdict));
    case VerdictPlace::kFirst:
      JudgeAgain(item, *verdict);
      return Enter(item, notary);
  }
}

Judgement AuditReader::Replay(const EnteredRelease& release, const Item& item, std::uint64_t tree_size,
                              TimeEvidence evidence) const {
  const NotaryPolicy& policy = trust_->roots[signers_.RootAt(tree_size)].policy;
  return docket_->JudgeAt(release, tree_size, policy, item.entry.logged_at, evidence);
}

void AuditReader::JudgeAgain(const Item& item, const formats::Verdict& verdict) {
  const EnteredRelease* release = docket_->Find(verdict.release_index);
  EK_CHECK(release != nullptr);
  AuditedVerdict judged{.index = item.entry.index,
                        .logged_at = item.entry.logged_at,
                        .findings = FindingsOf(verdict),
                        .replayed = {},
                        .contradicts = true};
  // The notary saw other checkpoints, or none: what agrees with the log alone is no contradiction either.
  for (const TimeEvidence evidence : {TimeEvidence::kOfLogAlone, TimeEvidence::kSeen}) {
    if (!judged.contradicts) break;
    judged.replayed = Replay(*release, item, verdict.tree_size, evidence);
    judged.contradicts = Contradicts(verdict, judged.replayed);
  }
  if (judged.contradicts) {
    Raise(item, ConcernKind::kContradiction,
          "release " + std::to_string(release->index) + ": " + WhyContradicts(verdict, judged.replayed));
  }
  const auto found = release_at_.find(release->index);
  if (found == release_at_.end()) return;
  AuditedRelease& audited = report_.releases[found->second];
  audited.verdict = std::move(judged);
  if (!audited.counts()) return;
  std::uint64_t& epoch = security_epochs_[audited.product];
  epoch = std::max(epoch, audited.security_epoch);
}

}  // namespace edgekeep::log
