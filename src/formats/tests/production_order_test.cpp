#include "edgekeep/formats/production_order.h"

#include "factory_samples.h"
#include "refusals.h"

namespace edgekeep::formats {
namespace {

using enum ErrorCode;

TEST(ProductionOrder, RefusesFieldsByName) {
  ExpectRefused(EncodedBy(EncodeProductionOrder, SampleProductionOrder()), DecodeProductionOrder,
                {{"no unit", kMalformed, [](Item& root) { At(root, {3}) = UnsignedItem(0); }},
                 {"65537 units", kMalformed, [](Item& root) { At(root, {3}) = UnsignedItem(65537); }},
                 {"more units than u32 has", kMalformed, [](Item& root) { At(root, {3}) = UnsignedItem(1ULL << 32); }},
                 {"ends as it begins", kMalformed, [](Item& root) { At(root, {5}) = UnsignedItem(1790000000); }},
                 {"the year 10000", kMalformed, [](Item& root) { At(root, {5}) = UnsignedItem(253402300800); }},
                 {"an identifier in words", kMalformed, [](Item& root) { At(root, {7}) = TextItem("camera"); }},
                 {"two dots", kMalformed, [](Item& root) { At(root, {7}) = TextItem("1..2"); }},
                 {"a dot at the end", kMalformed, [](Item& root) { At(root, {7}) = TextItem("1.2."); }}});
}

struct NamedShare {
  std::string_view station;
  std::uint64_t first;
};

void Share(Item& root, std::initializer_list<NamedShare> shares) {
  std::vector<Item> items;
  for (const NamedShare& share : shares)
    items.push_back(ArrayItem({TextItem(share.station), UnsignedItem(share.first)}));
  At(root, {8}) = ArrayItem(items);
}

TEST(ProductionOrder, RefusesSharesThatLeaveUnitsToNobodyOrToTwo) {
  ExpectRefused(EncodedBy(EncodeProductionOrder, SampleProductionOrder()), DecodeProductionOrder,
                {{"no station", kMalformed, [](Item& root) { Share(root, {}); }},
                 {"a first unit of nobody", kMalformed, [](Item& root) { Share(root, {{"a", 1}}); }},
                 {"two at one place", kMalformed, [](Item& root) { Share(root, {{"a", 0}, {"b", 0}}); }},
                 {"back", kMalformed, [](Item& root) { Share(root, {{"a", 0}, {"b", 9}, {"c", 8}}); }},
                 {"beyond the units", kMalformed, [](Item& root) { Share(root, {{"a", 0}, {"b", 300}}); }},
                 {"more than u32 has", kMalformed, [](Item& root) { Share(root, {{"a", 0}, {"b", 1ULL << 32}}); }},
                 {"one station twice", kMalformed, [](Item& root) { Share(root, {{"a", 0}, {"b", 1}, {"a", 2}}); }},
                 {"a name of nothing", kMalformed, [](Item& root) { Share(root, {{"", 0}}); }},
                 {"a name with a space", kMalformed, [](Item& root) { Share(root, {{"a b", 0}}); }},
                 {"a name of 256", kMalformed, [](Item& root) { Share(root, {{std::string(256, 'a'), 0}}); }},
                 {"three parts", kMalformed, [](Item& root) { At(root, {8, 0}).children.push_back(UnsignedItem(1)); }},
                 {"65 stations", kTooLarge, [](Item& root) {
                    std::vector<Item>& shares = At(root, {8}).children;
                    shares.assign(65, Item(shares[0]));
                  }}});
}

// As many as there may be, with names as long as they may be.
TEST(ProductionOrder, HasRoomForAllOfItsStations) {
  ProductionOrder order = SampleProductionOrder();
  order.shares = {};
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kMaxOrderStations; ++i) {
    names.push_back(std::string(kMaxStationName - 2, 'a') + std::to_string(10 + i));
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    ASSERT_TRUE(order.shares.PushBack({.station = names[i], .first = static_cast<std::uint32_t>(i)}));
  }
  ByteVector bytes(kMaxProductionOrderSize);
  CborWriter out(bytes);
  ASSERT_TRUE(EncodeProductionOrder(order, out));
  EXPECT_EQ(DecodeProductionOrder(out.written())->shares[63].station, names[63]);
}

TEST(TicketBook, RefusesTicketsThatTheOrderDoesNotHave) {
  ExpectRefused(EncodedBy(EncodeTicketBook, SampleTicketBook()), DecodeTicketBook,
                {{"another type", kUnsupported, [](Item& root) { At(root, {0}) = TextItem("edgekeep/tickets"); }},
                 {"a first beyond the last", kMalformed, [](Item& root) { At(root, {2}) = UnsignedItem(3); }},
                 {"one more than there are", kMalformed, [](Item& root) { At(root, {2}) = UnsignedItem(2); }},
                 {"half a secret", kMalformed, [](Item& root) { At(root, {3}) = BytesItem(Filler(24, 1)); }},
                 {"no secret", kMalformed, [](Item& root) { At(root, {3}) = BytesItem({}); }},
                 {"half a leaf", kMalformed, [](Item& root) { At(root, {4}) = BytesItem(Filler(80, 1)); }},
                 {"no leaf", kMalformed, [](Item& root) { At(root, {4}) = BytesItem({}); }}});
  EXPECT_EQ(DecodeTicketBook(ByteVector(kMaxTicketBookSize + 1)).error().code(), kTooLarge);
}

TEST(Provisioned, RefusesFieldsByName) {
  ExpectRefused(
      EncodedBy(EncodeProvisioned, SampleProvisioned()), DecodeProvisioned,
      {{"ticket 65536", kMalformed, [](Item& root) { At(root, {2}) = UnsignedItem(65536); }},
       {"a path of 17", kTooLarge, [](Item& root) { At(root, {4}).children.assign(17, BytesItem(Filler(32, 1))); }},
       {"no certificate", kMalformed, [](Item& root) { At(root, {7}) = BytesItem({}); }},
       {"a certificate of 2049", kTooLarge, [](Item& root) { At(root, {7}) = BytesItem(ByteVector(2049)); }}});
}

TEST(FactoryIdentity, RefusesFieldsByName) {
  ExpectRefused(
      EncodedBy(EncodeFactoryIdentity, SampleFactoryIdentity()), DecodeFactoryIdentity,
      {{"no entry", kMalformed, [](Item& root) { At(root, {1}) = BytesItem({}); }},
       {"a path of 49", kTooLarge, [](Item& root) { At(root, {3}).children.assign(49, BytesItem(Filler(32, 1))); }},
       {"no checkpoint", kMalformed, [](Item& root) { At(root, {4}) = TextItem(""); }},
       {"a long checkpoint", kTooLarge, [](Item& root) { At(root, {4}) = TextItem(std::string(8193, 'a')); }}});
}

TEST(IdentityList, RefusesListsOutOfOrder) {
  ExpectRefused(
      EncodedBy(EncodeIdentityList, SampleIdentityList()), DecodeIdentityList,
      {{"no unit", kMalformed, [](Item& root) { At(root, {3}) = UnsignedItem(0); }},
       {"more than units", kMalformed, [](Item& root) { At(root, {3}) = UnsignedItem(1); }},
       {"half a digest", kMalformed, [](Item& root) { At(root, {5}) = BytesItem(Filler(48, 1)); }},
       {"one twice", kMalformed, [](Item& root) { At(root, {6}) = BytesItem(ByteVector(64)); }},
       {"accepted and refused", kMalformed, [](Item& root) { At(root, {6}) = BytesItem(Filler(32, 1)); }},
       {"half a chip", kMalformed, [](Item& root) { At(root, {8}) = BytesItem(Filler(48, 1)); }},
       {"a chip twice", kMalformed, [](Item& root) { At(root, {8}) = BytesItem(ByteVector(64)); }},
       {"accepted and retired", kMalformed, [](Item& root) { At(root, {7}) = BytesItem(Filler(32, 1)); }},
       {"refused and retired", kMalformed, [](Item& root) { At(root, {7}) = BytesItem(Filler(32, 2)); }},
       {"more than units with those retired", kMalformed, [](Item& root) { At(root, {3}) = UnsignedItem(2); }}});
}

TEST(IdentityList, FindsWhatItHolds) {
  ByteVector digests;
  for (int i = 0; i < 5; ++i) digests.insert(digests.end(), 32, static_cast<std::uint8_t>(10 * i));
  for (int i = 0; i < 50; ++i) {
    const CertificateDigest wanted = CertificateDigest::From(ByteVector(32, static_cast<std::uint8_t>(i))).value();
    EXPECT_EQ(Lists(digests, wanted), i % 10 == 0) << i;
  }
  EXPECT_FALSE(Lists({}, CertificateDigest()));
}

TEST(Provisioning, RefusesPartsByName) {
  ExpectRefused(EncodedBy(EncodeProvisioningHello, SampleHello()), DecodeProvisioningHello,
                {{"no certificate", kMalformed, [](Item& root) { At(root, {1}) = BytesItem({}); }},
                 {"4097 of it", kTooLarge, [](Item& root) { At(root, {1}) = BytesItem(ByteVector(4097)); }},
                 {"a key of 64", kMalformed, [](Item& root) { At(root, {2}) = BytesItem(Filler(64, 4)); }},
                 {"a compressed key", kMalformed, [](Item& root) { At(root, {3}) = BytesItem(Filler(65, 2)); }}});
  ExpectRefused(EncodedBy(EncodeProvisioningChallenge, SampleChallenge()), DecodeProvisioningChallenge,
                {{"no credential", kMalformed, [](Item& root) { At(root, {1}) = BytesItem({}); }},
                 {"257 of the seed", kTooLarge, [](Item& root) { At(root, {2}) = BytesItem(ByteVector(257)); }}});
  ExpectRefused(EncodedBy(EncodeProvisioningProof, SampleProof()), DecodeProvisioningProof,
                {{"1025 of a statement", kTooLarge, [](Item& root) { At(root, {2}) = BytesItem(ByteVector(1025)); }},
                 {"a signature of 65", kMalformed, [](Item& root) { At(root, {3}) = BytesItem(ByteVector(65)); }}});
  ExpectRefused(EncodedBy(EncodeProvisioningRefusal, SampleRefusal()), DecodeProvisioningRefusal,
                {{"a word of two lines", kMalformed, [](Item& root) { At(root, {1}) = TextItem("a\nb"); }},
                 {"201 characters", kTooLarge, [](Item& root) { At(root, {2}) = TextItem(std::string(201, 'a')); }}});
}

TEST(Provisioning, MessagesSayWhichTheyAre) {
  using enum ProvisioningKind;
  EXPECT_EQ(KindOfProvisioning(EncodedBy(EncodeProvisioningHello, SampleHello())).value(), kHello);
  EXPECT_EQ(KindOfProvisioning(EncodedBy(EncodeProvisioningChallenge, SampleChallenge())).value(), kChallenge);
  EXPECT_EQ(KindOfProvisioning(EncodedBy(EncodeProvisioningProof, SampleProof())).value(), kProof);
  EXPECT_EQ(KindOfProvisioning(EncodedBy(EncodeProvisioningRefusal, SampleRefusal())).value(), kRefusal);
  EXPECT_EQ(KindOfProvisioning(EncodedBy(EncodeFactoryIdentity, SampleFactoryIdentity())).value(), kIdentity);
  EXPECT_EQ(KindOfProvisioning(EncodedBy(EncodeTicketBook, SampleTicketBook())).error().code(), kUnsupported);
  EXPECT_EQ(KindOfProvisioning({}).error().code(), kMalformed);
}

}  // namespace
}  // namespace edgekeep::formats
