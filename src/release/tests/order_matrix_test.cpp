// The authority matrix: every credential that somebody in this world has, against every order.
#include <gtest/gtest.h>

#include "edgekeep/crypto/digest.h"
#include "edgekeep/release/order.h"
#include "fixture/person.h"

namespace edgekeep::release {
namespace {

using fixture::People;
using fixture::Person;
using formats::OrderAction;
using formats::OrderKind;

// Whoever has it has nothing else: two people each, so that nobody is refused for being alone.
struct Credential {
  const char* what;
  Person one, other;
  std::optional<OrderKind> may;  // none: no order at all
};

// Each kind of order is given to one credential: the root's holders, the approvers, officers by name, or holders of
// keys that are named.
class OrderMatrix : public testing::Test {
 protected:
  OrderMatrix() {
    using enum OrderKind;
    repository_.keys["root"] = KeysOfBoth("root holders");
    for (const fixture::Key& key : KeysOfBoth("recovery keys")) repository_.keys["root"].push_back(key);
    repository_.keys["targets"] = KeysOfBoth("approvers");
    repository_.keys["snapshot"] = repository_.keys["timestamp"] = KeysOfBoth("services");
    repository_.PublishRoot();
    policy_ = {.version = 1, .authority = "acme"};
    EXPECT_TRUE(policy_.required_classes.PushBack(1) && policy_.required_classes.PushBack(2));
    EXPECT_TRUE(policy_.notaries.PushBack(Find("notaries").one.Holder()));
    EXPECT_TRUE(policy_.notaries.PushBack(Find("notaries").other.Holder()));
    for (const char* of : {"officers for telemetry", "officers for licences", "officers with keys for configuration",
                           "officers with keys for rekey"}) {
      EXPECT_TRUE(policy_.officers.PushBack(Find(of).one.Holder()));
      EXPECT_TRUE(policy_.officers.PushBack(Find(of).other.Holder()));
    }
    policy_.orders.PushBack(ByName(kTelemetry, "officers for telemetry")).value();
    policy_.orders.PushBack(ByKey(kConfiguration, "officers with keys for configuration")).value();
    policy_.orders.PushBack(ByRole(kUpdate, formats::OrderRole::kApprovers)).value();
    policy_.orders.PushBack(ByRole(kControl, formats::OrderRole::kRoot)).value();
    policy_.orders.PushBack(ByName(kLicences, "officers for licences")).value();
    policy_.orders.PushBack(ByRole(kRetire, formats::OrderRole::kRoot)).value();
    policy_.orders.PushBack(ByKey(kRekey, "officers with keys for rekey")).value();
    EXPECT_TRUE(order_.devices.PushBack(DeviceId()));
  }

  const Credential& Find(std::string_view what) const {
    return *std::ranges::find_if(credentials_, [&](const Credential& one) { return one.what == what; });
  }

  std::vector<fixture::Key> KeysOfBoth(std::string_view what) const {
    return fixture::KeysOf({&Find(what).one, &Find(what).other});
  }

  static formats::OrderRule RuleFor(OrderKind kind) { return {.kind = kind, .quorum = IsDangerous(kind) ? 2U : 1U}; }

  formats::OrderRule ByName(OrderKind kind, std::string_view what) const {
    formats::OrderRule rule = RuleFor(kind);
    EXPECT_TRUE(rule.officers.PushBack(Find(what).one.name) && rule.officers.PushBack(Find(what).other.name));
    return rule;
  }

  formats::OrderRule ByKey(OrderKind kind, std::string_view what) const {
    formats::OrderRule rule = RuleFor(kind);
    for (const Person* person : {&Find(what).one, &Find(what).other}) {
      const fixture::TestKey& key = person->classical;
      EXPECT_TRUE(
          rule.keys.PushBack(crypto::KeyIdOf(fixture::TestProvider(), key.algorithm(), key.public_key()).value()));
    }
    return rule;
  }

  static formats::OrderRule ByRole(OrderKind kind, formats::OrderRole role) {
    formats::OrderRule rule = RuleFor(kind);
    EXPECT_TRUE(rule.roles.PushBack(role));
    return rule;
  }

