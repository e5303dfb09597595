#include "refusals.h"

namespace edgekeep::formats {
namespace {

using enum ErrorCode;

TEST(Grant, KeepsItsFields) {
  const ByteVector bytes = EncodedBy(EncodeGrant, SampleGrant());
  const Grant grant = DecodeGrant(bytes).value();
  EXPECT_EQ(grant.product.view(), "acme/label-ocr");
  EXPECT_EQ(grant.sequence.value, 7U);
  EXPECT_EQ(grant.sealed_file, FilledId<SealedFileId>(41));
  EXPECT_EQ(grant.epoch.value, 3U);
  EXPECT_EQ(grant.aead, 0x0301);
  EXPECT_TRUE(Equal(grant.nonce, Filler(12, 42)));
  EXPECT_TRUE(Equal(grant.wrapped_key, Filler(48, 43)));
}

TEST(Grant, RefusesByName) {
  ExpectRefused(EncodedBy(EncodeGrant, SampleGrant()), DecodeGrant,
                {{"product with a dot", kMalformed, [](Item& root) { At(root, {1}) = TextItem("acme/.."); }},
                 {"negative sequence", kMalformed, [](Item& root) { At(root, {2}) = IntItem(-1); }},
                 {"sealed file id of 20", kMalformed, [](Item& root) { At(root, {3}) = BytesItem(Filler(20, 1)); }},
                 {"epoch 65536", kMalformed, [](Item& root) { At(root, {4}) = UnsignedItem(65536); }},
                 {"algorithm 0", kMalformed, [](Item& root) { At(root, {5}) = UnsignedItem(0); }},
                 {"algorithm of 17 bits", kMalformed, [](Item& root) { At(root, {5}) = UnsignedItem(0x10301); }},
                 {"nonce of 11", kMalformed, [](Item& root) { At(root, {6}) = BytesItem(Filler(11, 1)); }},
                 {"nonce of 24", kMalformed, [](Item& root) { At(root, {6}) = BytesItem(Filler(24, 1)); }},
                 {"wrapped key of 32", kMalformed, [](Item& root) { At(root, {7}) = BytesItem(Filler(32, 1)); }},
                 {"wrapped key of 64", kMalformed, [](Item& root) { At(root, {7}) = BytesItem(Filler(64, 1)); }}});
  EXPECT_EQ(DecodeGrant(ByteVector(kMaxGrantSize + 1)).error().code(), kTooLarge);
}

TEST(Grant, IsNotEncodedWhenItWouldBeRefused) {
  ExpectNotEncoded<Grant>(SampleGrant(), EncodeGrant,
                          {{"no product", kMalformed, [](Grant& grant) { grant.product = {}; }},
                           {"epoch", kMalformed, [](Grant& grant) { grant.epoch = {65536}; }},
                           {"algorithm 0", kMalformed, [](Grant& grant) { grant.aead = 0; }},
                           {"no nonce", kMalformed, [](Grant& grant) { grant.nonce = {}; }},
                           {"no wrapped key", kMalformed, [](Grant& grant) { grant.wrapped_key = {}; }}});
}

TEST(GrantBinding, IsAllButNonceAndWrappedKey) {
  Item expected = ParseItem(EncodedBy(EncodeGrant, SampleGrant()));
  expected.children.resize(10);
  EXPECT_EQ(EncodedBy(EncodeGrantBinding, SampleGrant()), WriteItem(expected));
}

TEST(GrantBinding, NeedsNeitherNonceNorWrappedKey) {
  Grant grant = SampleGrant();
  grant.nonce = {};
  grant.wrapped_key = {};
  EXPECT_EQ(EncodedBy(EncodeGrantBinding, grant), EncodedBy(EncodeGrantBinding, SampleGrant()));
}

}  // namespace
}  // namespace edgekeep::formats
