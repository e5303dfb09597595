#include "edgekeep/release/log/signed_note.h"

#include "signing.h"

namespace edgekeep::release::log {
namespace {

constexpr const char* kLine =
    "\u2014 example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

TEST(SignedNoteTest, IsTakenApartAtTheLastEmptyLine) {
  const std::string text = "one\n\nand, after an empty line,\ntwo\n";
  const std::string note = NoteOf(text, {kLine, kLine});
  const SignedNote parsed = ParseSignedNote(note).value();
  EXPECT_EQ(parsed.text, text);
  ASSERT_EQ(parsed.signatures.size(), 2U);
  EXPECT_EQ(parsed.signatures[1].name, "example.com/foo");
}

TEST(SignedNoteTest, RefusesTruncationAtEveryByte) {
  const std::string note = NoteOf("text\n", {kLine});
  for (std::size_t size = 0; size < note.size(); ++size) {
    EXPECT_FALSE(ParseSignedNote(note.substr(0, size))) << size;
  }
}

TEST(SignedNoteTest, RefusesWhatIsNotText) {
  EXPECT_TRUE(ParseSignedNote(NoteOf("gr\u00FC\u00DFe\n", {kLine})));
  for (const char* text : {"tab\t\n", "nul\x01\n", "return\r\n", "latin1 \xFC\n", "\xED\xA0\x80\n"}) {
    EXPECT_FALSE(ParseSignedNote(NoteOf(text, {kLine}))) << text;
  }
}

// c2sp.org/signed-note: at least 16, a verifier's limit is its own.
TEST(SignedNoteTest, TakesManySignaturesButNotAnyNumber) {
  EXPECT_TRUE(ParseSignedNote(NoteOf("text\n", std::vector<std::string>(kMaxNoteSignatures, kLine))));
  EXPECT_EQ(ParseSignedNote(NoteOf("text\n", std::vector<std::string>(kMaxNoteSignatures + 1, kLine))).error().code(),
            ErrorCode::kTooLarge);
  EXPECT_EQ(ParseSignedNote(NoteOf(std::string(kMaxNoteSize, 'a') + "\n", {kLine})).error().code(),
            ErrorCode::kTooLarge);
}

// The text is no checkpoint, so only the primitive can say that the specification's example is right.
TEST(SignedNoteTest, TheSpecificationsExampleVerifies) {
  const auto key =
      VerifierKey::Parse(Cryptography(), "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
          .value();
  const std::string note = NoteOf("This is an example message.\n", {kLine});
  const SignedNote parsed = ParseSignedNote(note).value();
  ASSERT_TRUE(parsed.signatures[0].IsBy(key));
  const Checkpoint as_it_is{.text = parsed.text, .origin = {}, .size = 0, .root = {}};
  EXPECT_TRUE(VerifyLine(Cryptography(), key, as_it_is, parsed.signatures[0]));
  const Checkpoint changed{.text = "This is another message.\n", .origin = {}, .size = 0, .root = {}};
  EXPECT_FALSE(VerifyLine(Cryptography(), key, changed, parsed.signatures[0]));
}

TEST(SignatureLines, AreOneAtLeast) {
  EXPECT_TRUE(ParseSignatureLines(kLine));
  EXPECT_FALSE(ParseSignatureLines(""));
  EXPECT_FALSE(ParseSignatureLines("\n"));
}

}  // namespace
}  // namespace edgekeep::release::log
