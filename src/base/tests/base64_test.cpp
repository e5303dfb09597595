#include "edgekeep/base/base64.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

namespace edgekeep {
namespace {

std::string Base64(ByteView bytes) {
  std::string text(Base64Size(bytes.size()), ' ');
  EncodeBase64(bytes, text);
  return text;
}

std::string Decoded(std::string_view text) {
  std::array<std::uint8_t, 16> buffer;
  const auto bytes = DecodeBase64(text, buffer);
  return bytes ? std::string(AsText(*bytes)) : std::string("refused");
}

// RFC 4648 §10.
TEST(Base64, HasTheStandardsVectors) {
  const std::vector<std::pair<std::string, std::string>> vectors = {{"", ""},
                                                                    {"f", "Zg=="},
                                                                    {"fo", "Zm8="},
                                                                    {"foo", "Zm9v"},
                                                                    {"foob", "Zm9vYg=="},
                                                                    {"fooba", "Zm9vYmE="},
                                                                    {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, text] : vectors) {
    EXPECT_EQ(Base64(AsBytes(plain)), text);
    EXPECT_EQ(Decoded(text), plain);
  }
}

TEST(Base64, RefusesEveryOtherForm) {
  for (const char* text : {"Zg", "Zg=", "Zh==", "Zm9=", "Zm8=\n", "Zm 8=", "Zm-8", "Zm_8", "=",
                           "====", "Z===", "Zg==Zg==", "Zm8=Zm8=", "\xC3\xA4\xC3\xA4"}) {
    EXPECT_EQ(Decoded(text), "refused") << text;
  }
}

TEST(Base64, RefusesWhatDoesNotFit) {
  std::array<std::uint8_t, 2> buffer;
  EXPECT_TRUE(DecodeBase64("Zm8=", buffer));
  EXPECT_EQ(DecodeBase64("Zm9v", buffer).error().code(), ErrorCode::kTooLarge);
}

TEST(Base64, DecodesWhatItEncoded) {
  std::vector<std::uint8_t> bytes;
  for (std::size_t size = 0; size < 300; ++size) {
    const std::string text = Base64(bytes);
    std::vector<std::uint8_t> buffer(size);
    const auto decoded = DecodeBase64(text, buffer);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(buffer, bytes);
    bytes.push_back(static_cast<std::uint8_t>(size * 37));
  }
}

}  // namespace
}  // namespace edgekeep
