#include "refusals.h"

namespace edgekeep::formats {
namespace {

using enum ErrorCode;

Item KeyItem(std::uint64_t algorithm, std::uint8_t first) {
  return ArrayItem({UnsignedItem(algorithm), BytesItem(Filler(32, first))});
}

Item HolderItem(std::string_view name, std::uint8_t first, std::uint64_t num_keys) {
  std::vector<Item> keys;
  for (std::uint64_t i = 0; i < num_keys; ++i)
    keys.push_back(KeyItem(0x0101 + i, static_cast<std::uint8_t>(first + i)));
  return MapItem({UnsignedItem(1), TextItem(name), UnsignedItem(2), ArrayItem(keys)});
}

// `count` holders of `keys_each` keys, all different.
Item HoldersItem(std::size_t count, std::uint64_t keys_each, std::uint8_t first) {
  std::vector<Item> holders;
  for (std::size_t i = 0; i < count; ++i) {
    const auto holder_first = static_cast<std::uint8_t>(first + i * keys_each);
    holders.push_back(HolderItem("holder-" + std::to_string(i), holder_first, keys_each));
  }
  return ArrayItem(holders);
}

TEST(TrustBundle, KeepsItsFields) {
  const ByteVector bytes = EncodedBy(EncodeTrustBundle, SampleTrustBundle());
  const TrustBundle bundle = DecodeTrustBundle(bytes).value();
  EXPECT_EQ(bundle.publisher, "acme");
  ASSERT_EQ(bundle.required_classes.size(), 2U);
  EXPECT_EQ(bundle.required_classes[1], 2);
  ASSERT_EQ(bundle.authors.size(), 2U);
  EXPECT_EQ(bundle.authors[1].name, "bert");
  ASSERT_EQ(bundle.authors[1].keys.size(), 2U);
  EXPECT_EQ(bundle.authors[1].keys[1].algorithm, 0x0112);
  EXPECT_TRUE(Equal(bundle.authors[1].keys[1].bytes, Filler(48, 76)));
  ASSERT_EQ(bundle.licensors.size(), 1U);
  EXPECT_EQ(bundle.licensors[0].name, "anna");
  EXPECT_EQ(bundle.licensor_kem.algorithm, 0x0221);
}

TEST(TrustBundle, RefusesByName) {
  ExpectRefused(
      EncodedBy(EncodeTrustBundle, SampleTrustBundle()), DecodeTrustBundle,
      {{"publisher with a slash", kMalformed, [](Item& root) { At(root, {1}) = TextItem("acme/x"); }},
       {"empty publisher", kMalformed, [](Item& root) { At(root, {1}) = TextItem(""); }},
       {"no required class", kMalformed, [](Item& root) { At(root, {2}) = ArrayItem({}); }},
       {"class 0", kMalformed, [](Item& root) { At(root, {2, 0}) = UnsignedItem(0); }},
       {"class 256", kMalformed, [](Item& root) { At(root, {2, 1}) = UnsignedItem(256); }},
       {"classes descending", kMalformed, [](Item& root) { At(root, {2, 0}) = UnsignedItem(3); }},
       {"a class twice", kMalformed, [](Item& root) { At(root, {2, 0}) = UnsignedItem(2); }},
       {"five classes", kTooLarge,
        [](Item& root) {
          for (std::uint64_t number = 3; number <= 5; ++number) At(root, {2}).children.push_back(UnsignedItem(number));
        }},
       {"no author", kMalformed, [](Item& root) { At(root, {3}) = ArrayItem({}); }},
       {"no licensor", kMalformed, [](Item& root) { At(root, {4}) = ArrayItem({}); }},
       {"nine authors", kTooLarge, [](Item& root) { At(root, {3}) = HoldersItem(9, 1, 100); }},
       {"seventeen keys", kTooLarge,
        [](Item& root) {
          At(root, {3}) = HoldersItem(8, 1, 100);
          At(root, {4}) = HoldersItem(3, 3, 120);
        }},
       {"holder's name in capitals", kMalformed, [](Item& root) { At(root, {3, 0, 1}) = TextItem("Anna"); }},
       {"two authors of one name", kMalformed, [](Item& root) { At(root, {3, 0, 1}) = TextItem("bert"); }},
       {"holder without a key", kMalformed, [](Item& root) { At(root, {3, 0, 2}) = ArrayItem({}); }},
       {"holder with five keys", kTooLarge, [](Item& root) { At(root, {3, 0}) = HolderItem("anna", 100, 5); }},
       {"holder with two keys of one algorithm", kMalformed,
        [](Item& root) { At(root, {3, 0, 2}) = ArrayItem({KeyItem(0x0101, 1), KeyItem(0x0101, 2)}); }},
       {"one key of two authors", kMalformed,
        [](Item& root) { At(root, {3, 0, 2, 0}) = Item(At(root, {3, 1, 2, 0})); }},
       {"one key of author and licensor", kMalformed,
        [](Item& root) { At(root, {3, 0, 2, 0}) = Item(At(root, {4, 0, 2, 0})); }},
       {"a signature key as KEM key", kMalformed, [](Item& root) { At(root, {5}) = Item(At(root, {4, 0, 2, 0})); }}});
  EXPECT_EQ(DecodeTrustBundle(ByteVector(kMaxTrustBundleSize + 1)).error().code(), kTooLarge);
}

TEST(TrustBundle, RefusesKeysByName) {
  ExpectRefused(
      EncodedBy(EncodeTrustBundle, SampleTrustBundle()), DecodeTrustBundle,
      {{"algorithm 0", kMalformed, [](Item& root) { At(root, {5, 0}) = UnsignedItem(0); }},
       {"algorithm of 17 bits", kMalformed, [](Item& root) { At(root, {5, 0}) = UnsignedItem(65536); }},
       {"no bytes", kMalformed, [](Item& root) { At(root, {5, 1}) = BytesItem({}); }},
       {"2593 bytes", kMalformed, [](Item& root) { At(root, {5, 1}) = BytesItem(Filler(2593, 1)); }},
       {"one element", kMalformed, [](Item& root) { At(root, {5}).children.pop_back(); }},
       {"three elements", kMalformed, [](Item& root) { At(root, {5}).children.push_back(UnsignedItem(0)); }}});
}

TEST(TrustBundle, AcceptsSixteenKeys) {
  Item root = ParseItem(EncodedBy(EncodeTrustBundle, SampleTrustBundle()));
  At(root, {3}) = HoldersItem(8, 1, 100);
  At(root, {4}) = HoldersItem(8, 1, 120);
  EXPECT_TRUE(DecodeTrustBundle(WriteItem(root)));
}

TEST(TrustBundle, IsNotEncodedWhenItWouldBeRefused) {
  ExpectNotEncoded<TrustBundle>(
      SampleTrustBundle(), EncodeTrustBundle,
      {{"publisher", kMalformed, [](TrustBundle& bundle) { bundle.publisher = "Acme"; }},
       {"classes", kMalformed, [](TrustBundle& bundle) { bundle.required_classes[0] = 2; }},
       {"name", kMalformed, [](TrustBundle& bundle) { bundle.authors[0].name = "bert"; }},
       {"no licensor", kMalformed, [](TrustBundle& bundle) { bundle.licensors = {}; }},
       {"key twice", kMalformed, [](TrustBundle& bundle) { bundle.licensor_kem = bundle.authors[0].keys[0]; }}});
}

TEST(DeviceRequest, KeepsItsFields) {
  const ByteVector bytes = EncodedBy(EncodeDeviceRequest, SampleDeviceRequest());
  const DeviceRequest request = DecodeDeviceRequest(bytes).value();
  EXPECT_EQ(request.identity.algorithm, 0x0102);
  EXPECT_TRUE(Equal(request.identity.bytes, Filler(65, 81)));
  EXPECT_EQ(request.kem.algorithm, 0x0221);
  EXPECT_TRUE(Equal(request.kem.bytes, Filler(1249, 82)));
  EXPECT_EQ(request.anchor, AnchorKind::kTpm2);
  EXPECT_EQ(request.chip->manufacturer, 0x49424d20U);
  EXPECT_EQ(request.chip->firmware, 0x700020000U);
}

TEST(DeviceRequest, RefusesByName) {
  ExpectRefused(EncodedBy(EncodeDeviceRequest, SampleDeviceRequest()), DecodeDeviceRequest,
                {{"one key for both", kMalformed, [](Item& root) { At(root, {2}) = Item(At(root, {1})); }},
                 {"identity without bytes", kMalformed, [](Item& root) { At(root, {1, 1}) = BytesItem({}); }},
                 {"KEM key of algorithm 0", kMalformed, [](Item& root) { At(root, {2, 0}) = UnsignedItem(0); }},
                 {"anchor 0", kUnsupported, [](Item& root) { At(root, {3}) = UnsignedItem(0); }},
                 {"anchor 4", kUnsupported, [](Item& root) { At(root, {3}) = UnsignedItem(4); }},
                 {"a chip of a software anchor", kMalformed, [](Item& root) { At(root, {3}) = UnsignedItem(1); }},
                 {"a maker of 33 bits", kMalformed, [](Item& root) { At(root, {4, 0}) = UnsignedItem(1ULL << 32); }}});
  EXPECT_EQ(DecodeDeviceRequest(ByteVector(kMaxDeviceRequestSize + 1)).error().code(), kTooLarge);
}

TEST(DeviceRequest, IsNotEncodedWhenItWouldBeRefused) {
  ExpectNotEncoded<DeviceRequest>(
      SampleDeviceRequest(), EncodeDeviceRequest,
      {{"no identity", kMalformed, [](DeviceRequest& request) { request.identity = {}; }},
       {"one key for both", kMalformed, [](DeviceRequest& request) { request.kem = request.identity; }},
       {"anchor", kUnsupported, [](DeviceRequest& request) { request.anchor = AnchorKind{9}; }},
       {"a chip that is hidden", kMalformed, [](DeviceRequest& request) { request.chip.reset(); }}});
}

}  // namespace
}  // namespace edgekeep::formats
