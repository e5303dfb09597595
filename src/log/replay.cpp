#include "replay.h"

#include <algorithm>

namespace edgekeep::log {
namespace {

// Approvals that cannot count explain why there is no quorum; no more of them are kept than anybody reads.
constexpr std::size_t kMaxUnsigned = 16;

std::string KeyOf(const formats::ReleaseEntry& entry) {
  return std::string(entry.product.view()) + " " + std::string(entry.channel);
}

}  // namespace

void Replay::AddRelease(std::uint64_t index, UnixTime logged_at, std::string content,
                        const formats::ContentDigest& digest, bool is_signed) {
  releases_.emplace(index, Release{.index = index,
                                   .logged_at = logged_at,
                                   .content = std::move(content),
                                   .digest = digest,
                                   .is_signed = is_signed,
                                   .verdict = {}});
}

void Replay::AddApproval(std::uint64_t index, const formats::ContentDigest& release, CountedApproval approval) {
  auto& approvals = decisions_[release].approvals;
  const auto same = [&](const auto& one) {
    return one.what.is_signed == approval.is_signed && (!approval.is_signed || one.what.holder == approval.holder);
  };
  const auto count = static_cast<std::size_t>(std::ranges::count_if(approvals, same));
  if (count < (approval.is_signed ? 1 : kMaxUnsigned)) approvals.push_back({index, std::move(approval)});
}

void Replay::AddRejection(std::uint64_t index, const formats::ContentDigest& release, HeldRejection rejection) {
  auto& rejections = decisions_[release].rejections;
  const auto by_holder = [&](const auto& one) { return one.what.holder == rejection.holder; };
  if (std::ranges::none_of(rejections, by_holder)) rejections.push_back({index, std::move(rejection)});
}

void Replay::AddVerdict(std::uint64_t index, std::uint64_t release_index, const formats::Verdict& verdict) {
  const auto found = releases_.find(release_index);
  if (found == releases_.end()) return;
  found->second.verdict = index;
  const auto entry = formats::DecodeReleaseEntry(AsBytes(found->second.content));
  if (!entry || !verdict.is_favourable()) return;
  favourable_[KeyOf(*entry)].push_back({index,
                                        {.sequence = entry->version.sequence.value,
                                         .security_epoch = entry->security_epoch,
                                         .total_size = entry->total_size,
                                         .interface = entry->interface,
                                         .dependencies = entry->dependencies}});
  for (const auto& approval : decisions_[found->second.digest].approvals) {
    const auto& counted = verdict.approvals;
    if (std::ranges::find(counted, approval.what.digest) == counted.end()) continue;
    first_approvals_.emplace(approval.what.holder, index);
  }
}

const Replay::Release* Replay::FindRelease(std::uint64_t index) const {
  const auto found = releases_.find(index);
  return found == releases_.end() ? nullptr : &found->second;
}

ReleaseCase Replay::CaseAt(const Release& release, std::uint64_t tree_size) const {
  ReleaseCase seen{.index = release.index,
                   .logged_at = release.logged_at,
                   .content = release.content,
                   .digest = release.digest,
                   .is_signed = release.is_signed,
                   .approvals = {},
                   .rejections = {}};
  const auto found = decisions_.find(release.digest);
  if (found == decisions_.end()) return seen;
  for (const auto& approval : found->second.approvals) {
    if (approval.index < tree_size) seen.approvals.push_back(approval.what);
  }
  for (const auto& rejection : found->second.rejections) {
    if (rejection.index < tree_size) seen.rejections.push_back(rejection.what);
  }
  return seen;
}

ReleaseHistory Replay::HistoryAt(const Release& release, std::uint64_t tree_size) const {
  ReleaseHistory history;
  for (const auto& [holder, index] : first_approvals_) {
    if (index < tree_size) history.known_approvers.insert(holder);
  }
  const auto entry = formats::DecodeReleaseEntry(AsBytes(release.content));
  if (!entry) return history;
  const auto found = favourable_.find(KeyOf(*entry));
  if (found == favourable_.end()) return history;
  // By index, ascending: the last one before that size.
  const auto after = std::ranges::lower_bound(found->second, tree_size, {}, &Indexed<PreviousRelease>::index);
  if (after != found->second.begin()) history.previous = std::prev(after)->what;
  return history;
}

Judgement Replay::JudgeAt(const Release& release, std::uint64_t tree_size, const NotaryPolicy& policy,
                          const std::vector<Rule>& rules, UnixTime now) const {
  return Judge(CaseAt(release, tree_size), HistoryAt(release, tree_size), policy, rules, now);
}

}  // namespace edgekeep::log
