// Audit and notary agree whatever came later, by whatever was seen; and what is read for a fork, or too often.
#include "audit_fixture.h"
#include "edgekeep/log/release_record.h"
#include "watched_reads.h"

namespace edgekeep::log {
namespace {

using formats::VerdictReason;

constexpr std::uint64_t kOneDay = 86400;

// The root in which bert has new keys was held, and told to the log when a release had been judged.
TEST_F(AuditTest, ACeremonyThatIsEnteredLateChangesNothingThatWasJudgedBefore) {
  FirstCeremony();
  ReplaceBert();
  const AuditPeople& people = People();
  const std::uint64_t release = Propose(1, 100);
  const std::uint64_t bert = Approve(release, people.bert_again, 110);
  const std::uint64_t cora = Approve(release, people.cora, 120);
  EXPECT_EQ(NotaryFinds(4000), "untrusted") << "by a root that the log does not tell of nobody judges";
  Judge(release, {}, {bert, cora}, 4000);
  EXPECT_EQ(Concerns(), "former-keys@2 contradiction@4 missing-ceremony");
  const std::uint64_t again = Propose(1, 5000);
  Judge(again, {{VerdictReason::kNoQuorum, "1 of 2 approvals"}}, {}, 5000 + kOneDay);
  EXPECT_EQ(Concerns(), "former-keys@2 contradiction@4 missing-ceremony");
  Ceremony(1, {&people.anna.classical, &people.anna.post_quantum, &people.cora.classical, &people.cora.post_quantum},
           5100 + kOneDay);
  EXPECT_EQ(Concerns(), "former-keys@2 contradiction@4") << "as before, verdict by verdict";
  const std::uint64_t after = Propose(1, 5200 + kOneDay);
  Approve(after, people.bert_again, 5300 + kOneDay);
  EXPECT_EQ(NotaryFinds(9000 + kOneDay), std::to_string(after) + ":") << "control: told of, it counts";
}

// Whatever a notary makes of the first entries, everybody who has more of the log makes of them too.
TEST_F(AuditTest, AgreesWithTheNotaryAtEverySizeThatItJudged) {
  FirstCeremony();
  const LogTrust before = trust_;
  ReplaceBert();
  const AuditPeople& people = People();
  const auto approved = [&](std::uint64_t sequence, std::uint64_t seconds, const Person& bert) {
    const std::uint64_t release = Propose(sequence, seconds);
    Approve(release, bert, seconds + 10);
    Approve(release, people.cora, seconds + 20);
    return release;
  };
  approved(1, 100, people.bert);
  const std::uint64_t late = approved(2, 200, people.bert_again);
  const std::uint64_t ceremony = Ceremony(
      1, {&people.anna.classical, &people.anna.post_quantum, &people.cora.classical, &people.cora.post_quantum}, 300);
  Approve(late, people.bert, 400);  // stolen by now
  const std::uint64_t last = Approve(late, people.bert_again, 500);
  const LogTrust after = trust_;
  std::set<std::string> found;
  for (std::uint64_t size = 2; size <= last + 1; ++size) {
    EXPECT_EQ(NotaryJudges(2 * kOneDay, size).has_value(), size > ceremony) << size;
    trust_ = size > ceremony ? after : before;
    const std::vector<DueVerdict> judged = NotaryJudges(2 * kOneDay, size).value();
    trust_ = after;
    for (const DueVerdict& due : judged) found.insert(ConcernsWith(due, size));
  }
  EXPECT_EQ(found, std::set<std::string>{"former-keys@5 former-keys@8"});
}

// The approvals are dated back. Who kept what cosigners had seen does not count them, and who did not does.
TEST_F(AuditTest, ReplaysByTheCheckpointsThatWereKeptOrByNone) {
  FirstCeremony();
  trust_.roots.front().policy.rules.max_seconds_behind = 60;
  trust_.roots.front().policy.patience_seconds = 3 * 86400;
  const std::uint64_t release = Propose(1, 100);
  seen_ = {{Source().checkpoint.head(), {kNow.value + kOneDay}}};
  const std::uint64_t bert = Approve(release, People().bert, 110);
  const std::uint64_t cora = Approve(release, People().cora, 120);
  EXPECT_EQ(NotaryFinds(2 * kOneDay), "");
  EXPECT_EQ(Concerns(2 * kOneDay), "overdue-verdict@1") << "control: to who kept nothing";
  earlier_ = seen_;
  EXPECT_EQ(Concerns(2 * kOneDay), "time-behind@2 time-behind@3") << "the notary waits, and is right";
  EXPECT_EQ(NotaryFinds(4 * kOneDay), "1:2,");
  const std::uint64_t refusal = Judge(release, {{VerdictReason::kNoQuorum, "0 of 2 approvals"}}, {}, 4 * kOneDay);
  EXPECT_EQ(Concerns(), "time-behind@2 time-behind@3");
  earlier_.clear();
  EXPECT_EQ(Concerns(), "contradiction@" + std::to_string(refusal)) << "control: nobody shows why";
  const std::uint64_t again = Propose(1, 5 * kOneDay);
  Judge(again, {}, {bert, cora}, 6 * kOneDay);
  earlier_ = seen_;
  EXPECT_EQ(Concerns(), "time-behind@2 time-behind@3") << "a notary that kept nothing could not know";
}

// A fork is served, and in its place the log that was seen as soon as an auditor compares.
TEST_F(AuditTest, FindsAForkThatIsServedInTurnsWithTheLogThatWasSeen) {
  FirstCeremony();
  const auto forked = storage_.Copy();
  for (const std::uint64_t sequence : {1U, 2U, 3U}) Propose(sequence, 100 * sequence);
  earlier_ = {{Source().checkpoint.head(), {}}};
  Propose(4, 400);
  Log fork = Log::Open(Cryptography(), *forked, People().log.LogSigners()).value();
  const std::string another =
      Encoded<formats::Approval>(formats::EncodeApproval, {.release = {}, .holder = People().bert.name});
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(fork.Append({{another, ""}}, {kNow.value + 100}));
  EXPECT_EQ(TreeReader(Cryptography(), storage_, kPublicPrefix, fork.head().size).Root(4).value(),
            earlier_.front().head.root)
      << "control: its tiles alone look like what was seen";
  int honest = 0;
  for (int reads = 0; reads < 40; ++reads) {
    int left = reads;
    const WatchedReads storage(
        [&](const std::string&) -> const Storage& { return left-- > 0 ? *forked : static_cast<Storage&>(storage_); });
    const auto report = log::Audit(Cryptography(), SourceOf(storage, fork), trust_, {kNow.value + 400});
    if (report && report->IsTheLogSeenBefore()) ++honest;
  }
  EXPECT_EQ(honest, 0);
}

TEST_F(AuditTest, RecordsOfManyReleasesNeedOneReadingOfTheLog) {
  std::vector<std::uint64_t> releases;
  for (const std::uint64_t sequence : {1U, 2U, 3U}) releases.push_back(GoodRelease(sequence, 5000 * sequence));
  const Docket docket =
      ReadDocket({Cryptography(), storage_, kPublicPrefix, kOrigin, Source().checkpoint.head()}, trust_).value();
  std::vector<ByteView> contents;
  for (const std::uint64_t release : releases) contents.push_back(AsBytes(docket.Find(release)->content));
  const formats::Holder notary = People().notary.AsHolder();
  const auto reads_of = [&](std::span<const ByteView> some) {
    int reads = 0;
    const WatchedReads counted([&](const std::string& path) -> const Storage& {
      if (path.find("tile/") != std::string::npos) ++reads;
      return storage_;
    });
    const LogView view{Cryptography(), counted, kPublicPrefix, kOrigin, Source().checkpoint.head()};
    const auto found = FindReleases(view, some, {&notary, 1}, kBothClasses).value();
    EXPECT_EQ(found.size(), some.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      EXPECT_EQ(found[i].release, 4 * i);
      EXPECT_EQ(found[i].verdict, 4 * i + 3);
    }
    return reads;
  };
  const int one = reads_of({contents.data(), 1});
  EXPECT_GT(one, 0);
  EXPECT_EQ(reads_of(contents), one);
}

TEST_F(AuditTest, DemandsAnEntryOfEachRepairOfTimeThatDevicesHave) {
  const AuditPeople& people = People();
  const auto enter = [&](std::uint64_t number, std::uint8_t repair) {
    formats::PolicyChange change{.kind = formats::PolicyKind::kTimeRepair, .version = number, .not_before = kNow};
    change.policy.mutable_view()[0] = repair;
    const std::string content = Encoded<formats::PolicyChange>(formats::EncodePolicyChange, change);
    Append(content,
           Person::SignWith(content, {&people.anna.classical, &people.anna.post_quantum, &people.bert.classical,
                                      &people.bert.post_quantum}),
           last_ + 10);
  };
  FirstCeremony();
  TrustedPolicy first{.version = 1, .fingerprint = {}, .kind = formats::PolicyKind::kTimeRepair};
  first.fingerprint.mutable_view()[0] = 1;
  trust_.policies = {first};
  EXPECT_EQ(Concerns(), "missing-policy");
  enter(1, 1);
  EXPECT_EQ(Concerns(), "") << "control";
  EXPECT_NE(Audit()->entries[1].what.find("repairs devices' time: repair 1,"), std::string::npos);
  enter(2, 2);
  EXPECT_EQ(Concerns(), "unknown-policy@2");
  trust_.policies = {{.version = 2, .fingerprint = first.fingerprint}};
  EXPECT_EQ(Concerns(), "missing-policy") << "a repair's entry is no policy's";
}

TEST_F(AuditTest, DemandsAnEntryOfEachEpochThatSomethingIsReleasedFor) {
  const AuditPeople& people = People();
  const std::vector<const sealing::SigningKey*> quorum = {&people.anna.classical, &people.anna.post_quantum,
                                                          &people.bert.classical, &people.bert.post_quantum};
  const auto enter = [&](const char* product, std::uint64_t epoch,
                         const std::vector<const sealing::SigningKey*>& keys) {
    const std::string content = Encoded<formats::EpochChange>(
        formats::EncodeEpochChange,
        {.product = ProductName::Parse(product).value(), .epoch = {epoch}, .reason = "one device is lost"});
    Append(content, Person::SignWith(content, keys), last_ + 10);
  };
  FirstCeremony();
  const ProductName product = ProductName::Parse("acme/label-ocr").value();
  trust_.epochs = {{product, {1}}};
  EXPECT_EQ(Concerns(), "") << "the first one begins with the product";
  trust_.epochs = {{product, {3}}};
  EXPECT_EQ(Concerns(), "missing-epoch");
  enter("acme/other", 2, quorum);
  enter("acme/label-ocr", 2, {&people.anna.classical, &people.anna.post_quantum});
  EXPECT_EQ(Concerns(), "unsigned@2 missing-epoch") << "another product's, and one person's";
  enter("acme/label-ocr", 3, quorum);
  EXPECT_EQ(Concerns(), "unsigned@2 missing-epoch") << "the one before it is missing";
  EXPECT_NE(Audit()->concerns[1].text.find("epoch 2 of acme/label-ocr, which began"), std::string::npos);
  enter("acme/label-ocr", 2, quorum);
  EXPECT_EQ(Concerns(), "unsigned@2") << "control";
  trust_.epochs = {{product, {4}}, {ProductName::Parse("acme/other").value(), {2}}};
  EXPECT_EQ(Concerns(), "unsigned@2 missing-epoch");
}

TEST_F(AuditTest, SaysWhichReleaseRaisesTheSecurityEpoch) {
  GoodRelease(1, 0);
  Propose(2, 4000, People().anna, 2);
  const std::uint64_t third = Propose(3, 4100, People().anna, 3);
  const auto report = Audit();
  EXPECT_EQ(report->entries[0].what.find("security epoch"), std::string::npos) << "the first release";
  EXPECT_NE(report->entries[4].what.find(", raising the security epoch from 1 to 2"), std::string::npos);
  EXPECT_NE(report->entries[third].what.find("from 1 to 3"), std::string::npos) << "what nobody judged raises nothing";
}

}  // namespace
}  // namespace edgekeep::log
