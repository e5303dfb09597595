#include "notary_fixture.h"

namespace edgekeep::log {
namespace {

using enum formats::VerdictReason;

// One entry was stamped in the year 2099. Its release is refused when the log's clock is set right; all else goes on.
TEST_F(Notary, AnEntryFromTheFarFutureJamsNothing) {
  const std::uint64_t far = 73 * 366 * 24 * kHour;
  const auto jammed = Propose(Release(1), far);
  Approve(jammed, "bert", far);
  Approve(jammed, "cora", far);
  Reject(DigestOf("another"), "dora", "dora");
  const auto count = statements_.size();
  EXPECT_EQ(ReasonsAt(61), Reasons{kMalformed}) << "the rejection set it right";
  const auto release = Propose(Release(2), 100);
  Approve(release, "bert", 110);
  Approve(release, "cora", 120);
  EXPECT_EQ(Due(100 + kHour).size(), 2U);
  EnterVerdicts(100 + kHour);
  EXPECT_EQ(Due(200 + kHour).size(), 0U);
  // Entered again: approvals from 2099 are nobody's, and are entered again as well.
  Propose(Release(1), 2 * kHour);
  EXPECT_EQ(Due(3 * kHour).size(), 0U);
  Approve(jammed, "bert", 2 * kHour);
  Approve(jammed, "cora", 2 * kHour);
  EXPECT_EQ(ReasonsAt(3 * kHour), Reasons{});
  statements_.resize(count - 1);
  EXPECT_EQ(Due(100 * kHour).size(), 0U) << "control: as long as nothing sets it right, it waits";
}

TEST_F(Notary, ARejectionFromTheFarFutureStillRejects) {
  const auto release = Propose(Release(1));
  Approve(release, "bert", 10);
  Approve(release, "cora", 20);
  Reject(release, "dora", "dora");
  statements_.back().logged_at.value += 73 * 366 * 24 * kHour;
  Approve(release, "emil", 100);
  EXPECT_EQ(ReasonsAt(kHour), Reasons{kRejected});
}

// The log's operator dates a release and its approvals back, of which cosigners had seen nothing an hour later.
TEST_F(Notary, HoldsWhatRunsBehindItsCosigners) {
  seen_ = {{{.size = 0, .root = {}}, {kMorning + kHour}, "seen/0.checkpoint"},
           {{.size = 1, .root = {}}, {kMorning}, "seen/1.checkpoint"}};
  const auto release = Propose(Release(1), 10);
  Approve(release, "bert", 10);
  Approve(release, "cora", 10);
  EXPECT_EQ(ReasonsAt(kHour + 10), Reasons{}) << "control: no rule";
  policy_.rules.max_seconds_behind = 60;
  EXPECT_EQ(Due(100 * kHour).size(), 0U);
  ASSERT_EQ(Read().Held().size(), 1U);
  EXPECT_NE(Read().Held().front().why.find("runs behind"), std::string::npos);
  EXPECT_NE(Read().Held().front().why.find("seen/0.checkpoint"), std::string::npos) << "what to look at, or take away";
  Propose(Release(1), kHour - 60);
  EXPECT_EQ(Due(3 * kHour).size(), 0U) << "approvals too";
  Approve(release, "bert", kHour - 60);
  Approve(release, "cora", kHour - 60);
  EXPECT_EQ(ReasonsAt(3 * kHour), Reasons{});
  EXPECT_EQ(Due(3 * kHour).front().release_index, 3U);
  EXPECT_EQ(Read().Held().size(), 1U);
}

TEST_F(Notary, WhatWasRefusedHasNoPlaceInItsSeries) {
  policy_.rules.max_version_step = 1;
  ReleaseBefore();
  formats::ReleaseEntry release = Release(2);
  Reject(Propose(release, 3 * kHour), "dora", "dora", 3 * kHour);
  EnterVerdicts(4 * kHour);
  const auto approved = [&](std::uint64_t size, std::uint64_t seconds) {
    release.total_size = size;
    const auto digest = Propose(release, seconds);
    Approve(digest, "bert", seconds);
    Approve(digest, "cora", seconds);
  };
  approved(2000, 4 * kHour);
  EXPECT_EQ(ReasonsAt(5 * kHour), Reasons{}) << "the same version, remedied";
  EnterVerdicts(5 * kHour);
  approved(3000, 5 * kHour);
  EXPECT_EQ(ReasonsAt(6 * kHour), Reasons{kVersionOutOfOrder}) << "control: that one had a place";
}

// A channel that nobody used before is no way around what a release is compared with; what goes on has its own series.
TEST_F(Notary, TheFirstOfAChannelIsComparedWithItsProduct) {
  policy_.rules.max_version_step = 1;
  policy_.rules.max_size_factor = 3;
  ReleaseBefore();
  const auto reasons = [&](const char* channel, std::uint64_t sequence, std::uint64_t size, const char* product) {
    formats::ReleaseEntry release = Release(sequence);
    release.product = ProductName::Parse(product).value();
    release.channel = channel;
    release.total_size = size;
    const std::vector<LoggedStatement> before = statements_;
    const auto digest = Propose(release, 3 * kHour);
    Approve(digest, "bert", 3 * kHour);
    Approve(digest, "cora", 3 * kHour);
    const Reasons found = ReasonsAt(5 * kHour);
    statements_ = before;
    return found;
  };
  const char* const ours = "acme/label-ocr";
  EXPECT_EQ(reasons("hotfix", 9, 1000, ours), Reasons{kVersionOutOfOrder});
  EXPECT_EQ(reasons("hotfix", 2, 9000, ours), Reasons{kUnusualSize});
  EXPECT_EQ(reasons("hotfix", 2, 1000, ours), Reasons{}) << "control";
  EXPECT_EQ(reasons("hotfix", 9, 9000, "acme/label-ocr-pro"), Reasons{}) << "control: another product";
}

}  // namespace
}  // namespace edgekeep::log
