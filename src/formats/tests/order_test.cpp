#include "refusals.h"

namespace edgekeep::formats {
namespace {

using enum ErrorCode;
using enum OrderAction;

TEST(OrderFormat, KeepsItsFields) {
  const ByteVector bytes = EncodedBy(EncodeOrder, SampleOrder());
  const Order order = DecodeOrder(bytes).value();
  EXPECT_EQ(order.authority, "acme");
  EXPECT_EQ(order.action, kEndLicence);
  EXPECT_EQ(order.devices.size(), 2U);
  EXPECT_EQ(order.sequence, 7U);
  EXPECT_EQ(order.issued_at.value, 1790000000U);
  EXPECT_EQ(order.not_after.value, 1790086400U);
  EXPECT_EQ(order.product->view(), "acme/label-ocr");
  EXPECT_FALSE(order.sessions);
}

TEST(OrderFormat, IsNotEncodedWhenItWouldBeRefused) {
  ExpectNotEncoded<Order>(SampleOrder(), EncodeOrder,
                          {{"authority", kMalformed, [](Order& order) { order.authority = "Acme"; }},
                           {"action 0", kUnsupported, [](Order& order) { order.action = OrderAction{}; }},
                           {"action 11", kUnsupported, [](Order& order) { order.action = OrderAction{11}; }},
                           {"no device", kMalformed, [](Order& order) { order.devices = {}; }},
                           {"devices", kMalformed, [](Order& order) { std::swap(order.devices[0], order.devices[1]); }},
                           {"sequence 0", kMalformed, [](Order& order) { order.sequence = 0; }},
                           {"over at once", kMalformed, [](Order& order) { order.not_after = order.issued_at; }},
                           {"for too long", kMalformed, [](Order& order) { order.not_after.value += kMaxOrderTerm; }},
                           {"without its product", kMalformed, [](Order& order) { order.product.reset(); }},
                           {"another's product", kMalformed, [](Order& order) { order.action = kSuspend; }},
                           {"another's sessions", kMalformed, [](Order& order) { order.sessions = 3; }},
                           {"no sessions", kMalformed,
                            [](Order& order) {
                              order.action = kBoundSessions;
                              order.product.reset();
                              order.sessions = 0;
                            }},
                           {"retires two", kMalformed,
                            [](Order& order) {
                              order.action = kRetire;
                              order.product.reset();
                            }},
                           {"frees two", kMalformed,
                            [](Order& order) {
                              order.action = kDisown;
                              order.product.reset();
                              order.ownership = Ownership{3, {}};
                            }},
                           {"frees from anybody", kMalformed,
                            [](Order& order) {
                              order.action = kDisown;
                              order.product.reset();
                              order.devices = {};
                              EXPECT_TRUE(order.devices.PushBack(DeviceId()));
                            }},
                           {"another's ownership", kMalformed, [](Order& order) { order.ownership = Ownership{}; }}});
}

TEST(OrderFormat, EveryActionIsOfAKindAndEveryKindHasOne) {
  std::array<int, kNumOrderKinds + 1> actions{};
  for (std::uint8_t number = 1; number <= 10; ++number) {
    const OrderAction action{number};
    ++actions.at(std::to_underlying(KindOf(action)));
    EXPECT_EQ(FindOrderAction(NameOf(action)), action);
  }
  EXPECT_EQ(actions[0], 0);
  for (std::uint8_t number = 1; number <= kNumOrderKinds; ++number) {
    EXPECT_GT(actions.at(number), 0) << NameOf(OrderKind{number});
    EXPECT_EQ(FindOrderKind(NameOf(OrderKind{number})), OrderKind{number});
  }
  EXPECT_STREQ(NameOf(OrderKind{8}), "unknown");
  EXPECT_STREQ(NameOf(OrderAction{11}), "unknown");
  EXPECT_FALSE(FindOrderKind("unknown"));
  EXPECT_FALSE(FindOrderAction("unknown"));
}

TEST(OrderFormat, IsBounded) {
  EXPECT_EQ(DecodeOrder(ByteVector(kMaxOrderSize + 1)).error().code(), kTooLarge);
  EXPECT_EQ(DecodeOrderAuthority(ByteVector(kMaxOrderAuthoritySize + 1)).error().code(), kTooLarge);
  static_assert(kMaxOrderDevices * (DeviceId::kSize + 2) + 400 < kMaxOrderSize);
  static_assert(kMaxOrderPeople * (63 + 8 + kMaxOrderKeys * (KeyId::kSize + 2)) + 64 < kMaxOrderAuthoritySize);
}

TEST(RetirementFormat, IsNotEncodedWhenItWouldBeRefused) {
  static const ByteVector large(kMaxSignedOrder + 1);
  ExpectNotEncoded<RetirementCertificate>(
      SampleRetirementCertificate(), EncodeRetirementCertificate,
      {{"no order", kMalformed, [](RetirementCertificate& certificate) { certificate.order = {}; }},
       {"large order", kTooLarge, [](RetirementCertificate& certificate) { certificate.order = large; }},
       {"large evidence", kTooLarge, [](RetirementCertificate& certificate) { certificate.evidence = large; }},
       {"no key", kMalformed, [](RetirementCertificate& certificate) { certificate.identity.bytes = {}; }}});
  EXPECT_EQ(DecodeRetirementCertificate(ByteVector(kMaxRetirementSize + 1)).error().code(), kTooLarge);
  static_assert(kMaxSignedRetirement + 8 < 65536, "fits into one message of the gate");
}

TEST(OrderAuthorityFormat, IsNotEncodedWhenItWouldBeRefused) {
  ExpectNotEncoded<OrderAuthority>(
      SampleOrderAuthority(), EncodeOrderAuthority,
      {{"kind 8", kUnsupported, [](OrderAuthority& authority) { authority.kind = OrderKind{8}; }},
       {"nobody's quorum", kMalformed, [](OrderAuthority& authority) { authority.quorum = 0; }},
       {"no class", kMalformed, [](OrderAuthority& authority) { authority.classes = {}; }},
       {"names", kMalformed, [](OrderAuthority& authority) { std::swap(authority.people[0], authority.people[1]); }},
       {"no key", kMalformed, [](OrderAuthority& authority) { authority.people[0].keys = {}; }},
       {"keys", kMalformed,
        [](OrderAuthority& authority) { std::swap(authority.people[0].keys[0], authority.people[0].keys[1]); }}});
}

// What a trust policy says of orders and of chips.
TEST(OrderRules, AreNotEncodedWhenTheyWouldBeRefused) {
  ExpectNotEncoded<TrustPolicy>(
      SampleTrustPolicy(), EncodeTrustPolicy,
      {{"kind 8", kUnsupported, [](TrustPolicy& policy) { policy.orders[1].kind = OrderKind{8}; }},
       {"one person to rekey", kMalformed,
        [](TrustPolicy& policy) {
          policy.orders[1].kind = OrderKind::kRekey;
          policy.orders[1].quorum = 1;
        }},
       {"kinds descend", kMalformed, [](TrustPolicy& policy) { std::swap(policy.orders[0], policy.orders[1]); }},
       {"one person retires", kMalformed, [](TrustPolicy& policy) { policy.orders[1].quorum = 1; }},
       {"quorum 0", kMalformed, [](TrustPolicy& policy) { policy.orders[0].quorum = 0; }},
       {"33 people", kMalformed, [](TrustPolicy& policy) { policy.orders[0].quorum = 33; }},
       {"more than sign one object", kMalformed, [](TrustPolicy& policy) { policy.orders[1].quorum = 9; }},
       {"an officer with a role's name", kMalformed,
        [](TrustPolicy& policy) { policy.officers[0].name = policy.orders[0].officers[0] = "root"; }},
       {"another role's name", kMalformed,
        [](TrustPolicy& policy) { policy.officers[0].name = policy.orders[0].officers[0] = "approvers"; }},
       {"more than are named", kMalformed, [](TrustPolicy& policy) { policy.orders[0].quorum = 3; }},
       {"an officer who is nowhere", kMalformed, [](TrustPolicy& policy) { policy.orders[0].officers[0] = "zoe"; }},
       {"role 3", kUnsupported, [](TrustPolicy& policy) { policy.orders[1].roles[0] = OrderRole{3}; }},
       {"a notary's key", kMalformed,
        [](TrustPolicy& policy) { policy.officers[0].keys[0] = policy.notaries[0].keys[0]; }},
       {"firmware", kMalformed, [](TrustPolicy& policy) { policy.quarantine[0].first_firmware = 99; }},
       {"a class twice", kMalformed, [](TrustPolicy& policy) { policy.quarantine[1] = policy.quarantine[0]; }},
       {"a floor that is none", kMalformed,
        [](TrustPolicy& policy) { policy.quarantine[0].floor = Isolation::kProcess; }},
       {"isolation 4", kUnsupported, [](TrustPolicy& policy) { policy.quarantine[0].floor = Isolation{4}; }}});
}

TEST(OrderRules, OfOverlappingClassesTheStricterOneCounts) {
  TrustPolicy policy = SampleTrustPolicy();
  const auto floor_of = [&](std::uint32_t manufacturer, std::uint64_t firmware) {
    const QuarantinedClass* const found = FindQuarantine(policy, manufacturer, firmware);
    if (found == nullptr) return 0;
    return found->floor ? static_cast<int>(*found->floor) : 1;
  };
  EXPECT_EQ(floor_of(0x49465800, 9), 0);
  EXPECT_EQ(floor_of(0x49465800, 10), 2);
  EXPECT_EQ(floor_of(0x49465800, 20), 2);
  EXPECT_EQ(floor_of(0x49465800, 21), 1);
  EXPECT_EQ(floor_of(0x49465800, 26), 0);
  EXPECT_EQ(floor_of(0x49465801, 15), 0);
}

// Of overlapping classes each has to let it go.
TEST(OrderRules, ARekeyEndsWhatSaysSo) {
  TrustPolicy policy = SampleTrustPolicy();
  const auto is_kept = [&](std::uint64_t firmware, std::optional<UnixTime> rekeyed) {
    return KeepsFromLicences(policy, 0x49465800, firmware, rekeyed);
  };
  EXPECT_FALSE(is_kept(9, {}));
  EXPECT_TRUE(is_kept(10, {}));
  EXPECT_TRUE(is_kept(10, UnixTime{100}));
  for (QuarantinedClass& chips : policy.quarantine) chips.until_rekeyed = UnixTime{100};
  EXPECT_TRUE(is_kept(10, {}));
  EXPECT_TRUE(is_kept(10, UnixTime{99}));
  EXPECT_FALSE(is_kept(10, UnixTime{100}));
  EXPECT_FALSE(is_kept(15, UnixTime{100}));
  policy.quarantine[1].until_rekeyed.reset();
  EXPECT_TRUE(is_kept(15, UnixTime{100}));
}

}  // namespace
}  // namespace edgekeep::formats
