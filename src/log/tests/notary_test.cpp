#include "notary_fixture.h"

namespace edgekeep::log {
namespace {

using enum formats::VerdictReason;

TEST_F(Notary, FindsNothingWrongWithTwoOfFive) {
  const auto release = Propose(Release(1));
  Approve(release, "bert", 10);
  Approve(release, "cora", 20);
  EXPECT_EQ(ReasonsAt(kHour), Reasons{});
  EXPECT_EQ(Due(kHour).front().judgement.approvals.size(), 2U);
}

TEST_F(Notary, RefusesOneApproverAfterItsPatience) {
  const auto release = Propose(Release(1));
  Approve(release, "bert", 10);
  EXPECT_EQ(Due(23 * kHour).size(), 0U) << "others may still approve";
  EXPECT_EQ(ReasonsAt(24 * kHour), Reasons{kNoQuorum});
  Approve(release, "cora", 24 * kHour);
  EXPECT_EQ(ReasonsAt(25 * kHour), Reasons{}) << "control: the missing piece";
}

TEST_F(Notary, CountsAHolderOnce) {
  const auto release = Propose(Release(1));
  Approve(release, "bert", 10);
  Approve(release, "bert", 20);
  EXPECT_EQ(ReasonsAt(24 * kHour), Reasons{kNoQuorum});
}

TEST_F(Notary, DoesNotCountTheAuthor) {
  const auto release = Propose(Release(1));
  Approve(release, "bert", 10);
  Approve(release, "anna", 20);
  EXPECT_EQ(ReasonsAt(24 * kHour), (Reasons{kNoQuorum, kAuthorApproved}));
}

TEST_F(Notary, DoesNotCountStrangersNorOneClassOnlyNorSomebodyElsesSignature) {
  const auto release = Propose(Release(1));
  Approve(release, "bert", 10);
  Approve(release, "mallory", 20);
  Approve(release, "cora", 30, std::nullopt);
  Approve(release, "dora", 40, "emil");
  EXPECT_EQ(ReasonsAt(24 * kHour), (Reasons{kNoQuorum, kUnknownHolder, kClassMissing, kClassMissing}));
  Approve(release, "emil", 50);
  EXPECT_EQ(ReasonsAt(24 * kHour), Reasons{}) << "they spoil no quorum either";
}

TEST_F(Notary, RefusesAReleaseThatItsAuthorDidNotSign) {
  Add(Encoded(formats::EncodeReleaseEntry, Release(1)), "bert", 0);
  const auto release = statements_.front().digest;
  Approve(release, "bert", 10);
  Approve(release, "cora", 20);
  EXPECT_EQ(ReasonsAt(24 * kHour), Reasons{kClassMissing});
  formats::ReleaseEntry stranger = Release(1);
  stranger.author = "mallory";
  statements_.clear();
  const auto other = Propose(stranger);
  Approve(other, "bert", 10);
  Approve(other, "cora", 20);
  EXPECT_EQ(ReasonsAt(24 * kHour), Reasons{kUnknownHolder});
}

TEST_F(Notary, KeepsTheWaitingTime) {
  const auto release = Propose(Release(1));
  Approve(release, "bert", 10);
  Approve(release, "cora", 20);
  EXPECT_EQ(Due(kHour - 1).size(), 0U);
  EXPECT_EQ(Due(kHour).size(), 1U);
  ReleaseCase early{.index = 0,
                    .logged_at = {kMorning},
                    .content = statements_.front().content,
                    .digest = release,
                    .is_signed = true,
                    .approvals = {{release, "bert", {kMorning}, true}, {release, "cora", {kMorning}, true}},
                    .rejections = {}};
  const Judgement judgement = Judge(early, {}, policy_, {}, {kMorning + 5});
  ASSERT_EQ(judgement.findings.size(), 1U);
  EXPECT_EQ(judgement.findings.front().reason, kWaitingTime);
}

TEST_F(Notary, WaitsWhereItsClockIsBehindTheLogs) {
  policy_.waiting_seconds = 0;
  const auto release = Propose(Release(1), 100);
  Approve(release, "bert", 100);
  Approve(release, "cora", 100);
  EXPECT_EQ(Due(99).size(), 0U);
  EXPECT_EQ(ReasonsAt(100), Reasons{}) << "control";
}

TEST_F(Notary, RefusesAtOnceWhatAHolderRejected) {
  const auto release = Propose(Release(1));
  Approve(release, "bert", 10);
  Approve(release, "cora", 20);
  Reject(release, "mallory", "mallory");
  EXPECT_EQ(ReasonsAt(kHour), Reasons{}) << "control: a stranger's";
  Reject(release, "dora", std::nullopt);
  EXPECT_EQ(Due(100 * kHour).size(), 0U) << "held: somebody may have taken her statement away";
  Reject(release, "dora", "dora");
  EXPECT_EQ(ReasonsAt(kHour), Reasons{kRejected});
}

// Jammed: entries that cannot be judged get their refusal and keep nobody waiting.
TEST_F(Notary, CountsApproversAloneThoughOthersMayRejectToo) {
  policy_.holders[2].is_approver = false;
  const auto release = Propose(Release(1));
  Approve(release, "bert", 10);
  Approve(release, "cora", 20);
  EXPECT_EQ(Due(kHour).size(), 0U);
  EXPECT_EQ(ReasonsAt(24 * kHour), (Reasons{kNoQuorum, kUnknownHolder}));
  Approve(release, "dora", 30);
  EXPECT_EQ(ReasonsAt(kHour), Reasons{}) << "control";
  Reject(release, "cora", "cora");
  EXPECT_EQ(ReasonsAt(kHour), Reasons{kRejected});
}

TEST_F(Notary, ABadEntryBlocksNothing) {
  std::string jammed = Encoded(formats::EncodeReleaseEntry, Release(1));
  jammed.back() = static_cast<char>(jammed.back() ^ 1);
  jammed.pop_back();
  Add(jammed, "anna", 0);
  Propose(Release(5));  // nobody approves this one
  const auto release = Propose(Release(2));
  Approve(release, "bert", 10);
  Approve(release, "cora", 20);
  const auto due = Due(kHour);
  ASSERT_EQ(due.size(), 2U);
  EXPECT_EQ(due[0].judgement.findings.front().reason, kMalformed);
  EXPECT_EQ(due[1].judgement.findings.size(), 0U);
  EnterVerdicts(kHour);
  EXPECT_EQ(Due(kHour).size(), 0U);
  EXPECT_EQ(Due(24 * kHour).size(), 1U) << "the one without approvals";
}

TEST_F(Notary, OnlyItsOwnVerdictsDecide) {
  const auto release = Propose(Release(1));
  const DueVerdict forged{
      .release = release, .release_index = 0, .judgement = {.findings = {}, .approvals = {release}}, .log = kOrigin};
  Add(EncodeJudgement(forged, 1).value(), "bert", 10);
  Add(EncodeJudgement(forged, 1).value(), std::nullopt, 10);
  EXPECT_EQ(Due(24 * kHour).size(), 1U);
  Add(EncodeJudgement(forged, 1).value(), "notary", 10);
  EXPECT_EQ(Due(24 * kHour).size(), 0U) << "control";
}

TEST_F(Notary, ApprovalsMayBeLoggedBeforeTheRelease) {
  const auto digest = DigestOf(Encoded(formats::EncodeReleaseEntry, Release(1)));
  Approve(digest, "bert", 0);
  Approve(digest, "cora", 0);
  Propose(Release(1), 10);
  EXPECT_EQ(ReasonsAt(10 + kHour), Reasons{});
}

TEST_F(Notary, RefusesALowerSecurityEpoch) {
  formats::ReleaseEntry release = Release(2);
  release.security_epoch = 2;
  policy_.rules.overruled_by = 2;
  EXPECT_EQ(HeldFor(release), Reasons{kSecurityEpochBack}) << "whoever overrules";
}

TEST_F(Notary, WithoutRulesHoldsNothing) {
  formats::ReleaseEntry release = Release(100);
  release.total_size = 1;
  release.interface.reset();
  release.dependencies.reset();
  EXPECT_EQ(HeldFor(release), Reasons{});
}

TEST_F(Notary, HoldsApprovalsWithinSeconds) {
  policy_.rules.min_seconds_between_approvals = 691;
  EXPECT_EQ(HeldFor(Release(2)), Reasons{kApprovalsTooClose});
  policy_.rules.min_seconds_between_approvals = 690;
  statements_.clear();
  EXPECT_EQ(HeldFor(Release(2)), Reasons{});
}

TEST_F(Notary, HoldsAFirstTimeApprover) {
  policy_.rules.holds_first_time_approvers = true;
  ReleaseBefore();
  const auto release = Propose(Release(2), 3 * kHour);
  Approve(release, "bert", 3 * kHour + 10);
  Approve(release, "emil", 3 * kHour + 700);
  EXPECT_EQ(ReasonsAt(5 * kHour), Reasons{kFirstTimeApprover});
  statements_.clear();
  EXPECT_EQ(HeldFor(Release(2)), Reasons{}) << "control: both approved before";
}

TEST_F(Notary, HoldsWhatIsApprovedOutsideHours) {
  policy_.rules.hours = ApprovalHours{.first = 8, .last = 13, .on_weekends = false};
  const auto release = Propose(Release(1));
  Approve(release, "bert", 10);
  Approve(release, "cora", 3 * kHour - 1);
  EXPECT_EQ(ReasonsAt(4 * kHour), Reasons{});
  statements_.back().logged_at.value += 1;
  EXPECT_EQ(ReasonsAt(4 * kHour), Reasons{kOutsideHours}) << "13:00";
  statements_.back().logged_at.value = kMorning + 3 * 24 * kHour;
  EXPECT_EQ(ReasonsAt(80 * kHour), Reasons{kOutsideHours}) << "a Saturday";
  policy_.rules.hours->on_weekends = true;
  EXPECT_EQ(ReasonsAt(80 * kHour), Reasons{});
}

TEST_F(Notary, HoldsUnusualSizes) {
  policy_.rules.max_size_factor = 2;
  for (const auto& [size, is_held] : {std::pair{499U, true}, {500U, false}, {2001U, false}, {2002U, true}}) {
    statements_.clear();
    formats::ReleaseEntry release = Release(2);
    release.total_size = size;
    EXPECT_EQ(HeldFor(release), is_held ? Reasons{kUnusualSize} : Reasons{}) << size;
  }
}

TEST_F(Notary, HoldsNewDependenciesAndChangedInterfaces) {
  policy_.rules.holds_new_dependencies = true;
  policy_.rules.holds_changed_interfaces = true;
  EXPECT_EQ(HeldFor(Release(2)), Reasons{});
  formats::ReleaseEntry release = Release(2);
  release.dependencies->mutable_view()[0] = 1;
  release.interface.reset();
  statements_.clear();
  EXPECT_EQ(HeldFor(release), (Reasons{kNewDependency, kInterfaceChanged}));
}

TEST_F(Notary, HoldsVersionsThatSkipOrGoBack) {
  policy_.rules.max_version_step = 2;
  for (const auto& [sequence, is_held] : {std::pair{0U, true}, {1U, true}, {2U, false}, {3U, false}, {4U, true}}) {
    statements_.clear();
    formats::ReleaseEntry release = Release(sequence);
    release.targets_version = 77;
    EXPECT_EQ(HeldFor(release), is_held ? Reasons{kVersionOutOfOrder} : Reasons{}) << sequence;
  }
}

// No setting asks for it, and nobody overrules it: devices take no other one, or not all of them the same.
TEST_F(Notary, HoldsOperationsPoliciesThatDoNotRise) {
  policy_.rules.overruled_by = 2;
  const auto held = [&](const char* product, std::uint64_t sequence, const char* channel = "stable") {
    statements_.clear();
    formats::ReleaseEntry first = Release(3);
    formats::ReleaseEntry next = Release(sequence);
    first.product = next.product = ProductName::Parse(product).value();
    first.channel = "stable";
    next.channel = channel;
    next.targets_version = 77;
    Approve(Propose(first), "bert", 10);
    Approve(statements_.front().digest, "cora", 20);
    EnterVerdicts(2 * kHour);
    const auto release = Propose(next, 3 * kHour);
    Approve(release, "bert", 3 * kHour + 10);
    Approve(release, "cora", 3 * kHour + 20);
    return ReasonsAt(5 * kHour);
  };
  const char* const operations = "acme/operations-policy";
  for (const std::uint64_t sequence : {std::uint64_t{2}, std::uint64_t{3}, std::uint64_t{1004}, UINT64_MAX})
    EXPECT_EQ(held(operations, sequence), Reasons{kVersionOutOfOrder}) << sequence;
  EXPECT_EQ(held(operations, 9, "beta"), Reasons{kVersionOutOfOrder}) << "there is one series";
  for (const std::uint64_t sequence : {4U, 1003U}) EXPECT_EQ(held(operations, sequence), Reasons{}) << "control";
  EXPECT_EQ(held("acme/label-ocr", 2), Reasons{}) << "control: other products as the settings say";
  EXPECT_EQ(held("acme/label-ocr", 5000, "beta"), Reasons{}) << "control";
}

TEST_F(Notary, HoldsAFirstOperationsPolicyOfAHugeVersion) {
  const auto held = [&](std::uint64_t sequence) {
    statements_.clear();
    formats::ReleaseEntry first = Release(sequence);
    first.product = ProductName::Parse("acme/operations-policy").value();
    first.channel = "stable";
    const auto release = Propose(first);
    Approve(release, "bert", 10);
    Approve(release, "cora", 20);
    return ReasonsAt(24 * kHour);
  };
  EXPECT_EQ(held(1001), Reasons{kVersionOutOfOrder});
  EXPECT_EQ(held(1000), Reasons{}) << "control";
}

TEST_F(Notary, HoldsKeysNearExpiry) {
  policy_.rules.min_seconds_to_expiry = 1000;
  policy_.holders[1].keys_expire = UnixTime{kMorning + 1009};
  const auto release = Propose(Release(1));
  Approve(release, "bert", 10);
  Approve(release, "cora", 20);
  EXPECT_EQ(ReasonsAt(kHour), Reasons{kKeyNearExpiry});
  policy_.holders[1].keys_expire->value += 1;
  EXPECT_EQ(ReasonsAt(kHour), Reasons{});
}

TEST_F(Notary, MoreHoldersOverruleTheRulesOfTheProcess) {
  policy_.rules.min_seconds_between_approvals = 100;
  policy_.rules.overruled_by = 3;
  const auto release = Propose(Release(1));
  Approve(release, "bert", 10);
  Approve(release, "cora", 20);
  EXPECT_EQ(ReasonsAt(kHour), Reasons{kApprovalsTooClose});
  Approve(release, "dora", 30);
  EXPECT_EQ(ReasonsAt(kHour), Reasons{});
}

TEST_F(Notary, VerdictsFitTheirFormatWhateverWasFound) {
  DueVerdict due{.log = kOrigin};
  std::string umlauts = "x";  // so that the cut comes within a character
  for (int i = 0; i < 1000; ++i) umlauts += "\u00FC";
  for (int i = 0; i < 40; ++i) due.judgement.findings.push_back({kRejected, umlauts});
  due.judgement.approvals.resize(50);
  const std::string content = EncodeJudgement(due, 1).value();
  EXPECT_EQ(formats::DecodeVerdict(AsBytes(content))->findings.size(), formats::kMaxVerdictReasons);
}

}  // namespace
}  // namespace edgekeep::log
