#include "refusals.h"

namespace edgekeep::formats {
namespace {

using enum ErrorCode;

TEST(SealedHeader, KeepsItsFields) {
  const ByteVector bytes = EncodedBy(EncodeSealedHeader, SampleSealedHeader());
  const SealedHeader header = DecodeSealedHeader(bytes).value();
  EXPECT_EQ(header.kind, SealedKind::kModel);
  EXPECT_EQ(header.product.view(), "acme/label-ocr");
  EXPECT_EQ(header.version.sequence.value, 7U);
  EXPECT_EQ(header.version.display.view(), "1.4.0-rc.2");
  EXPECT_EQ(header.seal_suite, 1);
  EXPECT_EQ(header.segment_size, 1048576U);
  EXPECT_EQ(header.plaintext_size, 5000000U);
  EXPECT_EQ(header.salt, FilledId<Salt>(1));
  EXPECT_EQ(header.key_commitment, FilledId<KeyCommitment>(2));
  EXPECT_EQ(header.hpke_suite, 3);
  EXPECT_EQ(header.licensor_kem_kid, FilledId<KeyId>(3));
  EXPECT_TRUE(Equal(header.enc, Filler(65, 4)));
  EXPECT_TRUE(Equal(header.wrapped_key, Filler(48, 5)));
}

TEST(SealedHeader, RefusesByName) {
  ExpectRefused(
      EncodedBy(EncodeSealedHeader, SampleSealedHeader()), DecodeSealedHeader,
      {{"kind 0", kUnsupported, [](Item& root) { At(root, {1}) = UnsignedItem(0); }},
       {"kind 5", kUnsupported, [](Item& root) { At(root, {1}) = UnsignedItem(5); }},
       {"kind 256", kUnsupported, [](Item& root) { At(root, {1}) = UnsignedItem(256); }},
       {"product without a slash", kMalformed, [](Item& root) { At(root, {2}) = TextItem("acme"); }},
       {"product in capitals", kMalformed, [](Item& root) { At(root, {2}) = TextItem("Acme/label-ocr"); }},
       {"empty version text", kMalformed, [](Item& root) { At(root, {3, 1}) = TextItem(""); }},
       {"version text with a space", kMalformed, [](Item& root) { At(root, {3, 1}) = TextItem("1 0"); }},
       {"version text with a line break", kMalformed, [](Item& root) { At(root, {3, 1}) = TextItem("1\n0"); }},
       {"version text with DEL", kMalformed, [](Item& root) { At(root, {3, 1}) = TextItem("1\x7f"); }},
       {"version text beyond ASCII", kMalformed, [](Item& root) { At(root, {3, 1}) = TextItem("1\u00e9"); }},
       {"version text of 33", kTooLarge, [](Item& root) { At(root, {3, 1}).content.assign(33, '1'); }},
       {"version of three", kMalformed, [](Item& root) { At(root, {3}).children.push_back(UnsignedItem(1)); }},
       {"seal suite 0", kMalformed, [](Item& root) { At(root, {4}) = UnsignedItem(0); }},
       {"seal suite of 17 bits", kMalformed, [](Item& root) { At(root, {4}) = UnsignedItem(65536); }},
       {"segments of 512 KiB", kUnsupported, [](Item& root) { At(root, {5}) = UnsignedItem(1U << 19); }},
       {"segments of 1 MiB + 1", kUnsupported, [](Item& root) { At(root, {5}) = UnsignedItem((1U << 20) + 1); }},
       {"segments of 2^32", kMalformed, [](Item& root) { At(root, {5}) = UnsignedItem(1ULL << 32); }},
       {"empty plaintext", kMalformed, [](Item& root) { At(root, {6}) = UnsignedItem(0); }},
       {"plaintext over 4 TiB", kMalformed, [](Item& root) { At(root, {6}) = UnsignedItem((1ULL << 42) + 1); }},
       {"salt of 31", kMalformed, [](Item& root) { At(root, {7}) = BytesItem(Filler(31, 1)); }},
       {"commitment of 33", kMalformed, [](Item& root) { At(root, {8}) = BytesItem(Filler(33, 1)); }},
       {"HPKE suite 0", kMalformed, [](Item& root) { At(root, {9}) = UnsignedItem(0); }},
       {"kid of 16", kMalformed, [](Item& root) { At(root, {10}) = BytesItem(Filler(16, 1)); }},
       {"enc of 31", kMalformed, [](Item& root) { At(root, {11}) = BytesItem(Filler(31, 1)); }},
       {"enc of 2049", kMalformed, [](Item& root) { At(root, {11}) = BytesItem(Filler(2049, 1)); }},
       {"wrapped key of 47", kMalformed, [](Item& root) { At(root, {12}) = BytesItem(Filler(47, 1)); }},
       {"wrapped key of 49", kMalformed, [](Item& root) { At(root, {12}) = BytesItem(Filler(49, 1)); }},
       {"over 4096 bytes", kTooLarge, [](Item& root) { At(root, {11}) = BytesItem(Filler(4096, 1)); }}});
}

TEST(SealedHeader, AcceptsItsLimits) {
  SealedHeader header = SampleSealedHeader();
  const std::string part(63, 'a');
  header.product = ProductName::Parse(part + "/" + part).value();
  header.version = {.sequence = {UINT64_MAX}, .display = VersionText::From(std::string(32, '~')).value()};
  header.plaintext_size = kMaxPlaintextSize;
  header.enc = Filler(2048, 0);
  const ByteVector bytes = EncodedBy(EncodeSealedHeader, header);
  EXPECT_LE(bytes.size(), kMaxHeaderSize);
  EXPECT_TRUE(DecodeSealedHeader(bytes));
}

TEST(SealedHeader, IsNotEncodedWhenItWouldBeRefused) {
  ExpectNotEncoded<SealedHeader>(
      SampleSealedHeader(), EncodeSealedHeader,
      {{"kind 0", kUnsupported, [](SealedHeader& header) { header.kind = SealedKind{0}; }},
       {"no product", kMalformed, [](SealedHeader& header) { header.product = {}; }},
       {"no version text", kMalformed, [](SealedHeader& header) { header.version.display = {}; }},
       {"seal suite 0", kMalformed, [](SealedHeader& header) { header.seal_suite = 0; }},
       {"other segments", kUnsupported, [](SealedHeader& header) { header.segment_size = 4096; }},
       {"empty plaintext", kMalformed, [](SealedHeader& header) { header.plaintext_size = 0; }},
       {"HPKE suite 0", kMalformed, [](SealedHeader& header) { header.hpke_suite = 0; }},
       {"no enc", kMalformed, [](SealedHeader& header) { header.enc = {}; }},
       {"no wrapped key", kMalformed, [](SealedHeader& header) { header.wrapped_key = {}; }}});
}

TEST(ContentKeyBinding, IsProductSequenceAndSalt) {
  ByteVector buffer(256);
  CborWriter out(buffer);
  const SealedHeader header = SampleSealedHeader();
  ASSERT_TRUE(EncodeContentKeyBinding(header.product, header.version.sequence, header.salt, out));
  EXPECT_TRUE(Equal(out.written(),
                    WriteItem(ArrayItem({TextItem("acme/label-ocr"), UnsignedItem(7), BytesItem(Filler(32, 1))}))));
  CborWriter refused(buffer);
  EXPECT_FALSE(EncodeContentKeyBinding({}, {1}, header.salt, refused));
}

TEST(SealRecord, KeepsItsFields) {
  const ByteVector bytes = EncodedBy(EncodeSealRecord, SampleSealRecord());
  const SealRecord record = DecodeSealRecord(bytes).value();
  EXPECT_EQ(record.header_digest, FilledId<Digest>(11));
  EXPECT_EQ(record.tags_digest, FilledId<Digest>(12));
  EXPECT_EQ(record.plaintext_mac, FilledId<PlaintextMac>(13));
  EXPECT_EQ(record.plaintext_size, 5000000U);
  EXPECT_EQ(record.sealed_at.value, 1790000000U);
}

TEST(SealRecord, RefusesByName) {
  ExpectRefused(EncodedBy(EncodeSealRecord, SampleSealRecord()), DecodeSealRecord,
                {{"header digest of 48", kMalformed, [](Item& root) { At(root, {1}) = BytesItem(Filler(48, 1)); }},
                 {"tags digest of 31", kMalformed, [](Item& root) { At(root, {2}) = BytesItem(Filler(31, 1)); }},
                 {"plaintext MAC of 16", kMalformed, [](Item& root) { At(root, {3}) = BytesItem(Filler(16, 1)); }},
                 {"empty plaintext", kMalformed, [](Item& root) { At(root, {4}) = UnsignedItem(0); }},
                 {"plaintext over 4 TiB", kMalformed, [](Item& root) { At(root, {4}) = UnsignedItem(1ULL << 43); }},
                 {"time in the year 10000", kMalformed, [](Item& root) { At(root, {5}) = UnsignedItem(253402300800); }},
                 {"time before 1970", kMalformed, [](Item& root) { At(root, {5}) = IntItem(-1); }}});
}

TEST(SealRecord, IsNotEncodedWhenItWouldBeRefused) {
  ExpectNotEncoded<SealRecord>(
      SampleSealRecord(), EncodeSealRecord,
      {{"empty plaintext", kMalformed, [](SealRecord& record) { record.plaintext_size = 0; }},
       {"late time", kMalformed, [](SealRecord& record) { record.sealed_at = {UINT64_MAX}; }}});
}

}  // namespace
}  // namespace edgekeep::formats
