#include "edgekeep/log/docket.h"

#include <algorithm>

namespace edgekeep::log {
namespace {

using formats::LogContentKind;

// Approvals that cannot count explain why there is no quorum; no more of them are kept than anybody reads.
constexpr std::size_t kMaxUnsigned = 16;
constexpr std::uint64_t kWholeLog = UINT64_MAX;

// Before the channel in the key of each of its series.
std::string ProductOf(const formats::ReleaseEntry& entry) {
  return std::string(entry.product.view()) + " ";
}

std::string KeyOf(const formats::ReleaseEntry& entry) {
  return ProductOf(entry) + std::string(entry.channel);
}

UnixTime After(UnixTime time, std::uint64_t seconds) {
  return {seconds > UINT64_MAX - time.value ? UINT64_MAX : time.value + seconds};
}

const char* WhatIsWrong(StatementForm form) {
  if (form == StatementForm::kNone) return "has no statement";
  return form == StatementForm::kJunk ? "its statement is junk" : "its statement is not theirs";
}

}  // namespace

void Docket::Add(const LoggedStatement& statement) {
  if (statement.logged_at < last_time_) set_backs_.push_back({statement.index, statement.logged_at});
  last_time_ = statement.logged_at;
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
  releases_.emplace(statement.index, EnteredRelease{.index = statement.index,
                                                    .logged_at = statement.logged_at,
                                                    .content = statement.content,
                                                    .digest = statement.digest,
                                                    .is_signed = entry && statement.signer == entry->author,
                                                    .verdict = {}});
  open_.insert(statement.index);
}

// Of those after an entry that is earlier than it the earliest is such a one.
bool Docket::IsAhead(std::uint64_t index, UnixTime logged_at, std::uint64_t tree_size) const {
  return std::ranges::any_of(set_backs_, [&](const Indexed<UnixTime>& one) {
    return one.index > index && one.index < tree_size && one.what < logged_at;
  });
}

// Of those that a holder signed the first one: it is when they approved. One whose time this one sets right is not.
void Docket::AddApproval(const LoggedStatement& statement) {
  const auto decoded = formats::DecodeApproval(AsBytes(statement.content));
  if (!decoded) return;
  CountedApproval approval{.digest = statement.digest,
                           .holder = std::string(decoded->holder),
                           .logged_at = statement.logged_at,
                           .is_signed = statement.signer == decoded->holder};
  Decisions& decisions = decisions_[decoded->release];
  if (approval.is_signed) decisions.withheld.erase(approval.holder);
  auto& approvals = decisions.approvals;
  const bool is_behind = Behind(statement.index, statement.logged_at) != nullptr;
  const auto same = [&](const auto& one) {
    if (one.what.is_signed != approval.is_signed) return false;
    if (!approval.is_signed) return true;
    const UnixTime time = one.what.logged_at;
    return one.what.holder == approval.holder && !IsAhead(one.index, time, kWholeLog) &&
           (is_behind || Behind(one.index, time) == nullptr);
  };
  const auto count = static_cast<std::size_t>(std::ranges::count_if(approvals, same));
  if (count < (approval.is_signed ? 1 : kMaxUnsigned)) approvals.push_back({statement.index, std::move(approval)});
}

// A stranger's says nothing. One in the name of a holder that they did not sign may have been signed until somebody
// took their statement away, or laid another in its place: it refuses nothing, and holds the release until they say
// what they think.
void Docket::AddRejection(const LoggedStatement& statement) {
  const auto decoded = formats::DecodeRejection(AsBytes(statement.content));
  if (!decoded) return;
  Decisions& decisions = decisions_[decoded->release];
  if (statement.signer != decoded->holder) {
    if (IsHolder(decoded->holder)) {
      decisions.withheld[std::string(decoded->holder)] = {statement.index, statement.statement};
    }
    return;
  }
  const auto by_holder = [&](const auto& one) { return one.what.holder == decoded->holder; };
  if (std::ranges::any_of(decisions.rejections, by_holder)) return;
  decisions.rejections.push_back({statement.index,
                                  {.holder = std::string(decoded->holder),
                                   .reason = std::string(decoded->reason),
                                   .logged_at = statement.logged_at}});
}

VerdictPlace Docket::PlaceOf(const formats::Verdict& verdict, std::uint64_t index) const {
  if (!verdict.IsOfLog(origin_)) return VerdictPlace::kForeign;
  const EnteredRelease* release = Find(verdict.release_index);
  const bool is_about_it = release != nullptr && release->digest == verdict.release &&
                           verdict.tree_size > release->index && verdict.tree_size <= index;
  if (!is_about_it) return VerdictPlace::kStray;
  return release->verdict ? VerdictPlace::kSecond : VerdictPlace::kFirst;
}

void Docket::AddVerdict(const LoggedStatement& statement) {
  const auto verdict = formats::DecodeVerdict(AsBytes(statement.content));
  if (!verdict || statement.signer != policy_.notary) return;
  if (PlaceOf(*verdict, statement.index) != VerdictPlace::kFirst) return;
  EnteredRelease& release = releases_.at(verdict->release_index);
  release.verdict = statement.index;
  open_.erase(release.index);
  const auto entry = formats::DecodeReleaseEntry(AsBytes(release.content));
  if (!entry || !verdict->is_favourable()) return;
  favourable_[KeyOf(*entry)].push_back({statement.index,
                                        {.sequence = entry->version.sequence.value,
                                         .security_epoch = entry->security_epoch,
                                         .total_size = entry->total_size,
                                         .interface = entry->interface,
                                         .dependencies = entry->dependencies}});
  for (const auto& approval : decisions_[release.digest].approvals) {
    const auto& counted = verdict->approvals;
    if (std::ranges::find(counted, approval.what.digest) == counted.end()) continue;
    first_approvals_.emplace(approval.what.holder, statement.index);
  }
}

SeenHeads::SeenHeads(std::vector<CosignedHead> seen) : seen_(std::move(seen)) {
  std::ranges::sort(seen_, {}, [](const CosignedHead& one) { return one.head.size; });
  std::vector<CosignedHead> latest;
  for (CosignedHead& one : seen_) {
    if (latest.empty() || latest.back().cosigned_at < one.cosigned_at) latest.push_back(std::move(one));
  }
  seen_ = std::move(latest);
}

const CosignedHead* SeenHeads::LatestBefore(std::uint64_t index) const {
  const auto size = [](const CosignedHead& one) { return one.head.size; };
  const auto after = std::ranges::upper_bound(seen_, index, {}, size);
  return after == seen_.begin() ? nullptr : &*std::prev(after);
}

const CosignedHead* Docket::Behind(std::uint64_t index, UnixTime logged_at) const {
  const auto& most = policy_.rules.max_seconds_behind;
  const CosignedHead* unseen = most ? seen_.LatestBefore(index) : nullptr;
  return unseen != nullptr && unseen->cosigned_at > After(logged_at, *most) ? unseen : nullptr;
}

std::string Docket::WhyHeld(const EnteredRelease& release) const {
  if (const CosignedHead* seen = Behind(release.index, release.logged_at)) {
    return "the log's time of it runs behind that of its cosigners" +
           (seen->file.empty() ? "" : ", who had not seen it in " + seen->file) + ": enter it again";
  }
  const auto found = decisions_.find(release.digest);
  if (found == decisions_.end()) return {};
  for (const auto& [holder, withheld] : found->second.withheld) {
    return "entry " + std::to_string(withheld.index) + " says that " + holder + " rejects it, and " +
           WhatIsWrong(withheld.form) + ": have it entered with its statement, or an approval by " + holder;
  }
  return {};
}

bool Docket::IsHolder(std::string_view name) const {
  return std::ranges::find(policy_.holders, name, &TrustedHolder::name) != policy_.holders.end();
}

const EnteredRelease* Docket::Find(std::uint64_t index) const {
  const auto found = releases_.find(index);
  return found == releases_.end() ? nullptr : &found->second;
}

ReleaseCase Docket::CaseAt(const EnteredRelease& release, std::uint64_t tree_size, TimeEvidence evidence) const {
  ReleaseCase seen{.index = release.index,
                   .logged_at = release.logged_at,
                   .content = release.content,
                   .digest = release.digest,
                   .is_signed = release.is_signed,
                   .is_ahead = IsAhead(release.index, release.logged_at, tree_size),
                   .approvals = {},
                   .rejections = {}};
  const auto found = decisions_.find(release.digest);
  if (found == decisions_.end()) return seen;
  for (const auto& approval : found->second.approvals) {
    const UnixTime time = approval.what.logged_at;
    const bool is_there = approval.index < tree_size && !IsAhead(approval.index, time, tree_size) &&
                          (evidence == TimeEvidence::kOfLogAlone || Behind(approval.index, time) == nullptr);
    if (is_there) seen.approvals.push_back(approval.what);
  }
  for (const auto& rejection : found->second.rejections) {
    if (rejection.index < tree_size) seen.rejections.push_back(rejection.what);
  }
  return seen;
}

ReleaseHistory Docket::HistoryAt(const EnteredRelease& release, std::uint64_t tree_size) const {
  ReleaseHistory history;
  for (const auto& [holder, index] : first_approvals_) {
    if (index < tree_size) history.known_approvers.insert(holder);
  }
  const auto entry = formats::DecodeReleaseEntry(AsBytes(release.content));
  if (!entry) return history;
  const std::string series = KeyOf(*entry), product = ProductOf(*entry);
  std::uint64_t newest = 0;
  for (auto at = favourable_.lower_bound(product); at != favourable_.end() && at->first.starts_with(product); ++at) {
    // By index, ascending: the last one before that size.
    const auto after = std::ranges::lower_bound(at->second, tree_size, {}, &Indexed<PreviousRelease>::index);
    if (after == at->second.begin()) continue;
    const Indexed<PreviousRelease>& last = *std::prev(after);
    if (at->first == series) history.previous = last.what;
    if (last.index >= newest) history.of_product = last.what;
    newest = std::max(newest, last.index);
  }
  return history;
}

Judgement Docket::JudgeAt(const EnteredRelease& release, std::uint64_t tree_size, const NotaryPolicy& policy,
                          UnixTime now, TimeEvidence evidence) const {
  return Judge(CaseAt(release, tree_size, evidence), HistoryAt(release, tree_size), policy, rules_, now);
}

// When the last of as many as it takes approved.
std::optional<UnixTime> Docket::QuorumSince(const EnteredRelease& release) const {
  const ReleaseCase seen = CaseAt(release, kWholeLog, TimeEvidence::kSeen);
  const auto entry = formats::DecodeReleaseEntry(AsBytes(release.content));
  if (!release.is_signed || !entry) return {};
  std::vector<UnixTime> times = {release.logged_at};
  std::set<std::string_view> holders;
  for (const CountedApproval& approval : seen.approvals) {
    const auto holder = std::ranges::find(policy_.holders, approval.holder, &TrustedHolder::name);
    const bool is_approver = holder != policy_.holders.end() && holder->is_approver;
    if (!approval.is_signed || !is_approver || approval.holder == entry->author) continue;
    if (holders.size() < policy_.quorum && holders.insert(approval.holder).second) times.push_back(approval.logged_at);
  }
  if (holders.size() < policy_.quorum) return {};
  return std::ranges::max(times);
}

std::optional<UnixTime> Docket::RejectedSince(const EnteredRelease& release) const {
  const auto found = decisions_.find(release.digest);
  if (found == decisions_.end()) return {};
  for (const auto& rejection : found->second.rejections) {
    if (!IsHolder(rejection.what.holder)) continue;
    const bool is_ahead = IsAhead(rejection.index, rejection.what.logged_at, kWholeLog);
    return std::max(release.logged_at, is_ahead ? last_time_ : rejection.what.logged_at);
  }
  return {};
}

std::optional<UnixTime> Docket::DueSince(const EnteredRelease& release) const {
  if (IsAhead(release.index, release.logged_at, kWholeLog)) return last_time_;
  if (!formats::DecodeReleaseEntry(AsBytes(release.content))) return release.logged_at;
  if (const auto rejected = RejectedSince(release)) return rejected;
  if (!WhyHeld(release).empty()) return {};
  return DueByApprovals(release);
}

UnixTime Docket::DueByApprovals(const EnteredRelease& release) const {
  const UnixTime patience = After(release.logged_at, std::max(policy_.waiting_seconds, policy_.patience_seconds));
  const std::optional<UnixTime> quorum = QuorumSince(release);
  return quorum ? std::min(patience, std::max(*quorum, After(release.logged_at, policy_.waiting_seconds))) : patience;
}

std::vector<HeldRelease> Docket::Held() const {
  std::vector<HeldRelease> held;
  for (const std::uint64_t index : open_) {
    const EnteredRelease& release = releases_.at(index);
    std::string why = WhyHeld(release);
    if (!why.empty() && !DueSince(release)) held.push_back({index, std::move(why)});
  }
  return held;
}

DueVerdict Docket::Judged(const EnteredRelease& release, UnixTime now) const {
  const auto entry = formats::DecodeReleaseEntry(AsBytes(release.content));
  return {.release = release.digest,
          .release_index = release.index,
          .judgement = JudgeAt(release, kWholeLog, policy_, now),
          .log = origin_,
          .series = entry ? KeyOf(*entry) : std::string()};
}

std::vector<DueVerdict> Docket::Due(UnixTime now) const {
  std::vector<DueVerdict> due;
  for (const std::uint64_t index : open_) {
    const EnteredRelease& release = releases_.at(index);
    const auto since = DueSince(release);
    if (since && *since <= now) due.push_back(Judged(release, now));
  }
  return due;
}

std::optional<DueVerdict> Docket::FirstDue(UnixTime now) const {
  for (const std::uint64_t index : open_) {
    const EnteredRelease& release = releases_.at(index);
    const auto since = DueSince(release);
    if (since && *since <= now) return Judged(release, now);
  }
  return {};
}

}  // namespace edgekeep::log
