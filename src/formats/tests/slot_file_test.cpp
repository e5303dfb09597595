#include "refusals.h"

namespace edgekeep::formats {
namespace {

using enum ErrorCode;

SlotFileHeader PreparedHeader(std::string_view engine_key) {
  SlotFileHeader header = SampleSlotFileHeader();
  header.kind = SlotFileKind::kPrepared;
  header.engine_key = EngineKey::From(engine_key).value();
  return header;
}

TEST(SlotFileHeader, KeepsItsFields) {
  const ByteVector bytes = EncodedBy(EncodeSlotFileHeader, PreparedHeader("onnxruntime-1.30.0/x86_64"));
  const SlotFileHeader header = DecodeSlotFileHeader(bytes).value();
  EXPECT_EQ(header.kind, SlotFileKind::kPrepared);
  EXPECT_EQ(header.product.view(), "acme/label-ocr");
  EXPECT_EQ(header.sequence.value, 7U);
  EXPECT_EQ(header.sealed_file, FilledId<SealedFileId>(21));
  EXPECT_EQ(header.seal_suite, 2);
  EXPECT_EQ(header.plaintext_size, 5000000U);
  EXPECT_EQ(header.salt, FilledId<Salt>(22));
  EXPECT_EQ(header.key_commitment, FilledId<KeyCommitment>(23));
  EXPECT_EQ(header.engine_key.view(), "onnxruntime-1.30.0/x86_64");
}

TEST(SlotFileHeader, NamesInputsThatMayBeUsedInPlace) {
  SlotFileHeader header = SampleSlotFileHeader();
  EXPECT_EQ(DecodeSlotFileHeader(EncodedBy(EncodeSlotFileHeader, header)).value().in_place_inputs, 0U);
  header.in_place_inputs = 0xFFFFFFFF;
  const ByteVector bytes = EncodedBy(EncodeSlotFileHeader, header);
  EXPECT_EQ(DecodeSlotFileHeader(bytes).value().in_place_inputs, 0xFFFFFFFF);
  ExpectRefused(bytes, DecodeSlotFileHeader,
                {{"none of them, said", kMalformed, [](Item& root) { At(root, {10}) = UnsignedItem(0); }},
                 {"input 32", kMalformed, [](Item& root) { At(root, {10}) = UnsignedItem(1ULL << 32); }}});
}

TEST(SlotFileHeader, RefusesByName) {
  ExpectRefused(
      EncodedBy(EncodeSlotFileHeader, SampleSlotFileHeader()), DecodeSlotFileHeader,
      {{"kind 0", kUnsupported, [](Item& root) { At(root, {1}) = UnsignedItem(0); }},
       {"kind 3", kUnsupported, [](Item& root) { At(root, {1}) = UnsignedItem(3); }},
       {"product with three parts", kMalformed, [](Item& root) { At(root, {2}) = TextItem("a/b/c"); }},
       {"sealed file id of 31", kMalformed, [](Item& root) { At(root, {4}) = BytesItem(Filler(31, 1)); }},
       {"seal suite 0", kMalformed, [](Item& root) { At(root, {5}) = UnsignedItem(0); }},
       {"empty plaintext", kMalformed, [](Item& root) { At(root, {6}) = UnsignedItem(0); }},
       {"plaintext over 4 TiB", kMalformed, [](Item& root) { At(root, {6}) = UnsignedItem((1ULL << 42) + 1); }},
       {"salt of 33", kMalformed, [](Item& root) { At(root, {7}) = BytesItem(Filler(33, 1)); }},
       {"engine key of a canonical file", kMalformed, [](Item& root) { At(root, {9}) = TextItem("engine"); }},
       {"prepared without engine key", kMalformed, [](Item& root) { At(root, {1}) = UnsignedItem(2); }},
       {"over 4096 bytes", kTooLarge, [](Item& root) { At(root, {9}).content.assign(4096, 'a'); }}});
  ExpectRefused(EncodedBy(EncodeSlotFileHeader, PreparedHeader("engine")), DecodeSlotFileHeader,
                {{"engine key with a space", kMalformed, [](Item& root) { At(root, {9}) = TextItem("a b"); }},
                 {"engine key of 129", kTooLarge, [](Item& root) { At(root, {9}).content.assign(129, 'a'); }},
                 {"canonical with engine key", kMalformed, [](Item& root) { At(root, {1}) = UnsignedItem(1); }}});
}

TEST(SlotFileHeader, IsNotEncodedWhenItWouldBeRefused) {
  ExpectNotEncoded<SlotFileHeader>(
      SampleSlotFileHeader(), EncodeSlotFileHeader,
      {{"no product", kMalformed, [](SlotFileHeader& header) { header.product = {}; }},
       {"kind 9", kUnsupported, [](SlotFileHeader& header) { header.kind = SlotFileKind{9}; }},
       {"suite 0", kMalformed, [](SlotFileHeader& header) { header.seal_suite = 0; }},
       {"prepared without engine key", kMalformed,
        [](SlotFileHeader& header) { header.kind = SlotFileKind::kPrepared; }}});
}

}  // namespace
}  // namespace edgekeep::formats