  std::string Give(OrderAction action, const People& people, bool classical_only = false) {
    order_.action = action;
    order_.product.reset();
    if (action == OrderAction::kEndLicence) order_.product = ProductName::Parse("acme/label-ocr").value();
    order_.ownership.reset();
    if (action == OrderAction::kDisown) order_.ownership = formats::Ownership{.changes = 0, .of = Digest()};
    std::vector<std::uint8_t> payload(formats::kMaxOrderSize);
    CborWriter writer(payload);
    EXPECT_TRUE(formats::EncodeOrder(order_, writer));
    payload.resize(writer.written().size());
    const auto object = fixture::SignedBy(people, formats::typ::kOrder, payload, classical_only);
    const auto verified =
        VerifyOrder(fixture::TestProvider(), policy_, AsBytes(repository_.root(repository_.versions["root"])), object);
    return verified ? "obeyed" : NameOf(verified.error().code());
  }

  const std::vector<Credential> credentials_ = Credentials();
  fixture::Repository repository_;
  formats::TrustPolicy policy_;
  formats::Order order_{
      .authority = "acme", .devices = {}, .sequence = 1, .not_after = {1000}, .product = {}, .sessions = {}};

 private:
  // Root holders may control and retire: the one credential with two kinds. See May.
  static std::vector<Credential> Credentials() {
    using enum OrderKind;
    std::vector<Credential> all;
    const auto add = [&](const char* what, const char* one, const char* other, std::optional<OrderKind> may) {
      all.emplace_back(what, Person(one), Person(other), may);
    };
    add("officers for telemetry", "tara", "tess", kTelemetry);
    add("officers with keys for configuration", "kai", "kim", kConfiguration);
    add("approvers", "dave", "erin", kUpdate);
    add("root holders", "alice", "bob", kControl);
    add("officers for licences", "lars", "lena", kLicences);
    add("officers with keys for rekey", "uma", "una", kRekey);
    add("recovery keys", "recovery-1", "recovery-2", std::nullopt);
    add("services", "service", "service-2", std::nullopt);
    add("notaries", "nora", "norman", std::nullopt);
    add("strangers, a publisher's licensor and an owner's authority among them", "mallory", "trudy", std::nullopt);
    return all;
  }
};

constexpr OrderAction kEveryOrder[] = {
    OrderAction::kReport,  OrderAction::kBoundSessions, OrderAction::kHoldInstalls, OrderAction::kAllowInstalls,
    OrderAction::kSuspend, OrderAction::kResume,        OrderAction::kEndLicence,   OrderAction::kRetire,
    OrderAction::kRekey,   OrderAction::kDisown};

bool May(const Credential& credential, OrderAction action) {
  const OrderKind kind = KindOf(action);
  return credential.may == kind || (credential.may == OrderKind::kControl && kind == OrderKind::kRetire);
}

TEST_F(OrderMatrix, EachCredentialGivesTheOrdersItIsNamedForAndNoOthers) {
  int obeyed = 0;
  for (const Credential& credential : credentials_) {
    for (const OrderAction action : kEveryOrder) {
      SCOPED_TRACE(std::string(credential.what) + ": " + formats::NameOf(action));
      const std::string answer = Give(action, {&credential.one, &credential.other});
      EXPECT_EQ(answer, May(credential, action) ? "obeyed" : "untrusted");
      obeyed += answer == "obeyed" ? 1 : 0;
    }
  }
  EXPECT_EQ(obeyed, 10) << "control: each order is somebody's";
}

TEST_F(OrderMatrix, OfWhoMayNobodyGivesADangerousOneAloneOrWithAStranger) {
  const Person& stranger = credentials_.back().one;
  for (const Credential& credential : credentials_) {
    for (const OrderAction action : kEveryOrder) {
      if (!May(credential, action)) continue;
      SCOPED_TRACE(std::string(credential.what) + ": " + formats::NameOf(action));
      const char* const expected = IsDangerous(KindOf(action)) ? "bad-signature" : "obeyed";
      EXPECT_EQ(Give(action, {&credential.one}), expected);
      EXPECT_EQ(Give(action, {&credential.one, &stranger}), expected);
      EXPECT_EQ(Give(action, {&credential.one, &credential.other}, true), "bad-signature") << "one class";
    }
  }
}

// Without a rule it is nobody's, whoever signs.
TEST_F(OrderMatrix, WithoutItsRuleAnOrderIsNobodys) {
  const auto rules = policy_.orders;
  for (const OrderAction action : kEveryOrder) {
    SCOPED_TRACE(formats::NameOf(action));
    policy_.orders = {};
    for (const formats::OrderRule& rule : rules) {
      if (rule.kind != KindOf(action)) policy_.orders.PushBack(rule).value();
    }
    for (const Credential& credential : credentials_) {
      EXPECT_EQ(Give(action, {&credential.one, &credential.other}), "forbidden") << credential.what;
    }
  }
}

}  // namespace
}  // namespace edgekeep::release
