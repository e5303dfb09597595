// Orders: who has to sign them, by the trust policy and the root.
#include "edgekeep/release/order.h"

#include <gtest/gtest.h>

#include "edgekeep/crypto/digest.h"
#include "fixture/device.h"
#include "fixture/person.h"

namespace edgekeep::release {
namespace {

using enum formats::OrderKind;
using fixture::People;
using fixture::Person;
using fixture::TestProvider;
using OrderBytes = std::vector<std::uint8_t>;

KeyId KidOf(const fixture::TestKey& key) {
  return crypto::KeyIdOf(TestProvider(), key.algorithm(), key.public_key()).value();
}

// Root: alice, bob, carol. Approvers: alice by other keys, dave. Officers: olga, and bob by other keys.
class OrderTest : public testing::Test {
 protected:
  OrderTest() {
    repository_.keys["root"] = fixture::KeysOf({&alice_, &bob_, &carol_});
    repository_.keys["targets"] = fixture::KeysOf({&alice_again_, &dave_});
    for (fixture::Key& key : repository_.keys["targets"])
      key.id += " as approver";  // a label, which makes no other key
    repository_.PublishRoot();
    policy_ = {.version = 1, .authority = "acme"};
    EXPECT_TRUE(policy_.required_classes.PushBack(1) && policy_.required_classes.PushBack(2));
    EXPECT_TRUE(policy_.officers.PushBack(olga_.Holder()) && policy_.officers.PushBack(bob_again_.Holder()));
    formats::OrderRule telemetry{.kind = kTelemetry, .quorum = 1};
    EXPECT_TRUE(telemetry.officers.PushBack("olga"));
    formats::OrderRule control{.kind = kControl, .quorum = 2};
    EXPECT_TRUE(control.roles.PushBack(formats::OrderRole::kRoot));
    EXPECT_TRUE(control.roles.PushBack(formats::OrderRole::kApprovers));
    EXPECT_TRUE(control.officers.PushBack("bob"));
    formats::OrderRule retire{.kind = kRetire, .quorum = 2};
    EXPECT_TRUE(retire.keys.PushBack(KidOf(carol_.post_quantum)) && retire.keys.PushBack(KidOf(olga_.classical)));
    EXPECT_TRUE(policy_.orders.PushBack(telemetry) && policy_.orders.PushBack(control));
    EXPECT_TRUE(policy_.orders.PushBack(retire));
    order_.sequence = 1;
    order_.not_after = {1000};
    EXPECT_TRUE(order_.devices.PushBack(DeviceId()));
  }

  const std::string& root() { return repository_.root(repository_.versions["root"]); }

  OrderBytes Signed(formats::OrderAction action, const People& people, bool classical_only = false) {
    order_.action = action;
    OrderBytes buffer(formats::kMaxOrderSize);
    CborWriter writer(buffer);
    EXPECT_TRUE(formats::EncodeOrder(order_, writer));
    buffer.resize(writer.written().size());
    return fixture::SignedBy(people, formats::typ::kOrder, buffer, classical_only);
  }

  std::string Verify(const OrderBytes& object) {
    const auto verified = VerifyOrder(TestProvider(), policy_, AsBytes(root()), object);
    return verified ? "obeyed" : NameOf(verified.error().code());
  }

  std::string Order(formats::OrderAction action, const People& people) { return Verify(Signed(action, people)); }

