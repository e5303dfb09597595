// A log of the same people and the same notary as another one, into which somebody enters all that the other one has.
#include "edgekeep/log/release_record.h"
#include "submission_fixture.h"

namespace edgekeep::log {
namespace {

constexpr std::uint64_t kReplayed = 10000;  // seconds: the waiting time is over

// What a log has: contents with their statements.
std::vector<NewEntry> WholeOf(const Storage& storage, std::uint64_t size) {
  const TreeReader tree(Cryptography(), storage, kPublicPrefix, size);
  std::vector<NewEntry> entries;
  for (std::uint64_t i = 0; i < size; ++i) {
    const std::string leaf = tree.Entry(i).value();
    const std::string content(AsText(formats::DecodeLogEntry(AsBytes(leaf))->content));
    entries.push_back({content, ReadStatement(storage, kPublicPrefix, i, AsBytes(content))->bytes});
  }
  return entries;
}

class OtherLog {
 public:
  OtherLog(const std::string& origin, const LogTrust& trust) : keys_(origin), trust_(trust) {
    EXPECT_TRUE(Log::Create(Cryptography(), storage_, keys_.LogSigners(), kNow));
  }

  Log Open() { return Log::Open(Cryptography(), storage_, keys_.LogSigners()).value(); }

  void Append(const NewEntry& entry) { EXPECT_TRUE(Open().Append({entry}, {kNow.value + 2 * kReplayed})); }

  std::string Send(const std::string& statement) {
    SubmissionDesk desk(Cryptography(), trust_, storage_, [this]() -> Result<LockedLog> {
      return LockedLog{.storage = {}, .log = std::make_unique<Log>(Open())};
    });
    EntryRates rates;
    // The release waits an hour in this log as well.
    const std::uint64_t seconds = Open().head().size < 4 ? kReplayed : 2 * kReplayed;
    const std::string_view view = statement;
    const auto submitted = desk.Enter({&view, 1}, {kNow.value + seconds}, rates);
    return submitted ? std::to_string(submitted->added) : NameOf(submitted.error().code());
  }

  // Which releases wait for their verdict.
  std::vector<DueVerdict> Due() {
    const Log log = Open();
    return ReadDocket(ViewOf(log), trust_).value().Due({kNow.value + 2 * kReplayed});
  }

  bool HasVerdictOn(const std::string& release) {
    const Log log = Open();
    const formats::Holder notary = People().notary.AsHolder();
    return FindRelease(ViewOf(log), AsBytes(release), {&notary, 1}, kBothClasses)->verdict.has_value();
  }

  AuditReport Audited() {
    const auto policy = release::log::Policy::Parse(Cryptography(), keys_.LogLines() + "quorum none\n").value();
    const LogSource source{storage_, kPublicPrefix, policy.Verify(Cryptography(), Open().checkpoint()).value()};
    return log::Audit(Cryptography(), source, trust_, {kNow.value + 2 * kReplayed}).value();
  }

 private:
  LogView ViewOf(const Log& log) const {
    return {Cryptography(), storage_, kPublicPrefix, std::string(log.origin()), log.head()};
  }

  TestKeys keys_;
  const LogTrust& trust_;
  FaultyStorage storage_;
};

class ReplayTest : public Submission {
 protected:
  ReplayTest() {
    FirstCeremony();
    GoodRelease(1, 10);
    all_ = WholeOf(storage_, 5);
  }

  std::string WordsOf(const AuditReport& report) const { return AuditTest::WordsOf(Result<AuditReport>(report)); }

  std::vector<NewEntry> all_;
};

// Whoever reads one log, sends all of it over HTTP, and has the other's keeper enter the verdict by hand.
TEST_F(ReplayTest, OfAllOfALogCountsWhateverButItsVerdicts) {
  OtherLog other("other.example", trust_);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(other.Send(all_[i].statement), "1") << i;
  EXPECT_EQ(other.Send(all_[4].statement), "forbidden");
  other.Append(all_[4]);
  EXPECT_FALSE(other.HasVerdictOn(all_[1].content));
  const AuditReport report = other.Audited();
  EXPECT_EQ(WordsOf(report), "foreign-verdict@4 overdue-verdict@1");
  EXPECT_EQ(report.entries[4].what, "finds nothing against release 1 of log.example");
  EXPECT_FALSE(report.releases[0].verdict);
  // Its notary judges anew, and that counts.
  const std::vector<DueVerdict> due = other.Due();
  ASSERT_EQ(due.size(), 1U);
  const std::string content = EncodeJudgement(due[0], 5).value();
  EXPECT_EQ(other.Send(People().notary.Sign(content)), "1");
  EXPECT_TRUE(other.HasVerdictOn(all_[1].content));
  EXPECT_EQ(WordsOf(other.Audited()), "foreign-verdict@4");
  EXPECT_TRUE(other.Audited().releases[0].counts());
  EXPECT_TRUE(other.Due().empty());
}

// Control: with the other log's name on it the verdict counts, everywhere.
TEST_F(ReplayTest, OfALogOfTheSameNameCounts) {
  OtherLog other(kOrigin, trust_);
  for (const NewEntry& entry : all_) EXPECT_EQ(other.Send(entry.statement), "1");
  EXPECT_TRUE(other.HasVerdictOn(all_[1].content));
  EXPECT_TRUE(other.Due().empty());
  EXPECT_EQ(WordsOf(other.Audited()), "");
  EXPECT_TRUE(other.Audited().releases[0].counts());
}

}  // namespace
}  // namespace edgekeep::log
