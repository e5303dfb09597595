// Rules of the process: what holds a release though people approved it. Times are the log's.
#include <algorithm>

#include "edgekeep/log/notary.h"

namespace edgekeep::log {
namespace {

using formats::VerdictReason;
using Found = std::optional<Finding>;

constexpr std::uint64_t kSecondsPerHour = 3600;
constexpr std::uint64_t kSecondsPerDay = 86400;

std::vector<UnixTime> TimesOf(const std::vector<CountedApproval>& approvals) {
  std::vector<UnixTime> times;
  for (const CountedApproval& approval : approvals) times.push_back(approval.logged_at);
  std::ranges::sort(times);
  return times;
}

Found ApprovalsTooClose(const RuleInput& in) {
  const auto& least = in.policy.rules.min_seconds_between_approvals;
  const std::vector<UnixTime> times = TimesOf(in.approvals);
  for (std::size_t i = 1; least && i < times.size(); ++i) {
    const std::uint64_t apart = times[i].value - times[i - 1].value;
    if (apart >= *least) continue;
    return Finding{VerdictReason::kApprovalsTooClose, "two approvals within " + std::to_string(apart) + " seconds"};
  }
  return {};
}

// Of a first release everybody is a first-time approver, which says nothing.
Found FirstTimeApprover(const RuleInput& in) {
  if (!in.policy.rules.holds_first_time_approvers || in.known_approvers.empty()) return {};
  for (const CountedApproval& approval : in.approvals) {
    if (in.known_approvers.contains(approval.holder)) continue;
    return Finding{VerdictReason::kFirstTimeApprover, approval.holder + " never approved before"};
  }
  return {};
}

// 1970-01-01 was a Thursday.
bool IsWeekend(UnixTime time) {
  const std::uint64_t day = (time.value / kSecondsPerDay + 4) % 7;
  return day == 0 || day == 6;
}

Found OutsideHours(const RuleInput& in) {
  const auto& hours = in.policy.rules.hours;
  if (!hours) return {};
  for (const CountedApproval& approval : in.approvals) {
    const std::uint64_t hour = approval.logged_at.value % kSecondsPerDay / kSecondsPerHour;
    const bool is_inside =
        hour >= hours->first && hour < hours->last && (hours->on_weekends || !IsWeekend(approval.logged_at));
    if (!is_inside) return Finding{VerdictReason::kOutsideHours, "approved by " + approval.holder + " outside hours"};
  }
  return {};
}

Found UnusualSize(const RuleInput& in) {
  const auto& factor = in.policy.rules.max_size_factor;
  if (!factor || !in.previous) return {};
  const std::uint64_t now = in.release.total_size;
  const std::uint64_t before = in.previous->total_size;
  // Divided, for products could overflow; what is not a whole multiple is within.
  const bool is_unusual = *factor == 0 || now / *factor > before || before / *factor > now;
  if (!is_unusual) return {};
  return Finding{VerdictReason::kUnusualSize, std::to_string(now) + " bytes after " + std::to_string(before)};
}

Found NewDependency(const RuleInput& in) {
  if (!in.policy.rules.holds_new_dependencies || !in.previous) return {};
  if (in.release.dependencies == in.previous->dependencies) return {};
  return Finding{VerdictReason::kNewDependency, "another bill of materials than before"};
}

Found InterfaceChanged(const RuleInput& in) {
  if (!in.policy.rules.holds_changed_interfaces || !in.previous) return {};
  if (in.release.interface == in.previous->interface) return {};
  return Finding{VerdictReason::kInterfaceChanged, "other inputs or outputs than before"};
}

Found VersionOutOfOrder(const RuleInput& in) {
  const auto& most = in.policy.rules.max_version_step;
  if (!most || !in.previous) return {};
  const std::uint64_t now = in.release.version.sequence.value;
  const std::uint64_t before = in.previous->sequence;
  if (now > before && now - before <= *most) return {};
  return Finding{VerdictReason::kVersionOutOfOrder, std::to_string(now) + " after " + std::to_string(before)};
}

Found KeyNearExpiry(const RuleInput& in) {
  const auto& least = in.policy.rules.min_seconds_to_expiry;
  for (const CountedApproval& approval : in.approvals) {
    const auto holder = std::ranges::find(in.policy.holders, approval.holder, &TrustedHolder::name);
    if (!least || holder == in.policy.holders.end() || !holder->keys_expire) continue;
    const std::uint64_t expiry = holder->keys_expire->value;
    if (expiry >= approval.logged_at.value && expiry - approval.logged_at.value >= *least) continue;
    return Finding{VerdictReason::kKeyNearExpiry, "keys of " + approval.holder + " are about to expire"};
  }
  return {};
}

}  // namespace

std::vector<Rule> StandardRules() {
  return {ApprovalsTooClose, FirstTimeApprover, OutsideHours,      UnusualSize,
          NewDependency,     InterfaceChanged,  VersionOutOfOrder, KeyNearExpiry};
}

}  // namespace edgekeep::log
