#include "edgekeep/formats/receipt.h"

#include "refusals.h"

namespace edgekeep::formats {
namespace {

using enum ErrorCode;

TEST(ReceiptBatch, KeepsItsFields) {
  const ByteVector bytes = EncodedBy(EncodeReceiptBatch, SampleReceiptBatch());
  const ReceiptBatch batch = DecodeReceiptBatch(bytes).value();
  EXPECT_EQ(batch.product.view(), "acme/label-ocr");
  EXPECT_EQ(batch.sealed_file, FilledId<SealedFileId>(111));
  EXPECT_EQ(batch.device, FilledId<DeviceId>(112));
  EXPECT_EQ(batch.licence, FilledId<LicenceId>(113));
  EXPECT_EQ(batch.serving, FilledId<ServingId>(114));
  EXPECT_EQ(batch.first, 300U);
  EXPECT_EQ(batch.count, 5U);
  EXPECT_EQ(batch.root, FilledId<Digest>(115));
  EXPECT_EQ(batch.signed_at.value, 1790000000U);
}

TEST(ReceiptBatch, RefusesFieldsByName) {
  ExpectRefused(
      EncodedBy(EncodeReceiptBatch, SampleReceiptBatch()), DecodeReceiptBatch,
      {{"no call", kMalformed, [](Item& root) { At(root, {8}) = UnsignedItem(0); }},
       {"257 calls", kMalformed, [](Item& root) { At(root, {8}) = UnsignedItem(257); }},
       {"numbers beyond u64", kMalformed, [](Item& root) { At(root, {7}) = UnsignedItem(UINT64_MAX - 3); }},
       {"time in the year 10000", kMalformed, [](Item& root) { At(root, {10}) = UnsignedItem(253402300800); }},
       {"serving of 15", kMalformed, [](Item& root) { At(root, {6}) = BytesItem(Filler(15, 1)); }}});
}

TEST(Receipt, KeepsItsFields) {
  const ByteVector bytes = EncodedBy(EncodeReceipt, SampleReceipt());
  const Receipt receipt = DecodeReceipt(bytes).value();
  EXPECT_TRUE(Equal(receipt.batch, Filler(400, 116)));
  EXPECT_EQ(receipt.call.number, 302U);
  EXPECT_EQ(receipt.call.inputs, FilledId<Digest>(117));
  EXPECT_EQ(receipt.call.outputs, FilledId<Digest>(118));
  ASSERT_EQ(receipt.path.size(), 3U);
  EXPECT_EQ(receipt.path[2], FilledId<Digest>(121));
}

TEST(Receipt, RefusesFieldsByName) {
  ExpectRefused(
      EncodedBy(EncodeReceipt, SampleReceipt()), DecodeReceipt,
      {{"another type", kUnsupported, [](Item& root) { At(root, {0}) = TextItem("edgekeep/receipt2"); }},
       {"inputs of 31", kMalformed, [](Item& root) { At(root, {3}) = BytesItem(Filler(31, 1)); }},
       {"path of nine", kTooLarge, [](Item& root) { At(root, {5}).children.assign(9, BytesItem(Filler(32, 1))); }}});
  EXPECT_EQ(DecodeReceipt(ByteVector(kMaxReceiptSize + 1)).error().code(), kTooLarge);
}

}  // namespace
}  // namespace edgekeep::formats
