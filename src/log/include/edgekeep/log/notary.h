// The notary's judgement: whether a release was made as the trust policy demands (spec/log-entries.md §3). Functions of
// their arguments: no clock, no keys, no files.
#pragma once
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "edgekeep/formats/log_entry.h"
#include "edgekeep/log/statement.h"

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

// An entry of the log, and who signed its content in every required class by the statement of this very entry (nobody
// where the signatures are missing, wrong, or of one class only): the same content may have been entered before, or
// be entered again, by anybody, without.
struct LoggedStatement {
  std::uint64_t index = 0;
  UnixTime logged_at;
  std::string content;
  formats::ContentDigest digest;
  std::optional<std::string> signer;
  StatementForm statement = StatementForm::kWhole;
};

struct CountedApproval {
  formats::ContentDigest digest;
  std::string holder;
  UnixTime logged_at;
  bool is_signed = false;  // by that holder
};

struct HeldRejection {
  std::string holder;
  std::string reason;
};

// What a release is compared with: the last one of its product and channel that had a favourable verdict.
struct PreviousRelease {
  std::uint64_t sequence = 0;
  std::uint64_t security_epoch = 0;
  std::uint64_t total_size = 0;
  std::optional<Digest> interface;
  std::optional<Digest> dependencies;
};

// One release as the log has it.
struct ReleaseCase {
  std::uint64_t index = 0;
  UnixTime logged_at;
  std::string content;
  formats::ContentDigest digest;
  bool is_signed = false;  // by its author
  std::vector<CountedApproval> approvals;
  std::vector<HeldRejection> rejections;  // by holders, signed
};

struct Finding {
  formats::VerdictReason reason = formats::VerdictReason::kMalformed;
  std::string detail;
};

struct Judgement {
  std::vector<Finding> findings;                  // none: favourable
  std::vector<formats::ContentDigest> approvals;  // that count
};

struct ReleaseHistory {
  std::optional<PreviousRelease> previous;
  std::set<std::string> known_approvers;
};

// A rule of the process: what it found, or nothing. `approvals` are those that count.
struct RuleInput {
  const formats::ReleaseEntry& release;
  const std::vector<CountedApproval>& approvals;
  const std::optional<PreviousRelease>& previous;
  const std::set<std::string>& known_approvers;
  const NotaryPolicy& policy;
};

using Rule = std::function<std::optional<Finding>(const RuleInput&)>;
std::vector<Rule> StandardRules();

// Judges one release as of `now`. Whatever the content is, there is a judgement.
Judgement Judge(const ReleaseCase& release, const ReleaseHistory& history, const NotaryPolicy& policy,
                const std::vector<Rule>& rules, UnixTime now);

struct DueVerdict {
  formats::ContentDigest release;
  std::uint64_t release_index = 0;
  Judgement judgement;
  std::string series = {};  // product and channel; empty where the entry cannot be judged
};

// Every entry of a log in its order, and the releases that wait for a verdict.
class Docket {
 public:
  Docket(NotaryPolicy policy, std::vector<Rule> rules) : policy_(std::move(policy)), rules_(std::move(rules)) {}

  // Takes the next entry. What it cannot use it passes over.
  void Add(const LoggedStatement& statement);

  // Releases whose verdict is due at `now`: rejected ones and ones that cannot be judged at once, ones with a quorum
  // when the waiting time is over, others when patience is. One that a holder rejects
  // by an entry of which the statement is missing is not due before there is one. One that is not due keeps nobody else
  // waiting.
  std::vector<DueVerdict> Due(UnixTime now) const;

  // The one of them that was entered first; nothing where none is due.
  std::optional<DueVerdict> FirstDue(UnixTime now) const;

 private:
  struct Open {
    ReleaseCase release;
    bool is_decided = false;
  };

  void AddRelease(const LoggedStatement& statement);
  void AddApproval(const LoggedStatement& statement);
  void AddRejection(const LoggedStatement& statement);
  void AddVerdict(const LoggedStatement& statement);
  bool IsDue(const ReleaseCase& release, UnixTime now) const;
  DueVerdict Judged(const ReleaseCase& release, UnixTime now) const;

  NotaryPolicy policy_;
  std::vector<Rule> rules_;
  std::vector<Open> releases_;
  // Decisions may be logged before what they are about.
  std::vector<std::pair<formats::ContentDigest, CountedApproval>> approvals_;
  std::vector<std::pair<formats::ContentDigest, HeldRejection>> rejections_;
  std::set<formats::ContentDigest> withheld_;                      // releases with a rejection that lacks its statement
  std::vector<std::pair<std::string, PreviousRelease>> previous_;  // by product and channel
  std::set<std::string> known_approvers_;
};

// A verdict's entry content. Details that are too long are cut; more findings or approvals than fit are left out.
Result<std::string> EncodeJudgement(const DueVerdict& due, std::uint64_t tree_size);

}  // namespace edgekeep::log
