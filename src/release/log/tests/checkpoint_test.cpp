#include "edgekeep/release/log/checkpoint.h"

#include "reference_tree.h"
#include "signing.h"

namespace edgekeep::release::log {
namespace {

constexpr std::uint64_t kTime = 1790000000;

class CheckpointTest : public testing::Test {
 protected:
  Result<SignedCheckpoint> Verify(const std::string& note, const std::vector<VerifierKey>& keys) const {
    return VerifyCheckpoint(Cryptography(), note, keys);
  }

  NoteSigner log_{"log.example", SignatureType::kEd25519};
  NoteSigner witness_{"witness.example", SignatureType::kEd25519Cosignature};
  NoteSigner quantum_{"witness.example", SignatureType::kMlDsa44Cosignature};
  std::string text_ = CheckpointText("log.example", 5, RootOf(LeavesOf(5)));
};

TEST_F(CheckpointTest, TellsWhoSignedWhen) {
  const std::string note =
      NoteOf(text_, {log_.Line(text_), witness_.Line(text_, kTime), quantum_.Line(text_, kTime + 1)});
  const auto verified = Verify(note, {log_.verifier(), quantum_.verifier(), witness_.verifier()});
  ASSERT_TRUE(verified) << verified.error().where();
  EXPECT_EQ(verified->checkpoint().size, 5U);
  EXPECT_EQ(verified->checkpoint().origin, "log.example");
  EXPECT_EQ(verified->signed_at(0)->value, 0U);
  EXPECT_EQ(verified->signed_at(1)->value, kTime + 1);
  EXPECT_EQ(verified->signed_at(2)->value, kTime);
}

TEST_F(CheckpointTest, LinesOfUnknownKeysArePassedOver) {
  const std::string note = NoteOf(text_, {log_.Line(text_), witness_.Line(text_, kTime)});
  const auto verified = Verify(note, {log_.verifier()});
  ASSERT_TRUE(verified);
  EXPECT_EQ(NameOfError(Verify(note, {quantum_.verifier()})), "untrusted");
}

// Control for the next: the wrong line's key is unknown here, so it spoils nothing.
TEST_F(CheckpointTest, KnownButBadRefusesTheWholeNote) {
  const std::string other = CheckpointText("log.example", 6, RootOf(LeavesOf(6)));
  const std::string note = NoteOf(text_, {log_.Line(text_), witness_.Line(other, kTime)});
  EXPECT_TRUE(Verify(note, {log_.verifier()}));
  EXPECT_EQ(NameOfError(Verify(note, {log_.verifier(), witness_.verifier()})), "bad-signature");
}

TEST_F(CheckpointTest, OneKeyTwiceCountsWithItsLaterTime) {
  const std::string note = NoteOf(text_, {witness_.Line(text_, kTime + 7), witness_.Line(text_, kTime)});
  EXPECT_EQ(Verify(note, {witness_.verifier()})->signed_at(0)->value, kTime + 7);
}

// One line from a wrong clock hides nothing that the key said at a time that is believed.
TEST_F(CheckpointTest, OneKeyTwiceCountsWithTheLatestTimeThatIsBelieved) {
  const std::string ahead = witness_.Line(text_, kTime + 1000);
  const std::string note = NoteOf(text_, {witness_.Line(text_, kTime), ahead, witness_.Line(text_, kTime + 7)});
  const auto counted = [&](const std::string& of, std::uint64_t not_after) {
    const std::vector<VerifierKey> keys = {witness_.verifier()};
    return VerifyCheckpoint(Cryptography(), of, keys, UnixTime{not_after})->signed_at(0)->value;
  };
  EXPECT_EQ(counted(note, kTime + 7), kTime + 7);
  EXPECT_EQ(counted(note, kTime + 6), kTime);
  EXPECT_EQ(counted(note, kTime + 1000), kTime + 1000) << "control";
  EXPECT_EQ(counted(NoteOf(text_, {ahead}), kTime), kTime + 1000) << "it signed, and says when";
}

TEST_F(CheckpointTest, SignaturesOfOneTypeAreNotAnothers) {
  const std::string as_cosignature = NoteOf(text_, {witness_.Line(text_, kTime)});
  const auto note_key =
      VerifierKey::Create(Cryptography(), "witness.example", SignatureType::kEd25519, witness_.verifier().public_key())
          .value();
  EXPECT_TRUE(Verify(as_cosignature, {witness_.verifier()}));
  EXPECT_EQ(NameOfError(Verify(as_cosignature, {note_key})), "untrusted");
}

// ML-DSA cosignatures name who made them; another name's key of the same bytes does not verify.
TEST_F(CheckpointTest, PostQuantumCosignatureCommitsToItsName) {
  const auto renamed = VerifierKey::Create(Cryptography(), "other.example", SignatureType::kMlDsa44Cosignature,
                                           quantum_.verifier().public_key())
                           .value();
  const Checkpoint checkpoint = ParseCheckpoint(text_).value();
  const std::string line = quantum_.Line(text_, kTime);
  const auto parsed = ParseSignatureLines(line).value();
  EXPECT_TRUE(VerifyLine(Cryptography(), quantum_.verifier(), checkpoint, parsed[0]));
  EXPECT_FALSE(VerifyLine(Cryptography(), renamed, checkpoint, parsed[0]));
}

TEST_F(CheckpointTest, EveryFlippedBitIsRefused) {
  for (const NoteSigner* signer : {&log_, &witness_}) {
    const std::string note = NoteOf(text_, {signer->Line(text_, kTime)});
    ASSERT_TRUE(Verify(note, {signer->verifier()}));
    for (std::size_t bit = 0; bit < 8 * note.size(); ++bit) {
      std::string flipped = note;
      flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
      EXPECT_FALSE(Verify(flipped, {signer->verifier()})) << "bit " << bit;
    }
  }
}

TEST_F(CheckpointTest, FlippedBitsUnderAPostQuantumSignatureAreRefused) {
  const std::string note = NoteOf(text_, {quantum_.Line(text_, kTime)});
  ASSERT_TRUE(Verify(note, {quantum_.verifier()}));
  for (std::size_t bit = 0; bit < 8 * note.size(); bit += 37) {
    std::string flipped = note;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(Verify(flipped, {quantum_.verifier()})) << "bit " << bit;
  }
}

TEST_F(CheckpointTest, TextsOverTheLimitAreRefused) {
  const std::string longer = text_ + std::string(kMaxCheckpointTextSize, 'x') + "\n";
  EXPECT_EQ(ParseCheckpoint(longer).error().code(), ErrorCode::kTooLarge);
  const std::string origin = CheckpointText(std::string(kMaxOriginSize + 1, 'o'), 1, RootOf(LeavesOf(1)));
  EXPECT_EQ(ParseCheckpoint(origin).error().code(), ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace edgekeep::release::log
