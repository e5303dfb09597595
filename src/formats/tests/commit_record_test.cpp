#include "refusals.h"

namespace edgekeep::formats {
namespace {

using enum ErrorCode;

TEST(CommitRecord, KeepsItsFields) {
  const ByteVector bytes = EncodedBy(EncodeCommitRecord, SampleCommitRecord());
  const CommitRecord record = DecodeCommitRecord(bytes).value();
  EXPECT_EQ(record.generation, 300U);
  EXPECT_EQ(record.product.view(), "acme/label-ocr");
  EXPECT_EQ(record.version.sequence.value, 7U);
  EXPECT_EQ(record.version.display.view(), "1.4.0-rc.2");
  EXPECT_EQ(record.slot, 1);
  EXPECT_EQ(record.sealed_file, FilledId<SealedFileId>(91));
  EXPECT_EQ(record.epoch.value, 3U);
  EXPECT_EQ(record.canonical.header_digest, FilledId<Digest>(92));
  EXPECT_EQ(record.canonical.tags_digest, FilledId<Digest>(93));
  EXPECT_EQ(record.canonical.file_size, 4096 + BodySize(5000000));
  EXPECT_TRUE(Equal(record.canonical.wrapped_slot_key, Filler(60, 94)));
  ASSERT_TRUE(record.prepared);
  EXPECT_EQ(record.prepared->file.header_digest, FilledId<Digest>(96));
  EXPECT_EQ(record.prepared->engine_key.view(), "onnxruntime-1.30.0/x86_64-avx2");
  EXPECT_EQ(record.installed_at.value, 1790000000U);
}

TEST(CommitRecord, MayHaveNoPreparedForm) {
  CommitRecord record = SampleCommitRecord();
  record.prepared.reset();
  const ByteVector bytes = EncodedBy(EncodeCommitRecord, record);
  EXPECT_FALSE(DecodeCommitRecord(bytes).value().prepared);
}

TEST(CommitRecord, RefusesByName) {
  ExpectRefused(
      EncodedBy(EncodeCommitRecord, SampleCommitRecord()), DecodeCommitRecord,
      {{"another type", kUnsupported, [](Item& root) { At(root, {0}) = TextItem("edgekeep/commit-record-2"); }},
       {"no type", kMalformed,
        [](Item& root) { root.children.erase(root.children.begin(), root.children.begin() + 2); }},
       {"negative generation", kMalformed, [](Item& root) { At(root, {1}) = IntItem(-1); }},
       {"product", kMalformed, [](Item& root) { At(root, {2}) = TextItem("acme//x"); }},
       {"version text with a tab", kMalformed, [](Item& root) { At(root, {3, 1}) = TextItem("1\t0"); }},
       {"slot 2", kMalformed, [](Item& root) { At(root, {4}) = UnsignedItem(2); }},
       {"slot 256", kMalformed, [](Item& root) { At(root, {4}) = UnsignedItem(256); }},
       {"sealed file id of 33", kMalformed, [](Item& root) { At(root, {5}) = BytesItem(Filler(33, 1)); }},
       {"epoch 65536", kMalformed, [](Item& root) { At(root, {6}) = UnsignedItem(65536); }},
       {"header digest of 31", kMalformed, [](Item& root) { At(root, {7, 1}) = BytesItem(Filler(31, 1)); }},
       {"file smaller than any", kMalformed, [](Item& root) { At(root, {7, 3}) = UnsignedItem(4096 + 16); }},
       {"file larger than any", kMalformed,
        [](Item& root) { At(root, {7, 3}) = UnsignedItem(kMaxBodyOffset + BodySize(kMaxPlaintextSize) + 1); }},
       {"wrapped slot key of 59", kMalformed, [](Item& root) { At(root, {7, 4}) = BytesItem(Filler(59, 1)); }},
       {"prepared: wrapped slot key of 61", kMalformed,
        [](Item& root) { At(root, {8, 1, 4}) = BytesItem(Filler(61, 1)); }},
       {"prepared: file size", kMalformed, [](Item& root) { At(root, {8, 1, 3}) = UnsignedItem(0); }},
       {"prepared: empty engine key", kMalformed, [](Item& root) { At(root, {8, 2}) = TextItem(""); }},
       {"prepared: engine key with a space", kMalformed, [](Item& root) { At(root, {8, 2}) = TextItem("a b"); }},
       {"prepared: engine key of 129", kTooLarge, [](Item& root) { At(root, {8, 2}).content.assign(129, 'a'); }},
       {"prepared: null", kMalformed, [](Item& root) { At(root, {8}) = SimpleItem(22); }},
       {"time in the year 10000", kMalformed, [](Item& root) { At(root, {9}) = UnsignedItem(253402300800); }}});
  EXPECT_EQ(DecodeCommitRecord(ByteVector(kMaxCommitRecordSize + 1)).error().code(), kTooLarge);
}

TEST(CommitRecord, IsNotEncodedWhenItWouldBeRefused) {
  ExpectNotEncoded<CommitRecord>(
      SampleCommitRecord(), EncodeCommitRecord,
      {{"no product", kMalformed, [](CommitRecord& record) { record.product = {}; }},
       {"no version text", kMalformed, [](CommitRecord& record) { record.version.display = {}; }},
       {"slot 2", kMalformed, [](CommitRecord& record) { record.slot = 2; }},
       {"no slot key", kMalformed, [](CommitRecord& record) { record.canonical.wrapped_slot_key = {}; }},
       {"no file size", kMalformed, [](CommitRecord& record) { record.prepared->file.file_size = 0; }},
       {"no engine key", kMalformed, [](CommitRecord& record) { record.prepared->engine_key = {}; }}});
}

TEST(SlotBinding, IsProductSlotAndSequence) {
  ByteVector buffer(256);
  CborWriter out(buffer);
  const CommitRecord record = SampleCommitRecord();
  ASSERT_TRUE(EncodeSlotBinding(record.product, 1, {7}, out));
  EXPECT_TRUE(
      Equal(out.written(), WriteItem(ArrayItem({TextItem("acme/label-ocr"), UnsignedItem(1), UnsignedItem(7)}))));
  CborWriter refused(buffer);
  EXPECT_FALSE(EncodeSlotBinding(record.product, 2, {7}, refused));
  EXPECT_FALSE(EncodeSlotBinding({}, 1, {7}, refused));
}

}  // namespace
}  // namespace edgekeep::formats
