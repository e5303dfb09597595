#include "edgekeep/log/log.h"

#include "edgekeep/formats/log_entry.h"
#include "edgekeep/log/directory_check.h"
#include "edgekeep/log/tiles.h"
#include "edgekeep/log/tree_reader.h"
#include "faulty_storage.h"
#include "log_fixture.h"

namespace edgekeep::log {
namespace {

using release::log::LeafHash;
using release::log::TreeHead;
using release::log::VerifyConsistency;
using release::log::VerifyInclusion;

class LogTest : public testing::Test {
 protected:
  Log New() { return Log::Create(Cryptography(), storage_, keys_.LogSigners(), kNow).value(); }

  Result<Log> Reopen() { return Log::Open(Cryptography(), storage_, keys_.LogSigners()); }

  TestKeys keys_{"log.example"};
  FaultyStorage storage_;
};

TEST_F(LogTest, BeginsEmptyOnce) {
  const Log log = New();
  EXPECT_EQ(log.head().size, 0U);
  EXPECT_EQ(storage_.Read("public/checkpoint", 100000).value(), log.checkpoint());
  EXPECT_EQ(Log::Create(Cryptography(), storage_, keys_.LogSigners(), kNow).error().code(), ErrorCode::kAlreadyExists);
}

// Batches of many sizes across the borders of tiles: each entry's proof and each growth verify under the checkpoints.
TEST_F(LogTest, ProvesEveryEntryAndEveryGrowth) {
  Log log = New();
  std::vector<TreeHead> heads;
  int count = 0;
  for (const int batch : {1, 2, 252, 1, 1, 255, 300, 1}) {
    const Appended appended = log.Append(EntriesOf(count, batch), kNow).value();
    EXPECT_EQ(appended.first, static_cast<std::uint64_t>(count));
    count += batch;
    EXPECT_EQ(appended.head.size, static_cast<std::uint64_t>(count));
    heads.push_back(appended.head);
  }
  TreeReader tree(Cryptography(), storage_, kPublicPrefix, heads.back().size);
  for (const TreeHead& head : heads) EXPECT_EQ(tree.Root(head.size).value(), head.root);
  for (std::uint64_t index = 0; index < heads.back().size; ++index) {
    const std::string entry = tree.Entry(index).value();
    EXPECT_EQ(AsText(formats::DecodeLogEntry(AsBytes(entry))->content), ContentOf(static_cast<int>(index)));
    const Digest leaf = LeafHash(Cryptography(), AsBytes(entry)).value();
    const Hashes path = tree.InclusionPath(index, heads.back().size).value();
    EXPECT_TRUE(VerifyInclusion(Cryptography(), index, leaf, path, heads.back())) << index;
  }
  for (std::size_t i = 0; i < heads.size(); ++i) {
    for (std::size_t j = i; j < heads.size(); ++j) {
      const Hashes path = tree.ConsistencyPath(heads[i].size, heads[j].size).value();
      EXPECT_TRUE(VerifyConsistency(Cryptography(), heads[i], heads[j], path)) << heads[i].size << " " << heads[j].size;
    }
  }
}

TEST_F(LogTest, GoesOnAfterItWasOpenedAgain) {
  {
    Log log = New();
    ASSERT_TRUE(log.Append(EntriesOf(0, 300), kNow));
  }
  Log again = Reopen().value();
  EXPECT_EQ(again.head().size, 300U);
  const Appended appended = again.Append(EntriesOf(300, 300), kNow).value();
  EXPECT_EQ(appended.first, 300U);
  int seen = 0;
  EXPECT_TRUE(CheckLogFiles(Cryptography(), storage_, kPublicPrefix, appended.head,
                            [&](std::uint64_t index, const formats::LogEntry& entry) -> Status {
                              EXPECT_EQ(AsText(entry.content), ContentOf(static_cast<int>(index)));
                              ++seen;
                              return {};
                            }));
  EXPECT_EQ(seen, 600);
}

// "0 100": how many seconds after kNow the entries are stamped, or why there is none.
TEST_F(LogTest, BelievesNoClockThatContradictsItsLastEntry) {
  constexpr std::uint64_t kYear = 366ULL * 86400;
  Log log = New();
  const auto append = [&](std::uint64_t seconds, LogClock clock = LogClock::kChecked) -> std::string {
    const auto appended = log.Append(EntriesOf(0, 1), {kNow.value + seconds}, clock);
    if (!appended) return NameOf(appended.error().code());
    TreeReader tree(Cryptography(), storage_, kPublicPrefix, appended->head.size);
    const std::string entry = tree.Entry(appended->first).value();
    return std::to_string(formats::DecodeLogEntry(AsBytes(entry))->logged_at.value - kNow.value);
  };
  EXPECT_EQ(append(1000), "1000");
  EXPECT_EQ(append(700), "1000") << "a little behind: times do not go back";
  EXPECT_EQ(append(699), "not-yet-valid");
  EXPECT_EQ(append(1000 + kYear), std::to_string(1000 + kYear)) << "it was silent for a year";
  EXPECT_EQ(append(1001 + 2 * kYear), "not-yet-valid");
  EXPECT_EQ(append(73 * kYear, LogClock::kVouched), std::to_string(73 * kYear)) << "somebody was wrong";
  EXPECT_EQ(append(2000 + kYear), "not-yet-valid");
  log = Reopen().value();
  EXPECT_EQ(append(2000 + kYear), "not-yet-valid") << "remembered";
  EXPECT_EQ(append(2000 + kYear, LogClock::kVouched), std::to_string(2000 + kYear)) << "set right";
  EXPECT_EQ(append(2001 + kYear), std::to_string(2001 + kYear));
}

// A log that its keeper set right too often would be read by nobody any more, for ever.
TEST_F(LogTest, GoesBackNoMoreOftenThanReadersBear) {
  Log log = New();
  const auto append = [&](std::uint64_t seconds) {
    return log.Append(EntriesOf(0, 1), {kNow.value + seconds}, LogClock::kVouched);
  };
  const auto read = [&] {
    return CheckLogFiles(Cryptography(), storage_, kPublicPrefix, log.head(),
                         [](std::uint64_t, const formats::LogEntry&) { return Status(); });
  };
  for (std::size_t i = 0; i < kMaxSetBacks; ++i) {
    ASSERT_TRUE(append(1000));
    ASSERT_TRUE(append(10)) << "control: the last of them is in it";
  }
  ASSERT_TRUE(append(1000));
  log = Reopen().value();
  EXPECT_EQ(append(10).error().code(), ErrorCode::kTooLarge);
  EXPECT_TRUE(append(1001)) << "and goes on";
  EXPECT_TRUE(read());
}

TEST_F(LogTest, RefusesWhatIsNoContent) {
  Log log = New();
  EXPECT_EQ(log.Append({}, kNow).error().code(), ErrorCode::kBadArgument);
  EXPECT_EQ(log.Append({{"nonsense", {}}}, kNow).error().code(), ErrorCode::kMalformed);
  EXPECT_EQ(log.Append({{ContentOf(1), {}}, {"nonsense", {}}}, kNow).error().code(), ErrorCode::kMalformed);
  EXPECT_EQ(log.head().size, 0U);
  EXPECT_TRUE(log.Append(EntriesOf(0, 1), kNow)) << "a bad batch spoils nothing";
}

TEST_F(LogTest, KeepsEachEntrysOwnStatementBesideTheTree) {
  Log log = New();
  const auto kept = [&](std::uint64_t index) {
    return storage_.Read(kPublicPrefix + StatementPath(index), 100).value_or("none");
  };
  ASSERT_TRUE(log.Append({{ContentOf(7), "junk"}, {ContentOf(7), "signed"}}, kNow));
  ASSERT_TRUE(log.Append({{ContentOf(7), ""}}, kNow));
  ASSERT_TRUE(log.Append({{ContentOf(7), "again"}}, kNow));
  EXPECT_EQ(kept(0) + " " + kept(1) + " " + kept(2) + " " + kept(3), "junk signed none again");
}

// Of every entry that is in the log, and of no other one.
TEST_F(LogTest, StatementsAreWholeWhereverPowerIsCut) {
  ASSERT_TRUE(New().Append({{ContentOf(7), "a first one"}}, kNow));
  std::array<int, 2> seen{};
  for (std::uint64_t cut = 0; cut < 40; ++cut) {
    for (const std::uint64_t seed : {0U, 1U, 7U, 8U}) {
      const auto storage = storage_.Copy();
      Log log = Log::Open(Cryptography(), *storage, keys_.LogSigners()).value();
      storage->CutAt(cut);
      static_cast<void>(log.Append({{ContentOf(8), "the one after"}}, kNow));
      const auto after = storage->AfterCut(seed);
      Log again = Log::Open(Cryptography(), *after, keys_.LogSigners()).value();
      const bool is_there = again.head().size == 2;
      if (!is_there) {
        ASSERT_TRUE(again.Append({{ContentOf(9), ""}}, kNow));
      }
      const auto kept = [&](std::uint64_t index) {
        return after->Read(kPublicPrefix + StatementPath(index), 100).value_or("");
      };
      EXPECT_EQ(kept(0), "a first one") << "cut " << cut << " seed " << seed;
      EXPECT_EQ(kept(1), is_there ? "the one after" : "") << "cut " << cut << " seed " << seed;
      ++seen[is_there ? 1 : 0];
    }
  }
  EXPECT_GT(seen[0], 0);
  EXPECT_GT(seen[1], 0);
}

TEST_F(LogTest, OpensOnlyUnderItsOwnKeys) {
  const Log log = New();
  const TestKeys others("log.example");
  EXPECT_EQ(Log::Open(Cryptography(), storage_, others.LogSigners()).error().code(), ErrorCode::kUntrusted);
  EXPECT_TRUE(Reopen());
}

TEST_F(LogTest, OpensNoTreeThatIsNotItsCheckpoints) {
  {
    Log log = New();
    ASSERT_TRUE(log.Append(EntriesOf(0, 3), kNow));
  }
  std::string tile = storage_.Read("public/tile/0/000.p/3", 1000).value();
  tile[40] = static_cast<char>(tile[40] ^ 1);
  ASSERT_TRUE(storage_.Write("public/tile/0/000.p/3", AsBytes(tile)));
  EXPECT_EQ(Reopen().error().code(), ErrorCode::kMalformed);
}

TEST_F(LogTest, AfterAFailedStorageItMustBeOpenedAgain) {
  Log log = New();
  storage_.CutAt(3);
  EXPECT_FALSE(log.Append(EntriesOf(0, 1), kNow));
  storage_.CutAt(1000);
  EXPECT_EQ(log.Append(EntriesOf(0, 1), kNow).error().code(), ErrorCode::kBadState);
  Log again = Reopen().value();
  EXPECT_TRUE(again.Append(EntriesOf(0, 1), kNow));
}

TEST_F(LogTest, PublishesCosignatures) {
  Log log = New();
  ASSERT_TRUE(log.Append(EntriesOf(0, 3), kNow));
  const TestKeys witness("witness.example");
  const auto signers = witness.WitnessSigners();
  const std::string text = CheckpointText("log.example", log.head());
  const auto checkpoint = release::log::ParseCheckpoint(text).value();
  const std::string line = signers[0].Sign(Cryptography(), checkpoint, kNow).value();
  ASSERT_TRUE(log.AddCosignatures(line, kNow));
  EXPECT_FALSE(log.AddCosignatures("no line\n", kNow));
  EXPECT_EQ(storage_.Read("public/checkpoint", 100000).value(), log.checkpoint());
  const auto key = signers[0].verifier();
  EXPECT_TRUE(release::log::VerifyCheckpoint(Cryptography(), log.checkpoint(), {&key, 1}));
  EXPECT_EQ(Reopen()->checkpoint(), log.checkpoint());
}

// As a timer does on a log to which nothing is added, and where a witness's clock was ahead once.
TEST_F(LogTest, KeepsOfEachCosignerTheNewestLineThatIsNotAhead) {
  Log log = New();
  const TestKeys witness("witness.example");
  const TestKeys other("other.example");
  const std::string text = CheckpointText("log.example", log.head());
  const auto checkpoint = release::log::ParseCheckpoint(text).value();
  const auto line = [&](const TestKeys& keys, std::uint64_t seconds) {
    return keys.WitnessSigners()[0].Sign(Cryptography(), checkpoint, {kNow.value + seconds}).value();
  };
  const auto count = [&] { return release::log::ParseSignedNote(log.checkpoint())->signatures.size(); };
  const std::vector keys = {witness.WitnessSigners()[0].verifier(), other.WitnessSigners()[0].verifier()};
  const auto signed_at = [&](std::size_t key) {
    return release::log::VerifyCheckpoint(Cryptography(), log.checkpoint(), keys)->signed_at(key)->value - kNow.value;
  };
  ASSERT_TRUE(log.AddCosignatures(line(witness, 7000000) + line(other, 0), {kNow.value + 7000000}));
  EXPECT_EQ(signed_at(0), 7000000U) << "control: the log's own clock was ahead too";
  for (std::uint64_t hour = 1; hour <= release::log::kMaxNoteSignatures; ++hour) {
    ASSERT_TRUE(log.AddCosignatures(line(witness, hour * 3600), {kNow.value + hour * 3600})) << hour;
  }
  EXPECT_EQ(count(), 4U) << "the log's two keys, and two cosigners";
  EXPECT_EQ(signed_at(0), release::log::kMaxNoteSignatures * 3600);
  EXPECT_EQ(signed_at(1), 0U);
  ASSERT_TRUE(log.AddCosignatures(line(witness, 60) + line(other, 7000000), {kNow.value + 3600000}));
  EXPECT_EQ(signed_at(0), release::log::kMaxNoteSignatures * 3600) << "an older one";
  EXPECT_EQ(signed_at(1), 0U) << "one that is ahead";
}

}  // namespace
}  // namespace edgekeep::log
