// NotaryPolicy: what a notary goes by (spec/log-entries.md §3).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "edgekeep/base/ids.h"

namespace edgekeep::log {

// A person who may propose and reject, and approve.
struct TrustedHolder {
  std::string name;
  bool is_approver = true;
  std::optional<UnixTime> keys_expire;
};

struct ApprovalHours {
  unsigned first = 0;  // UTC, 0 to 23
  unsigned last = 24;  // not included
  bool on_weekends = true;
};

// What holds a release though it has its quorum. A rule that is not set holds nothing.
struct RuleSettings {
  std::optional<std::uint64_t> min_seconds_between_approvals;
  bool holds_first_time_approvers = false;
  std::optional<ApprovalHours> hours;
  std::optional<std::uint64_t> max_size_factor;  // against the release before, up and down
  bool holds_new_dependencies = false;
  bool holds_changed_interfaces = false;
  std::optional<std::uint64_t> max_version_step;
  std::optional<std::uint64_t> min_seconds_to_expiry;
  // Of an entry's time behind that of cosigners who had not seen it yet, by the checkpoints that the notary kept.
  std::optional<std::uint64_t> max_seconds_behind;
  // So many distinct holders overrule the rules above.
  std::optional<std::size_t> overruled_by;
};

struct NotaryPolicy {
  std::vector<TrustedHolder> holders;
  std::string notary;                  // whose verdicts are verdicts
  std::size_t quorum = 2;              // distinct holders, the author not among them
  std::uint64_t waiting_seconds = 0;   // from the release's entry to its verdict
  std::uint64_t patience_seconds = 0;  // after so long without a quorum a release is refused
  RuleSettings rules;
};

}  // namespace edgekeep::log