  Person alice_{"alice"}, bob_{"bob"}, carol_{"carol"}, dave_{"dave"}, olga_{"olga"}, mallory_{"mallory"};
  Person alice_again_{"alice"}, bob_again_{"bob"};
  fixture::Repository repository_;
  formats::TrustPolicy policy_;
  formats::Order order_{.authority = "acme", .devices = {}, .product = {}, .sessions = {}};
};

TEST_F(OrderTest, AreThoseOfWhomThePolicyNamesForThisKind) {
  using enum formats::OrderAction;
  EXPECT_EQ(Order(kReport, {&olga_}), "obeyed");
  EXPECT_EQ(Order(kReport, {&alice_}), "untrusted");
  EXPECT_EQ(Order(kSuspend, {&alice_, &dave_}), "obeyed");
  EXPECT_EQ(Order(kSuspend, {&olga_, &dave_}), "bad-signature") << "olga has no authority for control";
  EXPECT_EQ(Order(kRetire, {&carol_, &olga_}), "obeyed") << "named by one key each, they sign with both";
  EXPECT_EQ(Order(kRetire, {&alice_, &bob_}), "untrusted") << "the root's people are not named for it";
  EXPECT_EQ(Order(kHoldInstalls, {&alice_, &bob_, &carol_, &olga_}), "forbidden") << "no rule: nobody may";
}

TEST_F(OrderTest, OneSignerIsNoTwo) {
  using enum formats::OrderAction;
  EXPECT_EQ(Order(kSuspend, {&alice_}), "bad-signature");
  EXPECT_EQ(Order(kSuspend, {&alice_, &mallory_}), "bad-signature");
  // Two sets of keys of one person: as a holder and as an approver, as a holder and as an officer.
  EXPECT_EQ(Order(kSuspend, {&alice_, &alice_again_}), "bad-signature");
  EXPECT_EQ(Order(kSuspend, {&bob_, &bob_again_}), "bad-signature");
  EXPECT_EQ(Order(kSuspend, {&alice_again_, &bob_again_}), "obeyed") << "control: two people, either keys";
  EXPECT_EQ(Verify(Signed(kSuspend, {&alice_, &bob_}, true)), "bad-signature") << "one class is not enough";
}

TEST_F(OrderTest, OneKeyIsNotTwoPeoples) {
  policy_.officers[0].keys = alice_.Holder().keys;  // olga's name, alice's keys
  EXPECT_TRUE(policy_.orders[1].officers.PushBack("olga"));
  EXPECT_EQ(Order(formats::OrderAction::kSuspend, {&alice_, &dave_}), "malformed");
  EXPECT_EQ(CheckOfficersApart(policy_, AsBytes(root())).error().code(), ErrorCode::kMalformed);
  policy_.officers[0] = olga_.Holder();
  EXPECT_TRUE(CheckOfficersApart(policy_, AsBytes(root()))) << "control: bob is an officer under his own name";
}

// The key is in a vault, and a laptop has another one of the same class.
TEST_F(OrderTest, WhoIsNamedByAKeySignsWithThatKey) {
  const fixture::TestKey vault(crypto::AlgorithmId::kEcdsaP256Sha256);
  EXPECT_TRUE(policy_.officers[0].keys.PushBack({static_cast<std::uint16_t>(vault.algorithm()), vault.public_key()}));
  const auto retire = [&](const fixture::TestKey& olgas) {
    const OrderBytes object = Signed(formats::OrderAction::kRetire, {&carol_});
    const ByteView payload = formats::DecodeSignedObject(formats::typ::kOrder, object).value().payload;
    const sealing::SigningKey* const keys[] = {&carol_.classical, &carol_.post_quantum, &olgas, &olga_.post_quantum};
    const Bytes order = sealing::SignObject(TestProvider(), formats::typ::kOrder, payload, keys).value();
    return Verify({order.view().begin(), order.view().end()});
  };
  EXPECT_EQ(retire(olga_.classical), "obeyed") << "control: this one is named";
  EXPECT_EQ(retire(vault), "bad-signature");
  policy_.orders[2].keys[1] = KidOf(vault);
  EXPECT_EQ(retire(olga_.classical), "bad-signature");
  EXPECT_EQ(retire(vault), "obeyed");
  // Whoever is named besides by name may use any.
  EXPECT_TRUE(policy_.orders[2].officers.PushBack("olga"));
  EXPECT_EQ(retire(olga_.classical), "obeyed");
}

TEST_F(OrderTest, RulesThatNobodyCanMeetAreNone) {
  const auto check = [&] {
    const Status checked = CheckOrdersCanBeGiven(TestProvider(), policy_, AsBytes(root()));
    return checked ? "passes" : NameOf(checked.error().code());
  };
  EXPECT_STREQ(check(), "passes");
  policy_.orders[1].quorum = 4;
  EXPECT_STREQ(check(), "passes") << "alice, bob, carol, dave";
  policy_.orders[1].quorum = 5;
  EXPECT_STREQ(check(), "malformed") << "bob has two sets of keys, and is one person";
  policy_.orders[1].quorum = 4;
  repository_.keys["targets"] = fixture::KeysOf({&alice_again_});
  repository_.keys["targets"].push_back(dave_.MetadataKeys()[0]);
  for (fixture::Key& key : repository_.keys["targets"]) key.id += " as approver";
  repository_.PublishRoot();
  EXPECT_STREQ(check(), "malformed") << "dave has a key of one class";
  policy_.orders[1].quorum = 3;
  EXPECT_STREQ(check(), "passes");
  policy_.orders[2].keys[1] = KidOf(carol_.classical);
  EXPECT_STREQ(check(), "malformed") << "two keys of carol's";
}

TEST_F(OrderTest, WhoMayIsToldOfWhoeverHasEveryRole) {
  const Person once_more("alice");
  policy_.officers[1] = once_more.Holder();
  policy_.orders[1].officers[0] = "alice";
  EXPECT_EQ(Order(formats::OrderAction::kSuspend, {&once_more, &dave_}), "obeyed") << "the policy works";
  const OrderPeople people = OrderPeople::Read(TestProvider(), policy_, AsBytes(root()), kControl).value();
  formats::OrderAuthority authority{.kind = kControl, .quorum = 0, .classes = policy_.required_classes, .people = {}};
  ASSERT_TRUE(people.Tell(TestProvider(), authority));
  EXPECT_EQ(authority.people[0].name, "alice");
  EXPECT_EQ(authority.people[0].keys.size(), 6U);
  OrderBytes told(formats::kMaxOrderAuthoritySize);
  CborWriter out(told);
  EXPECT_TRUE(formats::EncodeOrderAuthority(authority, out));
}

TEST_F(OrderTest, EditedOrForAnotherAuthorityTheyAreRefused) {
  using enum formats::OrderAction;
  OrderBytes object = Signed(kReport, {&olga_});
  const auto edited = [&](OrderBytes::iterator at) {
    OrderBytes other = object;
    other[static_cast<std::size_t>(at - object.begin())] ^= 1;
    return Verify(other);
  };
  const ByteView payload = formats::DecodeSignedObject(formats::typ::kOrder, object).value().payload;
  const auto begin = object.begin() + (payload.data() - object.data());
  for (std::size_t i = 0; i < payload.size(); ++i) {
    EXPECT_NE(edited(begin + static_cast<std::ptrdiff_t>(i)), "obeyed") << i;
  }
  EXPECT_EQ(Verify(object), "obeyed") << "control";
  policy_.authority = "other";
  EXPECT_EQ(Verify(object), "wrong-product");
  EXPECT_EQ(Verify(OrderBytes(formats::kMaxSignedOrder + 1)), "too-large");
  const OrderBytes repair = fixture::SignedBy({&olga_}, formats::typ::kTimeRepair, payload);
  EXPECT_EQ(Verify(repair), "unsupported") << "signed for something else";
}

}  // namespace
}  // namespace edgekeep::release
