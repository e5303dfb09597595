#include "edgekeep/log/witness.h"

#include <map>
#include <thread>

#include "edgekeep/base/hex.h"
#include "edgekeep/log/log.h"
#include "edgekeep/log/tree_reader.h"
#include "faulty_storage.h"
#include "log_fixture.h"

namespace edgekeep::log {
namespace {

using release::log::Policy;
using release::log::TreeHead;

// A log that grew to 3, 8 and 20 entries, and its checkpoints.
class GrownLog {
 public:
  explicit GrownLog(const TestKeys& keys, int first = 0) {
    Log log = Log::Create(Cryptography(), storage_, keys.LogSigners(), kNow).value();
    notes_[0] = log.checkpoint();
    int count = 0;
    for (const int size : {3, 8, 20}) {
      EXPECT_TRUE(log.Append(EntriesOf(first + count, size - count), kNow));
      notes_[size] = log.checkpoint();
      count = size;
    }
  }

  const std::string& Note(int size) const { return notes_.at(size); }

  // The body that asks for a cosignature of `size` after `old`.
  std::string Request(int old, int size) const {
    TreeReader tree(Cryptography(), storage_, kPublicPrefix, 20);
    const Hashes proof =
        tree.ConsistencyPath(static_cast<std::uint64_t>(old), static_cast<std::uint64_t>(size)).value();
    return WriteAddCheckpoint(static_cast<std::uint64_t>(old), proof, Note(size));
  }

 private:
  FaultyStorage storage_;
  std::map<int, std::string> notes_;
};

class WitnessTest : public testing::Test {
 protected:
  Policy Logs() const { return Policy::Parse(Cryptography(), log_keys_.LogLines() + "quorum none\n").value(); }

  Witness NewWitness(Storage& storage) const { return {Cryptography(), storage, Logs(), keys_.WitnessSigners()}; }

  // Verifies that the lines are cosignatures of the note, by all of the witness's keys.
  bool AreCosignatures(const std::string& note, const std::string& lines) const {
    std::vector<release::log::VerifierKey> keys;
    for (const NoteSigner& signer : keys_.WitnessSigners()) keys.push_back(signer.verifier());
    const auto verified = release::log::VerifyCheckpoint(Cryptography(), note + lines, keys);
    return verified && verified->signed_at(0) && verified->signed_at(1) && verified->signed_at(0)->value == kNow.value;
  }

