// A log as a notary reads it, of statements whose signers are given.
#pragma once
#include <gtest/gtest.h>

#include "edgekeep/log/docket.h"
#include "log_fixture.h"

namespace edgekeep::log {

using Reasons = std::vector<formats::VerdictReason>;

inline constexpr std::uint64_t kHour = 3600;
// A Wednesday, 10:00 UTC.
inline constexpr std::uint64_t kMorning = 1790157600;

inline formats::ReleaseEntry Release(std::uint64_t sequence) {
  return {.product = ProductName::Parse("acme/label-ocr").value(),
          .channel = "stable",
          .version = {.sequence = {sequence}, .display = VersionText::From("1.0").value()},
          .security_epoch = 3,
          .targets_version = sequence,
          .total_size = 1000,
          .interface = Digest{},
          .dependencies = Digest{},
          .author = "anna"};
}

// Two of five, one hour of waiting, a day of patience.
class Notary : public testing::Test {
 protected:
  Notary() {
    for (const char* name : {"anna", "bert", "cora", "dora", "emil"})
      policy_.holders.push_back({.name = name, .keys_expire = {}});
    policy_.notary = "notary";
    policy_.quorum = 2;
    policy_.waiting_seconds = kHour;
    policy_.patience_seconds = 24 * kHour;
  }

  void Add(const std::string& content, std::optional<std::string> signer, std::uint64_t seconds) {
    statements_.push_back({.index = statements_.size(),
                           .logged_at = {kMorning + seconds},
                           .content = content,
                           .digest = DigestOf(content),
                           .signer = std::move(signer)});
  }

  formats::ContentDigest Propose(const formats::ReleaseEntry& release, std::uint64_t seconds = 0) {
    const std::string content = Encoded(formats::EncodeReleaseEntry, release);
    Add(content, std::string(release.author), seconds);
    return DigestOf(content);
  }

  void Approve(const formats::ContentDigest& release, const std::string& holder, std::uint64_t seconds,
               std::optional<std::string> signer = "") {
    if (signer == "") signer = holder;
    Add(Encoded(formats::EncodeApproval, {.release = release, .holder = holder}), signer, seconds);
  }

  void Reject(const formats::ContentDigest& release, const std::string& holder, std::optional<std::string> signer,
              std::uint64_t seconds = 60) {
    Add(Encoded(formats::EncodeRejection, {.release = release, .holder = holder, .reason = "scores fell"}), signer,
        seconds);
  }

  std::vector<DueVerdict> Due(std::uint64_t seconds) const { return Read().Due({kMorning + seconds}); }

  Docket Read() const {
    Docket docket(kOrigin, policy_, StandardRules());
    docket.Saw(seen_);
    for (const LoggedStatement& statement : statements_) docket.Add(statement);
    return docket;
  }

  // Of the one release that is due then.
  Reasons ReasonsAt(std::uint64_t seconds) const {
    const auto due = Due(seconds);
    EXPECT_EQ(due.size(), 1U);
    Reasons reasons;
    for (const DueVerdict& verdict : due) {
      for (const Finding& finding : verdict.judgement.findings) reasons.push_back(finding.reason);
    }
    return reasons;
  }

  // Enters the due verdicts into the log.
  void EnterVerdicts(std::uint64_t seconds) {
    for (const DueVerdict& due : Due(seconds)) {
      Add(EncodeJudgement(due, statements_.size()).value(), policy_.notary, seconds);
    }
  }

  // A release of before, favourably judged.
  void ReleaseBefore() {
    const auto release = Propose(Release(1));
    Approve(release, "bert", 10);
    Approve(release, "cora", 700);
    EnterVerdicts(2 * kHour);
    ASSERT_EQ(Due(3 * kHour).size(), 0U);
  }

  // The reasons for which a release after that one is held; approved by bert and cora within hours.
  Reasons HeldFor(const formats::ReleaseEntry& release) {
    ReleaseBefore();
    const auto digest = Propose(release, 3 * kHour);
    Approve(digest, "bert", 3 * kHour + 10);
    Approve(digest, "cora", 3 * kHour + 700);
    return ReasonsAt(5 * kHour);
  }

  NotaryPolicy policy_;
  std::vector<CosignedHead> seen_;
  std::vector<LoggedStatement> statements_;
};

}  // namespace edgekeep::log
