#include "edgekeep/release/log/verifier_key.h"

#include "signing.h"

namespace edgekeep::release::log {
namespace {

// c2sp.org/signed-note, "Example".
constexpr const char* kExample = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

TEST(VerifierKeyTest, ParsesTheSpecificationsExample) {
  const VerifierKey key = VerifierKey::Parse(Cryptography(), kExample).value();
  EXPECT_EQ(key.name(), "example.com/foo");
  EXPECT_EQ(key.type(), SignatureType::kEd25519);
  EXPECT_EQ(key.public_key().size(), 32U);
}

TEST(VerifierKeyTest, RefusesTruncationAtEveryByte) {
  const std::string text = kExample;
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(VerifierKey::Parse(Cryptography(), text.substr(0, size))) << size;
  }
}

TEST(VerifierKeyTest, RefusesEveryFlippedBit) {
  for (std::size_t bit = 0; bit < 8 * std::string_view(kExample).size(); ++bit) {
    std::string text = kExample;
    text[bit / 8] = static_cast<char>(text[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(VerifierKey::Parse(Cryptography(), text)) << bit;
  }
}

TEST(VerifierKeyTest, OneKeyOfTwoTypesHasTwoIds) {
  const std::vector<std::uint8_t> bytes(32, 7);
  const auto note = VerifierKey::Create(Cryptography(), "a", SignatureType::kEd25519, bytes).value();
  const auto cosignature = VerifierKey::Create(Cryptography(), "a", SignatureType::kEd25519Cosignature, bytes).value();
  EXPECT_NE(note.id(), cosignature.id());
}

TEST(KeyName, IsUtf8WithoutSpacesAndPlus) {
  for (const char* name : {"a", "example.com/foo", "z\u00FCrich", "\u96FB\u8A71", "a-b_c.d"})
    EXPECT_TRUE(IsKeyName(name));
  for (const char* name : {"", " ", "a b", "a+b", "a\tb", "a\nb", "a\u00A0b", "a\u0085", "\u1680", "a\u2000", "\u200A",
                           "\u2028", "\u2029", "\u202F", "\u205F", "\u3000", "\xFF", "\xC3"}) {
    EXPECT_FALSE(IsKeyName(name)) << name;
  }
  EXPECT_TRUE(IsKeyName("a\u200B")) << "zero width space is no space (White_Space=no)";
}

}  // namespace
}  // namespace edgekeep::release::log
