#include "edgekeep/log/notary.h"

#include <algorithm>

#include "edgekeep/base/cbor_writer.h"
#include "edgekeep/formats/operations_policy.h"

namespace edgekeep::log {
namespace {

using formats::ReleaseEntry;
using formats::VerdictReason;

bool IsHolder(const NotaryPolicy& policy, std::string_view name) {
  return std::ranges::find(policy.holders, name, &TrustedHolder::name) != policy.holders.end();
}

bool IsApprover(const NotaryPolicy& policy, std::string_view name) {
  const auto holder = std::ranges::find(policy.holders, name, &TrustedHolder::name);
  return holder != policy.holders.end() && holder->is_approver;
}

// One of each holder but the author: signed, by whom the policy names. The earliest counts.
std::vector<CountedApproval> Counted(const ReleaseCase& release, std::string_view author, const NotaryPolicy& policy) {
  std::vector<CountedApproval> counted;
  for (const CountedApproval& approval : release.approvals) {
    if (!approval.is_signed || approval.holder == author || !IsApprover(policy, approval.holder)) continue;
    const bool is_new = std::ranges::find(counted, approval.holder, &CountedApproval::holder) == counted.end();
    if (is_new) counted.push_back(approval);
  }
  return counted;
}

// Why there is no quorum: what else was there that would have made one, or nearly.
void ExplainMissingQuorum(const ReleaseCase& release, std::string_view author, const NotaryPolicy& policy,
                          std::size_t num_counted, std::vector<Finding>& findings) {
  findings.push_back(
      {VerdictReason::kNoQuorum, std::to_string(num_counted) + " of " + std::to_string(policy.quorum) + " approvals"});
  bool author_approved = false;
  for (const CountedApproval& approval : release.approvals) {
    if (!IsApprover(policy, approval.holder)) {
      findings.push_back({VerdictReason::kUnknownHolder, "approved by " + approval.holder + ", who is no approver"});
    } else if (!approval.is_signed) {
      findings.push_back(
          {VerdictReason::kClassMissing, "approval of " + approval.holder + " is not signed in every class"});
    } else if (approval.holder == author) {
      author_approved = true;
    }
  }
  if (author_approved && num_counted + 1 >= policy.quorum) {
    findings.push_back({VerdictReason::kAuthorApproved, "approved by its author " + std::string(author)});
  }
}

void CheckAuthor(const ReleaseCase& release, const ReleaseEntry& entry, const NotaryPolicy& policy,
                 std::vector<Finding>& findings) {
  if (!IsHolder(policy, entry.author)) {
    findings.push_back({VerdictReason::kUnknownHolder, "author " + std::string(entry.author) + " is no holder"});
  } else if (!release.is_signed) {
    findings.push_back({VerdictReason::kClassMissing, "not signed by its author in every class"});
  }
}

void CheckWaitingTime(const ReleaseCase& release, const NotaryPolicy& policy, UnixTime now,
                      std::vector<Finding>& findings) {
  const bool is_over = now >= release.logged_at && now.value - release.logged_at.value >= policy.waiting_seconds;
  if (!is_over) findings.push_back({VerdictReason::kWaitingTime, "the waiting time is not over"});
}

// Never overruled: it would take a device below what it has confirmed.
void CheckSecurityEpoch(const ReleaseEntry& entry, const std::optional<PreviousRelease>& previous,
                        std::vector<Finding>& findings) {
  if (!previous || entry.security_epoch >= previous->security_epoch) return;
  findings.push_back({VerdictReason::kSecurityEpochBack,
                      std::to_string(entry.security_epoch) + " after " + std::to_string(previous->security_epoch)});
}

// Never overruled: no device would take it, or only devices that miss the one that it hides from the others.
void CheckOperations(const ReleaseEntry& entry, const std::optional<PreviousRelease>& previous,
                     std::vector<Finding>& findings) {
  if (entry.product.name() != formats::kOperationsProduct) return;
  if (entry.channel != formats::kOperationsChannel) {
    findings.push_back({VerdictReason::kVersionOutOfOrder,
                        "an operations policy in channel " + std::string(entry.channel) + ", there is one series"});
  }
  const std::uint64_t last = previous ? previous->sequence : 0;
  if (formats::CheckOperationsStep(last, entry.version.sequence.value)) return;
  findings.push_back(
      {VerdictReason::kVersionOutOfOrder,
       "operations policy " + std::to_string(entry.version.sequence.value) + " after " + std::to_string(last)});
}

// Between characters: half of one is no text.
std::string CutDetail(const std::string& detail) {
  if (detail.size() <= formats::kMaxLogText) return detail;
  std::size_t end = formats::kMaxLogText;
  while (end > 0 && (static_cast<unsigned char>(detail[end]) & 0xC0) == 0x80) --end;
  return detail.substr(0, end);
}

}  // namespace

Judgement Judge(const ReleaseCase& release, const ReleaseHistory& history, const NotaryPolicy& policy,
                const std::vector<Rule>& rules, UnixTime now) {
  Judgement judgement;
  const auto entry = formats::DecodeReleaseEntry(AsBytes(release.content));
  if (!entry) {
    judgement.findings.push_back({VerdictReason::kMalformed, "the entry is no release"});
    return judgement;
  }
  if (release.is_ahead) {
    judgement.findings.push_back(
        {VerdictReason::kMalformed, "the log's time of it is later than that of an entry after it: enter it again"});
    return judgement;
  }
  CheckAuthor(release, *entry, policy, judgement.findings);
  for (const HeldRejection& rejection : release.rejections) {
    if (!IsHolder(policy, rejection.holder)) continue;
    judgement.findings.push_back({VerdictReason::kRejected, rejection.holder + ": " + rejection.reason});
  }
  const std::vector<CountedApproval> counted = Counted(release, entry->author, policy);
  for (const CountedApproval& approval : counted) judgement.approvals.push_back(approval.digest);
  if (counted.size() < policy.quorum) {
    ExplainMissingQuorum(release, entry->author, policy, counted.size(), judgement.findings);
  }
  CheckWaitingTime(release, policy, now, judgement.findings);
  CheckSecurityEpoch(*entry, history.previous, judgement.findings);
  CheckOperations(*entry, history.previous, judgement.findings);
  const auto& overruled_by = policy.rules.overruled_by;
  if (overruled_by && counted.size() >= *overruled_by) return judgement;
  // Else a channel that nobody used before would be the way around what a release is compared with.
  const auto& compared = history.previous ? history.previous : history.of_product;
  for (const Rule& rule : rules) {
    if (auto found = rule({*entry, counted, compared, history.known_approvers, policy}))
      judgement.findings.push_back(*found);
  }
  return judgement;
}

Result<std::string> EncodeJudgement(const DueVerdict& due, std::uint64_t tree_size) {
  formats::Verdict verdict{.release = due.release,
                           .release_index = due.release_index,
                           .tree_size = tree_size,
                           .findings = {},
                           .approvals = {},
                           .log = due.log};
  std::vector<std::string> details;  // that the findings' views borrow from
  details.reserve(formats::kMaxVerdictReasons);
  for (const Finding& finding : due.judgement.findings) {
    if (details.size() == formats::kMaxVerdictReasons) break;
    details.push_back(CutDetail(finding.detail));
    EK_TRY(verdict.findings.PushBack({.reason = finding.reason, .detail = details.back()}));
  }
  for (const formats::ContentDigest& approval : due.judgement.approvals) {
    if (verdict.approvals.size() == formats::kMaxApprovals) break;
    EK_TRY(verdict.approvals.PushBack(approval));
  }
  std::string content(formats::kMaxLogContentSize, '\0');
  CborWriter out({reinterpret_cast<std::uint8_t*>(content.data()), content.size()});
  EK_TRY(formats::EncodeVerdict(verdict, out));
  content.resize(out.written().size());
  return content;
}

}  // namespace edgekeep::log
