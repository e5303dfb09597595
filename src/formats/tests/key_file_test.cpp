#include "refusals.h"

namespace edgekeep::formats {
namespace {

using enum ErrorCode;

TEST(KeyFile, KeepsItsFields) {
  const ByteVector bytes = EncodedBy(EncodeKeyFile, SampleKeyFile());
  const KeyFile file = DecodeKeyFile(bytes).value();
  EXPECT_EQ(file.purpose, "author");
  EXPECT_EQ(file.public_key.algorithm, 0x0101);
  EXPECT_TRUE(Equal(file.public_key.bytes, Filler(32, 61)));
  EXPECT_EQ(file.costs.memory_kib, 65536U);
  EXPECT_EQ(file.costs.passes, 3U);
  EXPECT_EQ(file.costs.lanes, 4U);
  EXPECT_TRUE(Equal(file.salt, Filler(16, 101)));
  EXPECT_EQ(file.aead, 0x0301);
  EXPECT_TRUE(Equal(file.nonce, Filler(12, 102)));
  EXPECT_TRUE(Equal(file.ciphertext, Filler(48, 103)));
}

TEST(KeyFile, OfASymmetricSecretHasNoPublicKey) {
  KeyFile file = SampleKeyFile();
  file.purpose = "epoch:acme/label-ocr";
  file.public_key = {};
  const ByteVector bytes = EncodedBy(EncodeKeyFile, file);
  const KeyFile decoded = DecodeKeyFile(bytes).value();
  EXPECT_EQ(decoded.public_key.algorithm, 0);
  EXPECT_TRUE(decoded.public_key.bytes.empty());
}

TEST(KeyFile, RefusesByName) {
  ExpectRefused(
      EncodedBy(EncodeKeyFile, SampleKeyFile()), DecodeKeyFile,
      {{"another type", kUnsupported, [](Item& root) { At(root, {0}) = TextItem("edgekeep/commit-record"); }},
       {"empty purpose", kMalformed, [](Item& root) { At(root, {1}) = TextItem(""); }},
       {"purpose in capitals", kMalformed, [](Item& root) { At(root, {1}) = TextItem("Author"); }},
       {"purpose of 161", kMalformed, [](Item& root) { At(root, {1}).content.assign(161, 'a'); }},
       {"algorithm 0 with bytes", kMalformed, [](Item& root) { At(root, {2, 0}) = UnsignedItem(0); }},
       {"algorithm without bytes", kMalformed, [](Item& root) { At(root, {2, 1}) = BytesItem({}); }},
       {"less than 19 MiB", kMalformed, [](Item& root) { At(root, {3, 1}) = UnsignedItem(19 * 1024 - 1); }},
       {"more than 1 GiB", kTooLarge, [](Item& root) { At(root, {3, 1}) = UnsignedItem(1024 * 1024 + 1); }},
       {"one pass", kMalformed, [](Item& root) { At(root, {3, 2}) = UnsignedItem(1); }},
       {"17 passes", kTooLarge, [](Item& root) { At(root, {3, 2}) = UnsignedItem(17); }},
       {"no lane", kMalformed, [](Item& root) { At(root, {3, 3}) = UnsignedItem(0); }},
       {"17 lanes", kTooLarge, [](Item& root) { At(root, {3, 3}) = UnsignedItem(17); }},
       {"2^32 lanes", kMalformed, [](Item& root) { At(root, {3, 3}) = UnsignedItem(1ULL << 32); }},
       {"salt of 8", kMalformed, [](Item& root) { At(root, {4}) = BytesItem(Filler(8, 1)); }},
       {"salt of 32", kMalformed, [](Item& root) { At(root, {4}) = BytesItem(Filler(32, 1)); }},
       {"AEAD 0", kMalformed, [](Item& root) { At(root, {5}) = UnsignedItem(0); }},
       {"nonce of 8", kMalformed, [](Item& root) { At(root, {6}) = BytesItem(Filler(8, 1)); }},
       {"ciphertext of a tag alone", kMalformed, [](Item& root) { At(root, {7}) = BytesItem(Filler(16, 1)); }},
       {"ciphertext of 529", kMalformed, [](Item& root) { At(root, {7}) = BytesItem(Filler(529, 1)); }}});
  EXPECT_EQ(DecodeKeyFile(ByteVector(kMaxKeyFileSize + 1)).error().code(), kTooLarge);
}

TEST(KeyFile, AcceptsTheLimitsOfArgon2) {
  KeyFile file = SampleKeyFile();
  for (const Argon2Costs& costs : {Argon2Costs{19456, 2, 1}, Argon2Costs{1048576, 16, 16}}) {
    file.costs = costs;
    EXPECT_TRUE(DecodeKeyFile(EncodedBy(EncodeKeyFile, file)));
  }
}

TEST(KeyFile, IsNotEncodedWhenItWouldBeRefused) {
  ExpectNotEncoded<KeyFile>(SampleKeyFile(), EncodeKeyFile,
                            {{"no purpose", kMalformed, [](KeyFile& file) { file.purpose = ""; }},
                             {"cheap", kMalformed, [](KeyFile& file) { file.costs.memory_kib = 1024; }},
                             {"dear", kTooLarge, [](KeyFile& file) { file.costs.memory_kib = UINT32_MAX; }},
                             {"no salt", kMalformed, [](KeyFile& file) { file.salt = {}; }},
                             {"AEAD 0", kMalformed, [](KeyFile& file) { file.aead = 0; }},
                             {"no nonce", kMalformed, [](KeyFile& file) { file.nonce = {}; }},
                             {"no ciphertext", kMalformed, [](KeyFile& file) { file.ciphertext = {}; }}});
}

TEST(KeyFileBinding, IsAllButTheCiphertext) {
  Item expected = ParseItem(EncodedBy(EncodeKeyFile, SampleKeyFile()));
  expected.children.resize(expected.children.size() - 2);
  EXPECT_EQ(EncodedBy(EncodeKeyFileBinding, SampleKeyFile()), WriteItem(expected));
  KeyFile file = SampleKeyFile();
  file.ciphertext = {};
  EXPECT_EQ(EncodedBy(EncodeKeyFileBinding, file), WriteItem(expected));
}

}  // namespace
}  // namespace edgekeep::formats
