// Keys of metadata in every length but the right one, and with every bit of what names them flipped.
#include "edgekeep/release/metadata_key.h"

#include <gtest/gtest.h>

#include <string>

#include "edgekeep/base/base64.h"
#include "edgekeep/json/text.h"

namespace edgekeep::release {
namespace {

struct KeyForm {
  const char* type;
  const char* scheme;
  std::string prefix;      // of a SubjectPublicKeyInfo: identifier and parameters; empty: hexadecimal digits
  std::size_t size;        // of the key
  std::string first = {};  // its first byte
};

// Each element has fewer than 65536 bytes.
std::string Der(char tag, const std::string& content) {
  const auto byte = [](std::size_t number) { return std::string(1, static_cast<char>(number)); };
  const std::string length =
      content.size() < 128
          ? byte(content.size())
          : (content.size() < 256 ? byte(0x81) : byte(0x82) + byte(content.size() >> 8)) + byte(content.size() & 0xFF);
  return std::string(1, tag) + length + content;
}

std::string PemOfKey(const std::string& identifier, const std::string& key) {
  const std::string der = Der(0x30, Der(0x30, identifier) + Der(0x03, std::string(1, '\0') + key));
  std::string text(Base64Size(der.size()), ' ');
  EncodeBase64(AsBytes(der), text);
  return "-----BEGIN PUBLIC KEY-----\n" + text + "\n-----END PUBLIC KEY-----\n";
}

std::string HexOf(const std::string& bytes) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string hex;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    hex += {kDigits[byte >> 4], kDigits[byte & 0xF]};
  }
  return hex;
}

std::string ReadAs(const std::string& type, const std::string& scheme, const std::string& shown) {
  json::Object object;
  object.Set("keytype", type).Set("scheme", scheme).Set("keyval", json::Object().Set("public", shown));
  const std::string text = json::Write(object);
  const auto document = json::Document::Parse(AsBytes(text), {}).value();
  const auto key = ReadMetadataKey(document.root());
  return key ? std::to_string(key->key.size()) : std::string(NameOf(key.error().code()));
}

std::string ReadWithSize(const KeyForm& form, std::size_t size) {
  std::string key = form.first;
  key.resize(size, 'k');
  return ReadAs(form.type, form.scheme, form.prefix.empty() ? HexOf(key) : PemOfKey(form.prefix, key));
}

std::vector<KeyForm> Forms() {
  const auto ml_dsa = [](char last) { return Der(0x06, std::string("\x60\x86\x48\x01\x65\x03\x04\x03", 8) + last); };
  const std::string p256 = Der(0x06, "\x2a\x86\x48\xce\x3d\x02\x01") + Der(0x06, "\x2a\x86\x48\xce\x3d\x03\x01\x07");
  return {{"ed25519", "ed25519", "", 32},
          {"ecdsa", "ecdsa-sha2-nistp256", "", 65, "\x04"},
          {"ecdsa", "ecdsa-sha2-nistp256", p256, 65, "\x04"},
          {"ml-dsa", "ml-dsa-44/1", ml_dsa(0x11), 1312},
          {"ml-dsa", "ml-dsa-65/1", ml_dsa(0x12), 1952},
          {"ml-dsa", "ml-dsa-87/1", ml_dsa(0x13), 2592}};
}

TEST(MetadataKeys, OfAnotherLengthThanTheirAlgorithmsAreRefused) {
  for (const KeyForm& form : Forms()) {
    for (std::size_t size = form.first.size(); size <= 2 * form.size; size += size < 70 ? 1 : 53) {
      if (size == form.size) continue;
      ASSERT_EQ(ReadWithSize(form, size), "malformed") << form.scheme << " " << size;
    }
    for (const std::size_t size : {form.size - 1, form.size + 1}) {
      EXPECT_EQ(ReadWithSize(form, size), "malformed") << form.scheme << " " << size;
    }
    EXPECT_EQ(ReadWithSize(form, form.size), std::to_string(form.size)) << "control";
  }
}

TEST(MetadataKeys, AreRefusedWhereABitOfTheirTypeIsFlipped) {
  const std::string shown = HexOf(std::string(32, 'k'));
  ASSERT_EQ(ReadAs("ed25519", "ed25519", shown), "32") << "control";
  const std::string name = "ed25519";
  for (std::size_t bit = 0; bit < 7 * name.size(); ++bit) {
    std::string flipped = name;
    flipped[bit / 7] = static_cast<char>(flipped[bit / 7] ^ (1 << bit % 7));
    EXPECT_EQ(ReadAs(flipped, name, shown), "unsupported") << bit;
    EXPECT_EQ(ReadAs(name, flipped, shown), "unsupported") << bit;
  }
  for (std::size_t size = 0; size < shown.size(); ++size)
    EXPECT_EQ(ReadAs(name, name, shown.substr(0, size)), "malformed");
}

}  // namespace
}  // namespace edgekeep::release
