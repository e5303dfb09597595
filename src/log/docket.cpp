#include <algorithm>

#include "edgekeep/log/notary.h"

namespace edgekeep::log {
namespace {

using formats::LogContentKind;

std::string KeyOf(const formats::ReleaseEntry& entry) {
  return std::string(entry.product.view()) + " " + std::string(entry.channel);
}

std::optional<PreviousRelease> Find(const std::vector<std::pair<std::string, PreviousRelease>>& all,
                                    const std::string& key) {
  const auto found = std::ranges::find(all, key, [](const auto& row) { return row.first; });
  return found == all.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

void Docket::Add(const LoggedStatement& statement) {
  const auto kind = formats::KindOfLogContent(AsBytes(statement.content));
  if (!kind) return;
  switch (*kind) {
    case LogContentKind::kRelease:
      return AddRelease(statement);
    case LogContentKind::kApproval:
      return AddApproval(statement);
    case LogContentKind::kRejection:
      return AddRejection(statement);
    case LogContentKind::kVerdict:
      return AddVerdict(statement);
    default:
      return;
  }
}

void Docket::AddRelease(const LoggedStatement& statement) {
  const auto entry = formats::DecodeReleaseEntry(AsBytes(statement.content));
  ReleaseCase release{.index = statement.index,
                      .logged_at = statement.logged_at,
                      .content = statement.content,
                      .digest = statement.digest,
                      .is_signed = entry && statement.signer == entry->author,
                      .approvals = {},
                      .rejections = {}};
  for (const auto& [digest, approval] : approvals_) {
    if (digest == release.digest) release.approvals.push_back(approval);
  }
  for (const auto& [digest, rejection] : rejections_) {
    if (digest == release.digest) release.rejections.push_back(rejection);
  }
  releases_.push_back({.release = std::move(release)});
}

void Docket::AddApproval(const LoggedStatement& statement) {
  const auto decoded = formats::DecodeApproval(AsBytes(statement.content));
  if (!decoded) return;
  CountedApproval approval{.digest = statement.digest,
                           .holder = std::string(decoded->holder),
                           .logged_at = statement.logged_at,
                           .is_signed = statement.signer == decoded->holder};
  for (Open& open : releases_) {
    if (!open.is_decided && open.release.digest == decoded->release) open.release.approvals.push_back(approval);
  }
  approvals_.emplace_back(decoded->release, std::move(approval));
}

// An unsigned rejection, or a stranger's, would let anybody stop a release; one without any statement may have been
// signed, and holds the release until somebody enters what there is.
void Docket::AddRejection(const LoggedStatement& statement) {
  const auto decoded = formats::DecodeRejection(AsBytes(statement.content));
  if (!decoded) return;
  if (std::ranges::find(policy_.holders, decoded->holder, &TrustedHolder::name) == policy_.holders.end()) return;
  if (statement.statement != StatementForm::kWhole) withheld_.insert(decoded->release);
  if (statement.signer != decoded->holder) return;
  HeldRejection rejection{.holder = std::string(decoded->holder), .reason = std::string(decoded->reason)};
  for (Open& open : releases_) {
    if (!open.is_decided && open.release.digest == decoded->release) open.release.rejections.push_back(rejection);
  }
  rejections_.emplace_back(decoded->release, std::move(rejection));
}

void Docket::AddVerdict(const LoggedStatement& statement) {
  const auto verdict = formats::DecodeVerdict(AsBytes(statement.content));
  if (!verdict || statement.signer != policy_.notary) return;
  for (Open& open : releases_) {
    if (open.is_decided || open.release.index != verdict->release_index || open.release.digest != verdict->release)
      continue;
    open.is_decided = true;
    const auto entry = formats::DecodeReleaseEntry(AsBytes(open.release.content));
    if (!verdict->is_favourable() || !entry) continue;
    std::erase_if(previous_, [&](const auto& row) { return row.first == KeyOf(*entry); });
    previous_.emplace_back(KeyOf(*entry), PreviousRelease{.sequence = entry->version.sequence.value,
                                                          .security_epoch = entry->security_epoch,
                                                          .total_size = entry->total_size,
                                                          .interface = entry->interface,
                                                          .dependencies = entry->dependencies});
    for (const CountedApproval& approval : open.release.approvals) {
      const auto& counted = verdict->approvals;
      if (std::ranges::find(counted, approval.digest) != counted.end()) known_approvers_.insert(approval.holder);
    }
  }
}

bool Docket::IsDue(const ReleaseCase& release, UnixTime now) const {
  const auto entry = formats::DecodeReleaseEntry(AsBytes(release.content));
  if (!entry || !release.rejections.empty()) return true;
  if (withheld_.contains(release.digest)) return false;
  // A clock behind the log's would have it judged before its waiting time, and refused for that.
  if (now < release.logged_at) return false;
  const std::uint64_t waited = now.value - release.logged_at.value;
  if (waited >= policy_.patience_seconds && waited >= policy_.waiting_seconds) return true;
  std::set<std::string_view> holders;
  for (const CountedApproval& approval : release.approvals) {
    const auto holder = std::ranges::find(policy_.holders, approval.holder, &TrustedHolder::name);
    const bool is_approver = holder != policy_.holders.end() && holder->is_approver;
    if (approval.is_signed && is_approver && approval.holder != entry->author) holders.insert(approval.holder);
  }
  return release.is_signed && holders.size() >= policy_.quorum && waited >= policy_.waiting_seconds;
}

DueVerdict Docket::Judged(const ReleaseCase& release, UnixTime now) const {
  const auto entry = formats::DecodeReleaseEntry(AsBytes(release.content));
  const auto previous = entry ? Find(previous_, KeyOf(*entry)) : std::nullopt;
  return {.release = release.digest,
          .release_index = release.index,
          .judgement = Judge(release, {previous, known_approvers_}, policy_, rules_, now),
          .series = entry ? KeyOf(*entry) : std::string()};
}

std::vector<DueVerdict> Docket::Due(UnixTime now) const {
  std::vector<DueVerdict> due;
  for (const Open& open : releases_) {
    if (!open.is_decided && IsDue(open.release, now)) due.push_back(Judged(open.release, now));
  }
  return due;
}

std::optional<DueVerdict> Docket::FirstDue(UnixTime now) const {
  for (const Open& open : releases_) {
    if (!open.is_decided && IsDue(open.release, now)) return Judged(open.release, now);
  }
  return {};
}

}  // namespace edgekeep::log
