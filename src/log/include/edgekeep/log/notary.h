// The notary's judgement: whether a release was made as the trust policy demands (spec/log-entries.md §3). Functions of
// their arguments: no clock, no keys, no files.
#pragma once
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "edgekeep/formats/log_entry.h"
#include "edgekeep/log/notary_policy.h"
#include "edgekeep/log/statement.h"

namespace edgekeep::log {

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
  UnixTime logged_at;
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
  bool is_ahead = false;   // of an entry after it, by its time
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
  std::optional<PreviousRelease> previous;  // of its series
  std::set<std::string> known_approvers;
  std::optional<PreviousRelease> of_product = {};  // the last one in any channel
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
  std::string log = {};     // its origin
  std::string series = {};  // product and channel; empty where the entry cannot be judged
};

// A verdict's entry content. Details that are too long are cut; more findings or approvals than fit are left out.
Result<std::string> EncodeJudgement(const DueVerdict& due, std::uint64_t tree_size);

}  // namespace edgekeep::log
