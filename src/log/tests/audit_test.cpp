#include "audit_fixture.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/log/directory_check.h"
#include "edgekeep/log/tiles.h"

namespace edgekeep::log {
namespace {

using formats::VerdictReason;

constexpr std::uint64_t kDay = 86400;

TEST_F(AuditTest, TellsWhoDidWhatWhenAndFindsNothingWhereNothingIsWrong) {
  FirstCeremony();
  const std::uint64_t release = GoodRelease(7, 100);
  const auto report = Audit();
  ASSERT_TRUE(report);
  EXPECT_EQ(Concerns(), "");
  ASSERT_EQ(report->entries.size(), 5U);
  EXPECT_EQ(report->entries[0].what, "makes the keys of role root in version 1: 2 of anna, bert, cora");
  EXPECT_EQ(report->entries[1].who + " " + report->entries[1].what,
            "anna proposes acme/label-ocr stable 1.0 (sequence 7)");
  EXPECT_EQ(report->entries[2].who + " " + report->entries[2].what, "bert approves release 1");
  EXPECT_EQ(report->entries[4].who + " " + report->entries[4].what, "notary finds nothing against release 1");
  EXPECT_EQ(report->entries[3].logged_at, UnixTime{kNow.value + 120});
  for (const AuditedEntry& entry : report->entries) EXPECT_TRUE(entry.is_signed) << entry.index;
  ASSERT_EQ(report->releases.size(), 1U);
  EXPECT_EQ(report->releases[0].index, release);
  EXPECT_EQ(report->releases[0].decisions.size(), 2U);
  EXPECT_TRUE(report->releases[0].counts());
}

TEST_F(AuditTest, ContradictsAVerdictThatTheRulesDoNotGive) {
  FirstCeremony();
  const std::uint64_t release = Propose(1, 100);
  const std::uint64_t bert = Approve(release, People().bert, 110);
  Judge(release, {}, {bert}, 4000);
  EXPECT_EQ(Concerns(), "contradiction@3");
  EXPECT_FALSE(Audit()->releases[0].counts());
}

TEST_F(AuditTest, SeesALogAsItWasWhenItWasJudged) {
  FirstCeremony();
  const std::uint64_t release = Propose(1, 100);
  const std::uint64_t bert = Approve(release, People().bert, 110);
  const std::uint64_t cora = Approve(release, People().cora, 120);
  // Judged before cora's approval was in the log: it cannot have counted.
  Judge(release, {}, {bert, cora}, 4000, cora);
  EXPECT_EQ(Concerns(), "contradiction@4");
}

TEST_F(AuditTest, JudgesVerdictsOfOneMomentByWhatWasBeforeAllOfThem) {
  FirstCeremony();
  trust_.roots.front().policy.rules.max_version_step = 1;
  const std::uint64_t first = Propose(1, 100);
  const std::uint64_t third = Propose(3, 101);
  std::vector<std::uint64_t> approvals;
  for (const std::uint64_t release : {first, third}) {
    approvals.push_back(Approve(release, People().bert, 110));
    approvals.push_back(Approve(release, People().cora, 120));
  }
  const std::uint64_t size = approvals.back() + 1;
  Judge(first, {}, {approvals[0], approvals[1]}, 4000, size);
  Judge(third, {}, {approvals[2], approvals[3]}, 4000, size);
  EXPECT_EQ(Concerns(), "");
  // One after the other, the second one skips a version.
  const std::uint64_t fifth = Propose(5, 5000);
  const std::uint64_t bert = Approve(fifth, People().bert, 5001);
  const std::uint64_t cora = Approve(fifth, People().cora, 5002);
  Judge(fifth, {}, {bert, cora}, 9000);
  EXPECT_EQ(Concerns(), "contradiction@12");
}

TEST_F(AuditTest, AcceptsARefusalForAReasonAndContradictsOneWithout) {
  FirstCeremony();
  const std::uint64_t release = Propose(1, 100);
  const std::uint64_t bert = Approve(release, People().bert, 110);
  const std::uint64_t cora = Approve(release, People().cora, 120);
  Reject(release, People().anna, 130);
  Judge(release, {{VerdictReason::kRejected, "anna: scores fell"}}, {bert, cora}, 140);
  EXPECT_EQ(Concerns(), "");
  const std::uint64_t next = Propose(2, 200);
  Approve(next, People().bert, 210);
  Approve(next, People().cora, 220);
  Judge(next, {{VerdictReason::kOutsideHours, "at night"}}, {}, 4000);
  EXPECT_EQ(Concerns(), "contradiction@9");
}

TEST_F(AuditTest, TakesASignatureThatCameLaterForWhatItIs) {
  FirstCeremony();
  const std::uint64_t release = Propose(1, 100);
  const std::string approval = Encoded<formats::Approval>(
      formats::EncodeApproval, {.release = Audit()->entries[release].digest, .holder = "bert"});
  Append(approval, "", 110);
  const std::uint64_t cora = Approve(release, People().cora, 120);
  Judge(release, {{VerdictReason::kNoQuorum, "1 of 2"}}, {}, 90000);
  EXPECT_EQ(Concerns(), "unsigned@2");
  const std::uint64_t bert = Append(approval, People().bert.Sign(approval), 90010);
  EXPECT_EQ(Concerns(), "unsigned@2") << "the notary was right, and the entry without a statement stays one";
  const std::uint64_t again = Propose(1, 90020);
  Judge(again, {}, {bert, cora}, 100000);
  EXPECT_EQ(Concerns(), "unsigned@2");
}

// Whose time counts: as NotaryDesk.CountsTheTimeOfTheEntryThatTheHolderSigned.
TEST_F(AuditTest, CountsTheTimeOfTheEntryThatTheHolderSigned) {
  FirstCeremony();
  trust_.roots.front().policy.rules.min_seconds_between_approvals = 60;
  const std::uint64_t release = Propose(1, 100);
  const std::string approval = Encoded<formats::Approval>(
      formats::EncodeApproval, {.release = Audit()->entries[release].digest, .holder = "bert"});
  Append(approval, std::string(100, 'x'), 110);
  const std::uint64_t bert = Append(approval, People().bert.Sign(approval), 1000);
  const std::uint64_t cora = Approve(release, People().cora, 1010);
  Judge(release, {}, {bert, cora}, 5000);
  EXPECT_EQ(Concerns(), "junk-statement@2 unsigned@2 contradiction@5");
}

TEST_F(AuditTest, LetsVerdictsOfAFormerNotaryStandUntilItsEnd) {
  FirstCeremony();
  GoodRelease(1, 100);
  const formats::Holder former = trust_.notaries.front().holder;
  trust_.notaries = {{.holder = People().bert_again.AsHolder(), .until = {}}};
  EXPECT_EQ(Concerns(100 + 3600), "unsigned@4") << "nobody said that there was another notary";
  trust_.notaries.push_back({.holder = former, .until = 4});
  EXPECT_EQ(Concerns(100 + 3600), "unsigned@4") << "whose keys it had given up by then";
  trust_.notaries.back().until = 5;
  EXPECT_EQ(Concerns(), "");
  EXPECT_EQ(Audit()->entries[4].who, "notary");
  // Its old keys sign on; to a notary that follows it, they decide nothing.
  trust_.roots.front().policy.notary = trust_.notaries.front().holder.name;
  const std::uint64_t release = Propose(2, 5000);
  const std::uint64_t bert = Approve(release, People().bert, 5010);
  const std::uint64_t cora = Approve(release, People().cora, 5020);
  Judge(release, {}, {bert, cora}, 9000);
  EXPECT_EQ(Concerns(), "unsigned@8");
  EXPECT_EQ(NotaryFinds(9000), "5:");
  trust_.notaries.back().until = 9;
  EXPECT_EQ(Concerns(), "") << "control";
  EXPECT_EQ(NotaryFinds(9000), "");
}

TEST_F(AuditTest, NamesWhatIsNotSignedAndWhatOthersSigned) {
  FirstCeremony();
  const std::uint64_t release = Propose(1, 100, People().bert);
  Approve(release, People().bert_again, 110);
  const std::string change = Encoded<formats::EpochChange>(
      formats::EncodeEpochChange,
      {.product = ProductName::Parse("acme/label-ocr").value(), .epoch = {2}, .reason = "stolen"});
  Append(change, People().anna.Sign(change), 120);
  Judge(release, {{VerdictReason::kNoQuorum, "nobody"}}, {}, 130, 0, People().bert);
  EXPECT_EQ(Concerns(), "unsigned@1 unsigned@2 unsigned@3 unsigned@4");
}

TEST_F(AuditTest, DemandsAnEntryOfEachPolicyThatDevicesHave) {
  const AuditPeople& people = People();
  const auto enter = [&](std::uint64_t version, std::uint8_t policy, std::vector<const sealing::SigningKey*> keys) {
    formats::PolicyChange change{.version = version, .policy = {}, .not_before = kNow};
    change.policy.mutable_view()[0] = policy;
    const std::string content = Encoded<formats::PolicyChange>(formats::EncodePolicyChange, change);
    Append(content, Person::SignWith(content, keys), last_ + 10);
  };
  const std::vector<const sealing::SigningKey*> anna = {&people.anna.classical, &people.anna.post_quantum};
  std::vector<const sealing::SigningKey*> both = anna;
  both.insert(both.end(), {&people.bert.classical, &people.bert.post_quantum});
  FirstCeremony();
  enter(1, 1, both);
  EXPECT_EQ(Concerns(), "") << "no policy is asked for";
  EXPECT_EQ(Audit()->entries[1].who, "the root's quorum");
  TrustedPolicy second{.version = 2, .fingerprint = {}};
  second.fingerprint.mutable_view()[0] = 2;
  trust_.policies = {second};
  EXPECT_EQ(Concerns(), "missing-policy");
  enter(2, 2, anna);
  EXPECT_EQ(Concerns(), "unsigned@2 missing-policy") << "one of two";
  enter(2, 2, both);
  EXPECT_EQ(Concerns(), "unsigned@2") << "control";
  enter(2, 3, both);
  EXPECT_EQ(Concerns(), "unsigned@2 unknown-policy@4") << "another one of that version";
  enter(1, 4, both);
  enter(3, 5, both);
  EXPECT_EQ(Concerns(), "unsigned@2 unknown-policy@4 unknown-policy@6");
}

TEST_F(AuditTest, NamesJunkThatLiesInAStatementsPlace) {
  FirstCeremony();
  const std::uint64_t release = GoodRelease(1, 100);
  const std::string path = kPublicPrefix + StatementPath(release + 1);
  const std::string statement = storage_.Read(path, kMaxStatementSize).value();
  const std::string another = storage_.Read(kPublicPrefix + StatementPath(release), kMaxStatementSize).value();
  for (const std::string& junk : {std::string("x"), another, std::string(kMaxStatementSize + 1, 'x')}) {
    ASSERT_TRUE(storage_.Write(path, AsBytes(junk)));
    EXPECT_EQ(Concerns(), "junk-statement@2 unsigned@2 contradiction@4");
  }
  ASSERT_TRUE(storage_.Write(path, AsBytes(std::string())));
  EXPECT_EQ(Concerns(), "unsigned@2 contradiction@4");
  ASSERT_TRUE(storage_.Write(path, AsBytes(statement)));
  EXPECT_EQ(Concerns(), "") << "control";
}

TEST_F(AuditTest, TakesRecoveryKeysForSignersOfRootsAndNothingElse) {
  const AuditPeople& people = People();
  std::uint64_t releases = 0;
  const auto enter_by = [&](const Person& second) {
    const std::vector<const sealing::SigningKey*> keys = {&people.anna.classical, &people.anna.post_quantum,
                                                          &second.classical, &second.post_quantum};
    TrustedRoot& root = trust_.roots.front();
    root.holders.push_back(second.AsHolder());
    root.root_holders.insert(std::ranges::upper_bound(root.root_holders, second.name), second.name);
    Ceremony(0, keys, last_ + 10);
    const formats::PolicyChange change{.version = 1, .policy = {}, .not_before = kNow};
    const std::string policy = Encoded<formats::PolicyChange>(formats::EncodePolicyChange, change);
    Append(policy, Person::SignWith(policy, keys), last_ + 10);
    const std::uint64_t release = GoodRelease(++releases, last_ + 10);
    Reject(release, second, last_ + 10);
  };
  const Person rita{"rita"}, recovery{"recovery-1"};
  enter_by(rita);
  EXPECT_EQ(Concerns(), "") << "control";
  enter_by(recovery);
  EXPECT_EQ(Concerns(), "false-ceremony@0 unsigned@8 unsigned@13") << "of rita alone, the policy, the rejection";
}

TEST_F(AuditTest, FollowsPeopleWhoseKeysChange) {
  FirstCeremony();
  GoodRelease(1, 100);
  ReplaceBert();
  EXPECT_EQ(Concerns(), "missing-ceremony");
  const AuditPeople& people = People();
  // Signed by two of the root before, but not by two of the new one.
  Ceremony(1, {&people.anna.classical, &people.anna.post_quantum, &people.bert.classical, &people.bert.post_quantum},
           5000);
  EXPECT_EQ(Concerns(), "unsigned@5 missing-ceremony");
}

TEST_F(AuditTest, BelievesNoKeysThatAreGoneAndNoneThatAreNotThereYet) {
  FirstCeremony();
  GoodRelease(1, 100);
  ReplaceBert();
  const std::uint64_t before = Propose(2, 4500);
  Approve(before, People().bert_again, 4600);
  const AuditPeople& people = People();
  Ceremony(1, {&people.anna.classical, &people.anna.post_quantum, &people.cora.classical, &people.cora.post_quantum},
           5000);
  const std::uint64_t after = Propose(3, 5100);
  Approve(after, People().bert, 5200);
  Approve(Propose(4, 5300), People().bert_again, 5400);
  EXPECT_EQ(Concerns(), "former-keys@6 former-keys@9");
}

// Bert approved, then had new keys.
TEST_F(AuditTest, AndNotaryDecideByTheRootOfAnEntrysTime) {
  FirstCeremony();
  ReplaceBert();
  const AuditPeople& people = People();
  const std::uint64_t before = Propose(1, 100);
  const std::uint64_t bert = Approve(before, people.bert, 110);
  const std::uint64_t cora = Approve(before, people.cora, 120);
  Ceremony(1, {&people.anna.classical, &people.anna.post_quantum, &people.cora.classical, &people.cora.post_quantum},
           200);
  EXPECT_EQ(NotaryFinds(4000), "1:") << "he approved it with the keys that he had";
  const LogTrust both = trust_;
  trust_.roots.erase(trust_.roots.begin());
  EXPECT_EQ(NotaryFinds(4000), "") << "control: who knows the newest root alone counts cora";
  trust_ = both;
  Judge(before, {}, {bert, cora}, 4000);
  EXPECT_EQ(Concerns(), "");
  // His former keys sign once more, in somebody's hands.
  const std::uint64_t after = Propose(2, 5000);
  const std::uint64_t stolen = Approve(after, people.bert, 5010);
  const std::uint64_t by_cora = Approve(after, people.cora, 5020);
  EXPECT_EQ(NotaryFinds(9000), "");
  Judge(after, {}, {stolen, by_cora}, 9000);
  EXPECT_EQ(Concerns(), "former-keys@7 contradiction@9");
}

TEST_F(AuditTest, FindsVerdictsOnNothingSecondOnesAndOnesThatNeverCame) {
  FirstCeremony();
  const std::uint64_t release = GoodRelease(1, 100);
  Judge(release, {{VerdictReason::kNoQuorum, "nobody"}}, {}, 4000);
  Judge(0, {{VerdictReason::kMalformed, "no release"}}, {}, 4000);
  const std::uint64_t waiting = Propose(2, 5000);
  EXPECT_EQ(Concerns(), "second-verdict@5 stray-verdict@6");
  EXPECT_EQ(Concerns(5000 + kDay), "second-verdict@5 stray-verdict@6") << "patience is over now";
  EXPECT_EQ(Concerns(5000 + kDay + 3601), "second-verdict@5 stray-verdict@6 overdue-verdict@7");
  Approve(waiting, People().bert, 5010);
  Approve(waiting, People().cora, 5020);
  EXPECT_EQ(Concerns(5020 + 2 * 3600), "second-verdict@5 stray-verdict@6 overdue-verdict@7");
}

TEST_F(AuditTest, WarnsOfKeysThatExpireAndOfTimesThatAreAhead) {
  FirstCeremony();
  EXPECT_EQ(Concerns(334 * kDay), "");
  EXPECT_EQ(Concerns(336 * kDay), "keys-expire");
  EXPECT_EQ(Concerns(366 * kDay), "keys-expire");
}

// By checkpoints that the auditor kept: the log's operator dates back what cosigners had not seen yet.
TEST_F(AuditTest, FindsTimesThatRunBehindThoseOfCosigners) {
  FirstCeremony();
  GoodRelease(1, 100);
  const auto head = Source().checkpoint.head();
  earlier_ = {{head, {kNow.value + 10000}}, {{}, {kNow.value + 20000}}};
  earlier_.back().head.root = crypto::Sha256(Cryptography(), {}).value();
  EXPECT_EQ(Concerns(), "time-behind@0 time-behind@1 time-behind@2 time-behind@3 time-behind@4");
  earlier_.pop_back();
  EXPECT_EQ(Concerns(), "") << "control: it was cosigned when they were in it";
  Propose(2, 9699);
  Propose(3, 9700);
  EXPECT_EQ(Concerns(), "time-behind@5") << "between clocks that are right, more or less";
  earlier_.front().head.root.mutable_view()[0] ^= 1;
  EXPECT_EQ(Concerns(), "time-behind@5 forked");
  earlier_ = {{{.size = 8, .root = head.root}, {kNow.value + 100}}};
  EXPECT_EQ(Concerns(), "went-back");
}

TEST_F(AuditTest, SaysWhereALogsTimeWasSetBackAndReplaysWhatTheNotaryMakesOfIt) {
  FirstCeremony();
  const std::uint64_t far = 73 * 366 * kDay;
  clock_ = LogClock::kVouched;
  const std::uint64_t jammed = Propose(1, far);
  Approve(jammed, People().bert, far);
  Approve(jammed, People().cora, far);
  const std::uint64_t release = Propose(2, 100);
  const std::uint64_t bert = Approve(release, People().bert, 110);
  const std::uint64_t cora = Approve(release, People().cora, 120);
  EXPECT_EQ(NotaryFinds(3700), "1:1, 4:");
  Judge(jammed, {{VerdictReason::kMalformed, "its time is ahead"}}, {}, 3700);
  Judge(release, {}, {bert, cora}, 3700);
  EXPECT_EQ(Concerns(), "time-set-back@4");
}

TEST_F(AuditTest, ReadsNoLogWhoseTimeGoesBackAgainAndAgain) {
  clock_ = LogClock::kVouched;
  for (std::uint64_t i = 0; i < kMaxSetBacks; ++i) {
    Append(ContentOf(0), "", 1000);
    Append(ContentOf(0), "", 10);
  }
  EXPECT_NE(Concerns(1000), "malformed") << "control";
  Append(ContentOf(0), "", 1000);
  // A log refuses to go on like this, where it sees what it did: this one does not.
  std::string bundle = storage_.Read(kPublicPrefix + BundlePath(0, 1), 1000).value();
  for (std::uint64_t width = 1; width < kTileWidth; width *= 2) bundle += bundle;
  ASSERT_TRUE(storage_.Write(kPublicPrefix + BundlePath(0, 2 * kMaxSetBacks + 1), AsBytes(bundle)));
  Append(ContentOf(0), "", 10);
  EXPECT_EQ(Concerns(1000), "malformed");
}

TEST_F(AuditTest, RefusesALogThatIsNotWhole) {
  FirstCeremony();
  GoodRelease(1, 100);
  const auto bundle = storage_.Read("public/tile/entries/000.p/5", 100000);
  ASSERT_TRUE(bundle);
  std::string changed = *bundle;
  changed[changed.size() / 2] = static_cast<char>(changed[changed.size() / 2] ^ 1);
  ASSERT_TRUE(storage_.Write("public/tile/entries/000.p/5", AsBytes(changed)));
  EXPECT_EQ(Concerns(), "malformed");
  ASSERT_TRUE(storage_.Write("public/tile/entries/000.p/5", AsBytes(*bundle)));
  EXPECT_EQ(Concerns(), "");
}

TEST_F(AuditTest, KeepsLittleOfWhatStrangersWrite) {
  FirstCeremony();
  const std::uint64_t release = Propose(1, 100);
  for (int i = 0; i < 100; ++i) Approve(release, People().notary, 200);
  const auto report = Audit();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->concerns.size(), 100U);
  EXPECT_EQ(report->releases[0].decisions.size(), 64U);
}

TEST(AuditReport, CountsConcernsThatItDoesNotList) {
  AuditReport report;
  for (std::size_t i = 0; i < kMaxConcerns + 3; ++i) report.Raise({});
  EXPECT_EQ(report.concerns.size(), kMaxConcerns);
  EXPECT_EQ(report.further_concerns, 3U);
}

// Once 10,000 entries are wrong, those after them must not be lost in the crowd.
TEST(AuditReport, WhatIsWrongWithOldEntriesHidesNothingNew) {
  const auto fill = [](AuditReport& report) {
    for (std::size_t i = 0; i <= kMaxConcerns; ++i) report.Raise({ConcernKind::kUnsigned, i, ""});
    report.Raise({ConcernKind::kContradiction, kMaxConcerns + 7, ""});
    report.Raise({ConcernKind::kOverdueVerdict, 3, ""});
  };
  AuditReport whole;
  fill(whole);
  EXPECT_EQ(whole.concerns.back().kind, ConcernKind::kUnsigned) << "control";
  EXPECT_EQ(whole.further_concerns, 3U);
  AuditReport later;
  later.first_new = kMaxConcerns + 1;
  fill(later);
  ASSERT_EQ(later.concerns.size(), 2U);
  EXPECT_EQ(later.concerns[0].kind, ConcernKind::kContradiction);
  EXPECT_EQ(later.concerns[1].kind, ConcernKind::kOverdueVerdict) << "may begin at any time";
  EXPECT_EQ(later.further_concerns, 0U);
}

}  // namespace
}  // namespace edgekeep::log
