#include "edgekeep/release/log/log_proof.h"

#include "reference_tree.h"
#include "signing.h"

namespace edgekeep::release::log {
namespace {

constexpr std::uint64_t kProvenTime = 1790000000;

class LogProofTest : public testing::Test {
 protected:
  std::string ProofOf(std::size_t index, const Leaves& leaves) const {
    const std::string text = CheckpointText("log.example", leaves.size(), RootOf(leaves));
    std::string proof = "c2sp.org/tlog-proof@v1\nindex " + std::to_string(index) + "\n";
    for (const Digest& hash : InclusionPath(index, leaves)) proof += Base64(hash.view()) + "\n";
    return proof + "\n" + NoteOf(text, {log_.Line(text), witness_.Line(text, kProvenTime)});
  }

  Result<LoggedEntry> Verify(const std::string& proof, const std::string& entry) const {
    return VerifyLogProof(Cryptography(), policy_, proof, AsBytes(entry));
  }

  NoteSigner log_{"log.example", SignatureType::kEd25519};
  NoteSigner witness_{"witness.example", SignatureType::kEd25519Cosignature};
  Policy policy_ =
      Policy::Parse(Cryptography(), "log " + log_.vkey() + "\nwitness w " + witness_.vkey() + "\nquorum w\n").value();
  Leaves leaves_ = LeavesOf(13);
};

TEST_F(LogProofTest, TellsWhereAnEntryIs) {
  for (std::size_t i = 0; i < leaves_.size(); ++i) {
    const auto logged = Verify(ProofOf(i, leaves_), "entry " + std::to_string(i));
    ASSERT_TRUE(logged) << logged.error().where();
    EXPECT_EQ(logged->index(), i);
    EXPECT_EQ(logged->checkpoint().head().size, 13U);
    EXPECT_EQ(logged->checkpoint().cosigned_at().value, kProvenTime);
  }
}

TEST_F(LogProofTest, ReplayedForAnotherEntryIsRefused) {
  const std::string proof = ProofOf(5, leaves_);
  EXPECT_TRUE(Verify(proof, "entry 5"));
  EXPECT_EQ(NameOfError(Verify(proof, "entry 6")), "bad-signature");
}

TEST_F(LogProofTest, OfAForkIsRefusedWithoutItsSignatures) {
  Leaves forked = leaves_;
  forked[5] = LeafHash(Cryptography(), AsBytes("evil")).value();
  const std::string fork = ProofOf(5, forked);
  EXPECT_TRUE(Verify(fork, "evil")) << "control: whoever holds log and witness forks at will";
  const std::string note = ProofOf(5, leaves_);
  const std::string grafted = fork.substr(0, fork.find("\n\n") + 2) + note.substr(note.find("\n\n") + 2);
  EXPECT_EQ(NameOfError(Verify(grafted, "evil")), "bad-signature");
}

TEST_F(LogProofTest, TruncationAtEveryByteIsRefused) {
  const std::string proof = ProofOf(5, leaves_);
  for (std::size_t size = 0; size < proof.size(); ++size)
    EXPECT_FALSE(Verify(proof.substr(0, size), "entry 5")) << size;
}

// The version's name and the index's word are read, every hash and the checkpoint are proven.
TEST_F(LogProofTest, EveryFlippedBitIsRefused) {
  const std::string proof = ProofOf(5, leaves_);
  for (std::size_t bit = 0; bit < 8 * proof.size(); ++bit) {
    std::string flipped = proof;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(Verify(flipped, "entry 5")) << "bit " << bit;
  }
}

TEST_F(LogProofTest, TooLargeIsRefusedUnread) {
  EXPECT_EQ(NameOfError(Verify(std::string(kMaxLogProofSize + 1, '\n'), "entry 5")), "too-large");
}

}  // namespace
}  // namespace edgekeep::release::log