  TestKeys log_keys_{"log.example"};
  TestKeys keys_{"witness.example"};
  GrownLog log_{log_keys_};
  FaultyStorage storage_;
};

TEST_F(WitnessTest, CosignsALogAsItGrows) {
  Witness witness = NewWitness(storage_);
  for (const auto& [old, size] : {std::pair{0, 0}, {0, 3}, {3, 8}, {8, 8}, {8, 20}}) {
    const WitnessAnswer answer = witness.Add(log_.Request(old, size), kNow);
    EXPECT_EQ(answer.status, 200U) << old << " to " << size << ": " << answer.body;
    EXPECT_TRUE(AreCosignatures(log_.Note(size), answer.body)) << size;
  }
}

TEST_F(WitnessTest, RefusesAForkOfWhatItSaw) {
  const GrownLog fork(log_keys_, 1000);
  Witness witness = NewWitness(storage_);
  ASSERT_EQ(witness.Add(log_.Request(0, 8), kNow).status, 200U);
  EXPECT_EQ(witness.Add(fork.Request(8, 20), kNow).status, 422U);
  EXPECT_EQ(witness.Add(WriteAddCheckpoint(8, {}, fork.Note(8)), kNow).status, 422U) << "same size, another root";
  EXPECT_EQ(witness.Add(log_.Request(8, 20), kNow).status, 200U) << "the honest log goes on";
  // Control: a witness that has seen nothing yet cosigns either.
  FaultyStorage fresh;
  EXPECT_EQ(NewWitness(fresh).Add(fork.Request(0, 20), kNow).status, 200U);
}

TEST_F(WitnessTest, RefusesWhatIsStaleAndTellsItsSize) {
  Witness witness = NewWitness(storage_);
  EXPECT_EQ(witness.Add(log_.Request(3, 8), kNow).body, "0\n");
  ASSERT_EQ(witness.Add(log_.Request(0, 8), kNow).status, 200U);
  const WitnessAnswer answer = witness.Add(log_.Request(0, 3), kNow);
  EXPECT_EQ(answer.status, 409U);
  EXPECT_EQ(answer.content_type, "text/x.tlog.size");
  EXPECT_EQ(answer.body, "8\n");
}

TEST_F(WitnessTest, RefusesBadProofs) {
  Witness witness = NewWitness(storage_);
  ASSERT_EQ(witness.Add(log_.Request(0, 3), kNow).status, 200U);
  EXPECT_EQ(witness.Add(WriteAddCheckpoint(3, {}, log_.Note(8)), kNow).status, 422U);
  std::string request = log_.Request(3, 8);
  request[8] = request[8] == 'A' ? 'B' : 'A';  // in the first hash
  EXPECT_EQ(witness.Add(request, kNow).status, 422U);
  FaultyStorage fresh;
  const std::vector<Digest> superfluous(1);
  EXPECT_EQ(NewWitness(fresh).Add(WriteAddCheckpoint(0, superfluous, log_.Note(3)), kNow).status, 422U);
}

TEST_F(WitnessTest, RefusesLogsAndKeysItDoesNotKnow) {
  Witness witness = NewWitness(storage_);
  const TestKeys elsewhere("other.example");
  EXPECT_EQ(witness.Add(GrownLog(elsewhere).Request(0, 3), kNow).status, 404U);
  const TestKeys impostor("log.example");
  EXPECT_EQ(witness.Add(GrownLog(impostor).Request(0, 3), kNow).status, 403U);
  std::string one_class = log_.Request(0, 3);
  one_class.erase(one_class.rfind("\u2014"));  // the ML-DSA line
  EXPECT_EQ(witness.Add(one_class, kNow).status, 403U);
  std::string forged = log_.Request(0, 3);
  forged[forged.size() - 10] = forged[forged.size() - 10] == 'A' ? 'B' : 'A';
  EXPECT_EQ(witness.Add(forged, kNow).status, 403U);
}

TEST_F(WitnessTest, RefusesWhatIsNoRequest) {
  Witness witness = NewWitness(storage_);
  const std::string good = log_.Request(3, 8);
  for (const std::string& body :
       {std::string(), std::string("old\n"), "old 03" + good.substr(5), "new" + good.substr(3),
        good.substr(0, good.size() - 1), "old -1\n\n" + log_.Note(8), "old 0\n" + log_.Note(8)}) {
    EXPECT_EQ(witness.Add(body, kNow).status, 400U) << body.substr(0, 20);
  }
  EXPECT_EQ(witness.Add(WriteAddCheckpoint(9, {}, log_.Note(8)), kNow).status, 400U)
      << "old size over the checkpoint's";
  EXPECT_EQ(witness.Add(WriteAddCheckpoint(3, std::vector<Digest>(64), log_.Note(8)), kNow).status, 400U);
  EXPECT_EQ(witness.Add(std::string(kMaxAddCheckpointSize + 1, 'o'), kNow).status, 400U);
}

TEST_F(WitnessTest, ServesTheLastCheckpointItCosigned) {
  Witness witness = NewWitness(storage_);
  auto hash = Cryptography().NewHash(crypto::AlgorithmId::kSha256).value();
  Digest digest;
  ASSERT_TRUE(hash->Update(AsBytes("log.example")) && hash->Finish(digest.mutable_view()));
  const std::string origin_hash(ToHex(digest.view()).view());
  EXPECT_EQ(witness.Latest(origin_hash).status, 404U);
  ASSERT_EQ(witness.Add(log_.Request(0, 3), kNow).status, 200U);
  const WitnessAnswer answer = witness.Latest(origin_hash);
  EXPECT_EQ(answer.status, 200U);
  EXPECT_TRUE(AreCosignatures(answer.body, ""));
  EXPECT_TRUE(Logs().Verify(Cryptography(), answer.body)) << "the log's signatures are there, too";
  EXPECT_EQ(witness.Latest("../" + origin_hash.substr(3)).status, 404U);
}

// Whatever of its unsynced work survives a cut: what was answered is never contradicted.
TEST_F(WitnessTest, RemembersWhatItAnsweredAfterACut) {
  const GrownLog fork(log_keys_, 1000);
  for (std::uint64_t cut = 0; cut < 12; ++cut) {
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
      FaultyStorage storage;
      ASSERT_EQ(NewWitness(storage).Add(log_.Request(0, 3), kNow).status, 200U);
      storage.CutAt(cut);
      const bool answered = NewWitness(storage).Add(log_.Request(3, 8), kNow).status == 200;
      const auto after = storage.AfterCut(seed);
      Witness witness = NewWitness(*after);
      EXPECT_EQ(witness.Add(fork.Request(3, 8), kNow).status == 200U, false);
      EXPECT_EQ(witness.Add(fork.Request(0, 8), kNow).status, 409U);
      if (answered) {
        EXPECT_EQ(witness.Add(log_.Request(8, 20), kNow).status, 200U) << cut << " " << seed;
      }
    }
  }
}

// Control: without syncs the answered checkpoint is forgotten, and the fork is cosigned.
TEST_F(WitnessTest, ControlWithoutSyncsItForgets) {
  const GrownLog fork(log_keys_, 1000);
  FaultyStorage storage;
  storage.LieAboutSyncsBelow("");
  ASSERT_EQ(NewWitness(storage).Add(log_.Request(0, 8), kNow).status, 200U);
  EXPECT_EQ(NewWitness(*storage.AfterCut(0)).Add(fork.Request(0, 8), kNow).status, 200U);
}

TEST_F(WitnessTest, OfRequestsAtOnceOneWins) {
  Witness witness = NewWitness(storage_);
  ASSERT_EQ(witness.Add(log_.Request(0, 3), kNow).status, 200U);
  const std::string to_8 = log_.Request(3, 8);
  const std::string to_20 = log_.Request(3, 20);
  std::array<unsigned, 8> statuses{};
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < statuses.size(); ++i) {
    threads.emplace_back([&, i] { statuses[i] = witness.Add(i % 2 == 0 ? to_8 : to_20, kNow).status; });
  }
  threads.clear();
  EXPECT_EQ(std::ranges::count(statuses, 200U), 1);
  EXPECT_EQ(std::ranges::count(statuses, 409U), 7);
}

}  // namespace
}  // namespace edgekeep::log
