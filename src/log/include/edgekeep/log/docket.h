// Docket: the releases of a log and what was said about them, now and as it was at each size before. Notary and audit
// judge by it alike.
#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "edgekeep/log/notary.h"
#include "edgekeep/log/trust.h"

namespace edgekeep::log {

// A release's entry.
struct EnteredRelease {
  std::uint64_t index = 0;
  UnixTime logged_at;
  std::string content;
  formats::ContentDigest digest;
  bool is_signed = false;                // by its author
  std::optional<std::uint64_t> verdict;  // its index
};

class SeenHeads {
 public:
  explicit SeenHeads(std::vector<CosignedHead> seen = {});

  // The one that says latest that cosigners had not seen entry `index` yet; null where there is none.
  const CosignedHead* LatestBefore(std::uint64_t index) const;

 private:
  std::vector<CosignedHead> seen_;  // by size; those alone that say a later time than all before them
};

// A release that would be due, and is not judged.
struct HeldRelease {
  std::uint64_t index = 0;
  std::string why;
};

enum class VerdictPlace : std::uint8_t {
  kFirst,    // the release's verdict
  kSecond,   // it has one already
  kStray,    // no release of that content is at that index, or was when the verdict was given
  kForeign,  // on another log
};

// Whose word about when an entry came counts: the log's and that of cosigners who were seen, or the log's alone.
enum class TimeEvidence : std::uint8_t { kSeen, kOfLogAlone };

// Takes entries in their order. What it keeps of a release is bounded, whatever a log holds.
class Docket {
 public:
  // Of the log of that origin. `policy` is the one that holds now; its notary's verdicts on this log are verdicts.
  Docket(std::string origin, NotaryPolicy policy, std::vector<Rule> rules)
      : origin_(std::move(origin)), policy_(std::move(policy)), rules_(std::move(rules)) {}

  // Checkpoints of the log that the notary saw before, by which the rule about times that run behind is kept.
  void Saw(std::vector<CosignedHead> seen) { seen_ = SeenHeads(std::move(seen)); }

  // What it cannot use it passes over.
  void Add(const LoggedStatement& statement);

  // Whether the time of entry `index` is later than that of an entry after it, of the first `tree_size`: it was stamped
  // by a clock that ran ahead, and says nothing about when.
  bool IsAhead(std::uint64_t index, UnixTime logged_at, std::uint64_t tree_size) const;

  // Of the newest entry.
  UnixTime last_time() const { return last_time_; }

  // Releases whose verdict is due at `now`: rejected ones and ones that cannot be judged at once, ones with a quorum
  // when the waiting time is over, others when patience is. Held ones are not due. One that is not due keeps nobody
  // else waiting.
  std::vector<DueVerdict> Due(UnixTime now) const;

  // Those that a holder rejects by an entry without their statement, and did not reject or approve rightly since; and
  // those of which the log's time runs behind, where the policy has a rule about that.
  std::vector<HeldRelease> Held() const;

  // The one of them that was entered first; nothing where none is due.
  std::optional<DueVerdict> FirstDue(UnixTime now) const;

  // Since when a verdict could be given; nothing where it is not to be given yet.
  std::optional<UnixTime> DueSince(const EnteredRelease& release) const;

  // Null where that entry is no release.
  const EnteredRelease* Find(std::uint64_t index) const;

  // By index, those without a verdict.
  const std::set<std::uint64_t>& open() const { return open_; }

  // Where a verdict in entry `index` belongs.
  VerdictPlace PlaceOf(const formats::Verdict& verdict, std::uint64_t index) const;

  // What `policy` makes of a release in the log's first `tree_size` entries at `now`. Requires that it is one of them.
  Judgement JudgeAt(const EnteredRelease& release, std::uint64_t tree_size, const NotaryPolicy& policy, UnixTime now,
                    TimeEvidence evidence = TimeEvidence::kSeen) const;

 private:
  template <typename What>
  struct Indexed {
    std::uint64_t index = 0;
    What what;
  };

  struct Withheld {
    std::uint64_t index = 0;
    StatementForm form = StatementForm::kNone;
  };

  // About one content, whoever logged it how often. Decisions may be logged before what they are about.
  struct Decisions {
    std::vector<Indexed<CountedApproval>> approvals;
    std::vector<Indexed<HeldRejection>> rejections;
    std::map<std::string, Withheld> withheld;  // by holder: the last rejection without their statement
  };

  void AddRelease(const LoggedStatement& statement);
  void AddApproval(const LoggedStatement& statement);
  void AddRejection(const LoggedStatement& statement);
  void AddVerdict(const LoggedStatement& statement);
  ReleaseCase CaseAt(const EnteredRelease& release, std::uint64_t tree_size, TimeEvidence evidence) const;
  ReleaseHistory HistoryAt(const EnteredRelease& release, std::uint64_t tree_size) const;
  bool IsHolder(std::string_view name) const;
  // The checkpoint by which an entry of that time runs behind; null where none says so, or no rule asks.
  const CosignedHead* Behind(std::uint64_t index, UnixTime logged_at) const;
  // Empty where nothing holds it.
  std::string WhyHeld(const EnteredRelease& release) const;
  std::optional<UnixTime> RejectedSince(const EnteredRelease& release) const;
  UnixTime DueByApprovals(const EnteredRelease& release) const;
  std::optional<UnixTime> QuorumSince(const EnteredRelease& release) const;
  DueVerdict Judged(const EnteredRelease& release, UnixTime now) const;

  std::string origin_;
  NotaryPolicy policy_;
  std::vector<Rule> rules_;
  std::map<std::uint64_t, EnteredRelease> releases_;
  std::set<std::uint64_t> open_;
  SeenHeads seen_;
  UnixTime last_time_;
  std::vector<Indexed<UnixTime>> set_backs_;  // entries whose time is before that of the one before them
  std::map<formats::ContentDigest, Decisions> decisions_;
  std::map<std::string, std::vector<Indexed<PreviousRelease>>> favourable_;  // by product and channel
  std::map<std::string, std::uint64_t> first_approvals_;                     // of each holder: the verdict's index
};

}  // namespace edgekeep::log
