#include "edgekeep/log/monitor.h"

#include "audit_fixture.h"
#include "edgekeep/log/tiles.h"

namespace edgekeep::log {
namespace {

class MonitorTest : public AuditTest {
 protected:
  // Looks, remembers what it is told to, and returns "kind@index" words.
  std::string Look(std::uint64_t seconds = 0) {
    const auto look =
        LookAgain(Cryptography(), Source(), {trust_, before_, known_}, {kNow.value + std::max(seconds, last_)});
    if (!look) return NameOf(look.error().code());
    if (look->next) before_ = look->next;
    std::string words = std::to_string(look->num_new);
    for (const Concern& concern : look->concerns) {
      words += std::string(" ") + NameOf(concern.kind);
      if (concern.index) words += "@" + std::to_string(*concern.index);
    }
    return words;
  }

  std::optional<MonitorState> before_;
  std::optional<std::set<formats::ContentDigest>> known_;
};

TEST_F(MonitorTest, TellsOnceOfWhatIsWrongWithAnEntryAndAgainOfWhatStillIs) {
  FirstCeremony();
  Propose(1, 100, People().bert);
  EXPECT_EQ(Look(), "2 unsigned@1");
  EXPECT_EQ(Look(), "0");
  const std::uint64_t patience = 86400 + 3600;
  EXPECT_EQ(Look(200 + patience), "0 overdue-verdict@1");
  EXPECT_EQ(Look(200 + patience), "0 overdue-verdict@1");
  Propose(2, 300 + patience, People().bert);
  EXPECT_EQ(Look(), "1 unsigned@2 overdue-verdict@1");
}

TEST_F(MonitorTest, ReportsWhatNobodyProposed) {
  FirstCeremony();
  const std::uint64_t release = Propose(1, 100);
  Approve(release, People().bert, 110);
  known_.emplace();
  for (const AuditedEntry& entry : Audit()->entries) known_->insert(entry.digest);
  Propose(2, 200);
  EXPECT_EQ(Look(), "4 unproposed@3");
  EXPECT_EQ(Look(), "0");
  Propose(3, 300);
  known_.reset();
  EXPECT_EQ(Look(), "1") << "nobody said what is known";
}

TEST_F(MonitorTest, FindsAForkAndDoesNotForgetWhatItSaw) {
  FirstCeremony();
  GoodRelease(1, 100);
  EXPECT_EQ(Look(), "5");
  const MonitorState seen = *before_;
  before_->head.root.mutable_view()[0] ^= 1;
  const MonitorState other = *before_;
  EXPECT_EQ(Look(), "0 forked");
  EXPECT_EQ(before_, other);
  before_ = seen;
  EXPECT_EQ(Look(), "0") << "control";
  GoodRelease(2, 5000);
  EXPECT_EQ(Look(), "4") << "growing is no fork";
  before_->head.size += 1;
  EXPECT_EQ(Look(), "0 went-back");
  before_ = seen;
  before_->origin = "log.example/other";
  EXPECT_EQ(Look(), "0 forked");
}

// By checkpoints that were kept elsewhere: what it remembered of a fork would make the real log look like one.
TEST_F(MonitorTest, RemembersNothingOfAForkOfWhatOthersSaw) {
  FirstCeremony();
  const auto head = Source().checkpoint.head();
  earlier_ = {{head, {kNow.value + 10}}};
  earlier_.front().head.root.mutable_view()[0] ^= 1;
  EXPECT_EQ(Look(), "0 forked");
  EXPECT_FALSE(before_);
  earlier_ = {{{.size = 9, .root = head.root}, {kNow.value + 10}}};
  EXPECT_EQ(Look(), "0 went-back");
  EXPECT_FALSE(before_);
  earlier_ = {{head, {kNow.value + 10}}};
  EXPECT_EQ(Look(), "1") << "control";
  EXPECT_TRUE(before_);
}

TEST_F(MonitorTest, FindsTimesBehindWhatItSawCosigned) {
  FirstCeremony();
  EXPECT_EQ(Look(), "1");
  before_->cosigned_at = {kNow.value + 10000};
  Propose(1, 9000);
  EXPECT_EQ(Look(), "1 time-behind@1");
  Propose(2, 9001);
  EXPECT_EQ(Look(), "1") << "control: nobody cosigned the one before";
}

// The log's operator puts something else in the place of what was signed when the monitor looked.
TEST_F(MonitorTest, FindsStatementsThatWereChanged) {
  FirstCeremony();
  const std::uint64_t release = Propose(1, 100);
  EXPECT_EQ(Look(), "2");
  const MonitorState seen = *before_;
  const std::string path = kPublicPrefix + StatementPath(release);
  const std::string statement = storage_.Read(path, kMaxStatementSize).value();
  for (const std::string& junk : {std::string("x"), std::string()}) {
    ASSERT_TRUE(storage_.Write(path, AsBytes(junk)));
    before_ = seen;
    EXPECT_EQ(Look(), "0 statements-changed");
    EXPECT_EQ(Look(), "0") << "told";
  }
  ASSERT_TRUE(storage_.Write(path, AsBytes(statement)));
  EXPECT_EQ(Look(), "0 statements-changed") << "it came later than the entry: nobody knows since when it is there";
  before_ = seen;
  EXPECT_EQ(Look(), "0") << "control";
  Append(ContentOf(1), "x", 200);
  EXPECT_EQ(Look(), "1 junk-statement@2 unsigned@2");
}

TEST_F(MonitorTest, TellsAgainWhatAStateThatWasRolledBackDidNotSee) {
  FirstCeremony();
  EXPECT_EQ(Look(), "1");
  const MonitorState old = *before_;
  Propose(1, 100, People().bert);
  EXPECT_EQ(Look(), "1 unsigned@1");
  EXPECT_EQ(Look(), "0");
  before_ = old;
  EXPECT_EQ(Look(), "1 unsigned@1");
}

TEST_F(MonitorTest, RemembersAcrossRunsAndRefusesAStateThatIsNone) {
  FirstCeremony();
  EXPECT_EQ(Look(), "1");
  const std::string text = WriteMonitorState(*before_);
  EXPECT_EQ(ParseMonitorState(text).value(), *before_);
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(ParseMonitorState(text.substr(0, size))) << size;
  }
  EXPECT_FALSE(ParseMonitorState("{}"));
  EXPECT_FALSE(ParseMonitorState(text + text));
  EXPECT_FALSE(ParseMonitorState(std::string(1, ' ') + text)) << "only what was written";
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string changed = text;
    const std::size_t at = changed.find(from);
    EXPECT_NE(at, std::string::npos) << from << " in " << text;
    return changed.replace(at, from.size(), to);
  };
  const std::string size = "\"size\": 1";
  EXPECT_TRUE(ParseMonitorState(with(size, "\"size\": 2"))) << "control";
  for (const char* other : {"\"size\": -1", "\"size\": 1.0", "\"size\": \"1\"", "\"size\": 18446744073709551616",
                            "\"size\": 01", "\"size\": 1,\"size\": 1", "\"length\": 1"}) {
    EXPECT_FALSE(ParseMonitorState(with(size, other))) << other;
  }
  EXPECT_FALSE(ParseMonitorState(with("\"root\": \"", "\"root\": \"00")));
  EXPECT_FALSE(ParseMonitorState(with("log.example", std::string(5000, 'x'))));
}

}  // namespace
}  // namespace edgekeep::log
