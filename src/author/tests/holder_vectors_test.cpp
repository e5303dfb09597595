// Files of holders and of signing folders that an independent implementation made (spec/vectors/holders.json).
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "../signed_file.h"
#include "edgekeep/author/fingerprint.h"
#include "edgekeep/base/hex.h"
#include "support.h"

namespace edgekeep::author {
namespace {

using HolderJson = nlohmann::json;

const HolderJson& HolderVectors() {
  static const HolderJson vectors = [] {
    const char* const source = std::getenv("EDGEKEEP_SOURCE");
    std::ifstream file(std::string(source != nullptr ? source : ".") + "/spec/vectors/holders.json");
    return HolderJson::parse(file);
  }();
  return vectors;
}

TEST(HolderVectors, HaveTheFingerprintsThatTheSpecificationGives) {
  for (const HolderJson& one : HolderVectors().at("holders")) {
    const auto holder = ParsePublicHolder(one.at("file").get<std::string>(), "file");
    ASSERT_TRUE(holder) << one.at("name");
    EXPECT_EQ(holder->name, one.at("holder"));
    const auto fingerprint = FingerprintOf(TestContext(), *holder);
    ASSERT_TRUE(fingerprint) << one.at("name");
    EXPECT_EQ(ToHex(fingerprint->digest.view()).view(), one.at("fingerprint").get<std::string>()) << one.at("name");
    EXPECT_EQ(ShortText(*fingerprint), one.at("short")) << one.at("name");
  }
}

TEST(HolderVectors, AreRefusedWhereTheyAreNoFileOfOneHolder) {
  for (const HolderJson& one : HolderVectors().at("refused")) {
    EXPECT_FALSE(ParsePublicHolder(one.at("file").get<std::string>(), "file")) << one.at("name");
  }
}

// A flipped bit makes another file or none, and never another's fingerprint of the same name and keys.
TEST(HolderVectors, NoBitOfAFileFlipsUnseen) {
  const std::string text = HolderVectors().at("holders").at(0).at("file").get<std::string>();
  const auto whole = ParsePublicHolder(text, "file");
  ASSERT_TRUE(whole);
  const auto own = FingerprintOf(TestContext(), *whole);
  ASSERT_TRUE(own);
  const std::size_t key = text.find("\"public\": \"") + 11;
  for (std::size_t bit = 0; bit < 64UL * 8; ++bit) {  // of the Ed25519 key's 64 digits
    std::string flipped = text;
    flipped[key + bit / 8] = static_cast<char>(flipped[key + bit / 8] ^ (1 << bit % 8));
    const auto holder = ParsePublicHolder(flipped, "file");
    if (!holder) continue;
    const auto fingerprint = FingerprintOf(TestContext(), *holder);
    // Upper case is the same digit.
    const bool is_same_digit = (bit % 8) == 5;
    EXPECT_TRUE(fingerprint && (is_same_digit || !(*fingerprint == *own))) << bit;
  }
  for (std::size_t size = 0; size < text.size(); size += 7)
    EXPECT_FALSE(ParsePublicHolder(text.substr(0, size), "file"));
}

TEST(SigningFolderVectors, GiveTheSignaturesThatAreThere) {
  for (const HolderJson& one : HolderVectors().at("signed")) {
    HolderJson found = HolderJson::array();
    for (const ClaimedSignature& claimed : ReadSignedFile(AsBytes(one.at("file").get_ref<const std::string&>()))) {
      found.push_back({claimed.key_id, claimed.hex});
    }
    EXPECT_EQ(found, one.at("signatures")) << one.at("name");
  }
}

}  // namespace
}  // namespace edgekeep::author
