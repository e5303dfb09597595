// Replay: what a notary had before it at each moment of a log, and what its rules make of that.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "edgekeep/log/notary.h"

namespace edgekeep::log {

// As Docket, but for looking back: everything has its index, so that a case can be seen as it was when the log had a
// given size. What is kept of a release is bounded, whatever a log holds.
class Replay {
 public:
  struct Release {
    std::uint64_t index = 0;
    UnixTime logged_at;
    std::string content;
    formats::ContentDigest digest;
    bool is_signed = false;
    std::optional<std::uint64_t> verdict;  // its index
  };

  // Each for entries in their order. `is_signed`: by whom it names.
  void AddRelease(std::uint64_t index, UnixTime logged_at, std::string content, const formats::ContentDigest& digest,
                  bool is_signed);
  void AddApproval(std::uint64_t index, const formats::ContentDigest& release, CountedApproval approval);
  void AddRejection(std::uint64_t index, const formats::ContentDigest& release, HeldRejection rejection);
  // The notary's first verdict on the release at `release_index`.
  void AddVerdict(std::uint64_t index, std::uint64_t release_index, const formats::Verdict& verdict);

  // Null where that entry is no release.
  const Release* FindRelease(std::uint64_t index) const;

  // In the order of their indexes.
  const std::map<std::uint64_t, Release>& releases() const { return releases_; }

  // What `policy` makes of a release in a log of `tree_size` entries at `now`. Requires that it is in it.
  Judgement JudgeAt(const Release& release, std::uint64_t tree_size, const NotaryPolicy& policy,
                    const std::vector<Rule>& rules, UnixTime now) const;

 private:
  template <typename What>
  struct Indexed {
    std::uint64_t index = 0;
    What what;
  };

  // About one content, whoever logged it how often.
  struct Decisions {
    std::vector<Indexed<CountedApproval>> approvals;
    std::vector<Indexed<HeldRejection>> rejections;
  };

  ReleaseCase CaseAt(const Release& release, std::uint64_t tree_size) const;
  ReleaseHistory HistoryAt(const Release& release, std::uint64_t tree_size) const;

  std::map<std::uint64_t, Release> releases_;
  std::map<formats::ContentDigest, Decisions> decisions_;
  std::map<std::string, std::vector<Indexed<PreviousRelease>>> favourable_;  // by product and channel
  std::map<std::string, std::uint64_t> first_approvals_;                     // of each holder: the verdict's index
};

}  // namespace edgekeep::log
