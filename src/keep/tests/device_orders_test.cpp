// Orders to a device: who may give them, once, to whom, for how long; and what they change.
#include "edgekeep/base/testing/expect_error.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/formats/operations_policy.h"
#include "edgekeep/formats/order.h"
#include "edgekeep/formats/sign1.h"
#include "fixture/fake_chip.h"
#include "fixture/released_device.h"

namespace edgekeep::keep {
namespace {

using fixture::Buffer;
using fixture::Survival;
using formats::Order;
using formats::OrderKind;
using People = release::fixture::People;
using enum formats::OrderAction;

// Root holders and approvers are the same five people; olga is an officer. One of these gives orders, two of the root
// control and retire.
class OrdersOnDevice : public fixture::ReleasedDevice {
 protected:
  OrdersOnDevice() {
    world_.policy.version = 2;
    EXPECT_TRUE(world_.policy.officers.PushBack(olga_.Holder()));
    for (const OrderKind kind : {OrderKind::kTelemetry, OrderKind::kConfiguration, OrderKind::kUpdate}) {
      formats::OrderRule rule{.kind = kind, .quorum = 1};
      EXPECT_TRUE(rule.officers.PushBack("olga") && world_.policy.orders.PushBack(rule));
    }
    for (const OrderKind kind : {OrderKind::kControl, OrderKind::kLicences}) {
      formats::OrderRule rule{.kind = kind, .quorum = 2};
      EXPECT_TRUE(rule.roles.PushBack(formats::OrderRole::kRoot) && world_.policy.orders.PushBack(rule));
    }
    TakePolicy();
    Release();
    EXPECT_EQ(Update(), "installed");
  }

  void TakePolicy() {
    EXPECT_EQ(world_.Adopt(device_, world_.Policy()), "waits");
    device_.clock.Pass(world_.policy.delay);
    EXPECT_EQ(device_.Status()->releases->policy_version, world_.policy.version);
  }

  // Of a fake chip's class, and what it demands from its delay on.
  void TakeQuarantine(std::optional<formats::Isolation> floor, std::uint64_t last_firmware = 0x700) {
    world_.policy.version += 1;
    world_.policy.quarantine = {};
    EXPECT_TRUE(world_.policy.quarantine.PushBack({chip_.facts.manufacturer, 1, last_firmware, floor}));
    EXPECT_EQ(world_.Adopt(device_, world_.Policy()), "waits");
  }

  // Nobody asks the device anything meanwhile.
  void Wait() { device_.clock.Pass(world_.policy.delay); }

  std::string BringOperations(std::uint64_t version, formats::OperationsPolicy policy) {
    policy.version = version;
    policy.authority = InlineString<63>::Truncated("acme");
    Buffer bytes(formats::kMaxOperationsPolicySize);
    CborWriter out(bytes);
    EXPECT_TRUE(formats::EncodeOperationsPolicy(policy, out));
    bytes.resize(out.written().size());
    world_.ReleaseOperations(version, bytes);
    EXPECT_EQ(world_.Refresh(device_), "done");
    return world_.Adopt(device_, bytes);
  }

  DeviceId Id() { return device_.Status()->device; }

  Order For(formats::OrderAction action, std::uint64_t sequence) {
    const UnixTime now = device_.clock.Now().value();
    Order order{.authority = "acme",
                .action = action,
                .devices = {},
                .sequence = sequence,
                .issued_at = now,
                .not_after = {now.value + 86400},
                .product = {},
                .sessions = {}};
    EXPECT_TRUE(order.devices.PushBack(Id()));
    return order;
  }

  static Buffer Signed(const Order& order, const People& people) {
    Buffer payload(formats::kMaxOrderSize);
    CborWriter out(payload);
    EXPECT_TRUE(formats::EncodeOrder(order, out));
    return release::fixture::SignedBy(people, formats::typ::kOrder, out.written());
  }

  // "obeyed", or the error's name; what came back is in `answer_` then.
  std::string Give(const Buffer& order) {
    Buffer body(gate::kMaxBodySize);
    CborWriter out(body);
    EXPECT_TRUE(gate::EncodeBlob(order, out));
    const auto reply = device_.Ask(Door::kAdministrator, gate::Command::kOrder, out.written());
    if (!reply) return edgekeep::NameOf(reply.error().code());
    answer_ = fixture::ToBuffer(gate::DecodeBlob(reply->body.view()).value());
    return "obeyed";
  }

  std::string Give(const Order& order, const People& people) { return Give(Signed(order, people)); }

  std::string Open() {
    const auto opened = device_.Open();
    return opened ? "opened" : edgekeep::NameOf(opened.error().code());
  }

  Buffer WhoCan(const char* kind) {
    Buffer body(64);
    CborWriter out(body);
    EXPECT_TRUE(gate::EncodeBlob(AsBytes(std::string_view(kind)), out));
    const auto reply = device_.Ask(Door::kAdministrator, gate::Command::kShowOrderAuthority, out.written());
    if (!reply) return {};
    return fixture::ToBuffer(gate::DecodeBlob(reply->body.view()).value());
  }

  release::fixture::Person olga_{"olga"};
  fixture::FakeChip chip_;
  Buffer answer_;
};

TEST_F(OrdersOnDevice, AreForThoseWhoMayGiveThem) {
  const People two = {&world_.alice, &world_.bob};
  EXPECT_EQ(Give(For(kSuspend, 1), {&world_.alice}), "bad-signature") << "one where two are needed";
  EXPECT_EQ(Give(For(kSuspend, 1), {&olga_}), "untrusted") << "no authority for control";
  EXPECT_EQ(Give(For(kHoldInstalls, 1), two), "untrusted") << "no authority for updates";
  EXPECT_EQ(Give(For(kSuspend, 1), {&world_.alice, &world_.mallory}), "bad-signature");
  EXPECT_EQ(Give(For(kRetire, 1), two), "forbidden") << "the policy lets nobody retire";
  EXPECT_EQ(Open(), "opened");
  EXPECT_EQ(Give(For(kSuspend, 1), two), "obeyed") << "control";
  EXPECT_EQ(Open(), "forbidden");
}

TEST_F(OrdersOnDevice, AreForDevicesThatTheyName) {
  Order order = For(kHoldInstalls, 1);
  DeviceId sibling = order.devices[0];
  sibling.mutable_view()[31] ^= 1;
  order.devices[0] = sibling;
  EXPECT_EQ(Give(order, {&olga_}), "wrong-device");
  EXPECT_TRUE(order.devices.PushBack(Id()));
  std::ranges::sort(order.devices);
  EXPECT_EQ(Give(order, {&olga_}), "obeyed") << "control: one of two";
  order.sequence = 2;
  order.authority = "other";
  EXPECT_EQ(Give(order, {&olga_}), "wrong-product");
}

TEST_F(OrdersOnDevice, AreObeyedOnceWhateverIsRestored) {
  const Buffer hold = Signed(For(kHoldInstalls, 5), {&olga_});
  const Buffer allow = Signed(For(kAllowInstalls, 6), {&olga_});
  EXPECT_EQ(Give(hold), "obeyed");
  const auto older = device_.disk->Clone();
  EXPECT_EQ(Give(hold), "wrong-version") << "replayed";
  EXPECT_EQ(Give(allow), "obeyed");
  EXPECT_EQ(Give(hold), "wrong-version");
  device_.PowerCycle(Survival::kNothing);
  ASSERT_TRUE(device_.Start());
  EXPECT_EQ(Give(hold), "wrong-version") << "after a restart";
  EXPECT_EQ(Give(allow), "wrong-version");
  EXPECT_EQ(Give(For(kHoldInstalls, 6 + formats::kMaxOrderStep + 1), {&olga_}), "wrong-version") << "uses numbers up";
  EXPECT_EQ(Give(For(kHoldInstalls, 6 + formats::kMaxOrderStep), {&olga_}), "obeyed");
  EXPECT_EQ(Give(For(kReport, 1), {&olga_}), "obeyed") << "each kind has numbers of its own";
  // The disk of before, on which the later order was not obeyed yet.
  device_.Stop();
  device_.disk = older->Clone();
  device_.cells.UseDisk(*device_.disk);
  ASSERT_TRUE(device_.Start());
  EXPECT_EQ(Give(allow), "denied");
  // Control: with the anchor of before as well nobody could tell (THREAT_MODEL T5).
  device_.Stop();
  device_.disk = older->Clone();
  device_.cells.UseDisk(*device_.disk);
  device_.counter.value -= 4;
  ASSERT_TRUE(device_.Start());
  EXPECT_EQ(Give(allow), "obeyed");
}

TEST_F(OrdersOnDevice, AreOverByTheDevicesOwnTime) {
  const Order order = For(kHoldInstalls, 1);
  device_.clock.Pass(86401);
  EXPECT_EQ(Give(order, {&olga_}), "expired");
  device_.clock.Set({order.issued_at.value - 1000});
  EXPECT_EQ(Give(order, {&olga_}), "expired") << "a clock that was turned back";
  EXPECT_EQ(Give(For(kHoldInstalls, 1), {&olga_}), "expired") << "issued by that clock";
  device_.clock.Set({order.not_after.value + 2});
  EXPECT_EQ(Give(For(kHoldInstalls, 1), {&olga_}), "obeyed") << "control";
}

// Else the longest term of an order bounds nothing: it could be issued in a hundred years, and is good from now on.
TEST_F(OrdersOnDevice, AreNotGoodBeforeTheyWereIssued) {
  Order order = For(kHoldInstalls, 1);
  order.issued_at.value += 3600;
  EXPECT_EQ(Give(order, {&olga_}), "not-yet-valid");
  EXPECT_EQ(Install(), "installed") << "it changed nothing";
  device_.clock.Pass(3600);
  EXPECT_EQ(Give(order, {&olga_}), "obeyed") << "control: from then on, and it used no number up";
}

// Who has stolen the root's keys and put others in their place does at once what the rest of the people cannot stop.
TEST_F(OrdersOnDevice, DangerousOnesNeedTheRootBeforeUntilTheDelayIsOver) {
  using release::fixture::KeysOf;
  const People before = {&world_.alice, &world_.bob}, after = {&world_.trent, &world_.mallory};
  Release();
  auto& repository = world_.repository;
  repository.signers["root"] =
      KeysOf({&world_.alice, &world_.bob, &world_.carol, &world_.trent, &world_.mallory, &world_.erin});
  repository.keys["root"] = KeysOf({&world_.trent, &world_.mallory, &world_.erin});
  repository.PublishRoot();
  ASSERT_EQ(world_.Refresh(device_), "done") << "the root has changed";
  EXPECT_EQ(Give(For(kSuspend, 1), after), "untrusted");
  EXPECT_EQ(Give(For(kSuspend, 1), before), "untrusted") << "nor do those before order alone any more";
  Order order = For(kEndLicence, 1);
  order.product = ProductName::Parse("acme/other").value();
  EXPECT_EQ(Give(order, after), "not-found") << "control: what is not dangerous";
  EXPECT_EQ(Give(For(kSuspend, 1), {&world_.alice, &world_.bob, &world_.trent, &world_.mallory}), "obeyed");
  EXPECT_EQ(Give(For(kResume, 2), after), "untrusted");
  Wait();
  EXPECT_EQ(Give(For(kResume, 2), after), "obeyed") << "control: people turn over";
}

TEST_F(OrdersOnDevice, SuspendAndResume) {
  const People two = {&world_.dave, &world_.erin};
  ASSERT_EQ(Open(), "opened");
  EXPECT_FALSE(device_.TendLicences());
  EXPECT_FALSE(device_.cells.stopped_with);
  EXPECT_EQ(Give(For(kSuspend, 1), two), "obeyed");
  device_.TendLicences();
  EXPECT_TRUE(device_.cells.stopped_with) << "what is open ends";
  device_.PowerCycle(Survival::kNothing);
  ASSERT_TRUE(device_.Start());
  EXPECT_EQ(Open(), "forbidden") << "after a restart";
  EXPECT_EQ(Give(For(kResume, 2), two), "obeyed");
  EXPECT_EQ(Open(), "opened");
}

TEST_F(OrdersOnDevice, HoldInstallsAndBoundSessions) {
  EXPECT_EQ(Give(For(kHoldInstalls, 1), {&olga_}), "obeyed");
  EXPECT_EQ(Install(), "forbidden");
  EXPECT_EQ(Give(For(kAllowInstalls, 2), {&olga_}), "obeyed");
  EXPECT_EQ(Install(), "installed");
  Order bound = For(kBoundSessions, 1);
  bound.sessions = 1;
  EXPECT_EQ(Give(bound, {&olga_}), "obeyed");
  EXPECT_EQ(Open(), "opened");
  EXPECT_EQ(Open(), "busy");
  EXPECT_EQ(Give(For(kBoundSessions, 2), {&olga_}), "obeyed");
  EXPECT_EQ(Open(), "opened");
}

TEST_F(OrdersOnDevice, EndALicenceForGood) {
  const People two = {&world_.alice, &world_.carol};
  Order order = For(kEndLicence, 1);
  order.product = ProductName::Parse("acme/other").value();
  EXPECT_EQ(Give(order, two), "not-found");
  order.product = ProductName::Parse(fixture::kProduct).value();
  EXPECT_EQ(Open(), "opened");
  EXPECT_EQ(Give(order, two), "obeyed") << "what could not be obeyed used no number up";
  EXPECT_EQ(Open(), "expired");
  EXPECT_EQ(Install(), "expired") << "installing it again brings it not back";
}

TEST_F(OrdersOnDevice, ReportsAnswerTheirOrderAndNothingElse) {
  EXPECT_EQ(Give(For(kReport, 1), {&olga_}), "obeyed");
  const auto evidence_of = [](const Buffer& answer) {
    const auto object = formats::DecodeSign1(formats::typ::kEvidence, answer).value();
    return formats::DecodeEvidence(object.payload).value();
  };
  const Buffer first = answer_;
  EXPECT_EQ(evidence_of(first).device, Id());
  EXPECT_EQ(Give(For(kReport, 2), {&olga_}), "obeyed");
  EXPECT_NE(evidence_of(first).nonce, evidence_of(answer_).nonce);
  EXPECT_EQ(Give(For(kHoldInstalls, 1), {&olga_}), "obeyed");
  EXPECT_TRUE(answer_.empty());
}

TEST_F(OrdersOnDevice, WhoMayIsToldByNameAndKeys) {
  const Buffer control = WhoCan("control");
  const auto authority = formats::DecodeOrderAuthority(control).value();
  EXPECT_EQ(authority.quorum, 2U);
  ASSERT_EQ(authority.people.size(), 5U);
  EXPECT_EQ(authority.people[0].name, "alice");
  ASSERT_EQ(authority.people[0].keys.size(), 2U);
  const auto& key = world_.alice.classical;
  const KeyId kid = crypto::KeyIdOf(fixture::TestProvider(), key.algorithm(), key.public_key()).value();
  EXPECT_TRUE(authority.people[0].keys[0] == kid || authority.people[0].keys[1] == kid);
  const Buffer retire = WhoCan("retire");
  EXPECT_EQ(formats::DecodeOrderAuthority(retire)->quorum, 0U) << "nobody";
  EXPECT_TRUE(WhoCan("cook").empty());
}

TEST_F(OrdersOnDevice, AreNoneWithoutATrustPolicy) {
  fixture::TestDevice other;
  ASSERT_TRUE(other.Start());
  ASSERT_TRUE(other.Initialise(publisher_.Bundle()));
  const Buffer order = Signed(For(kReport, 1), {&olga_});
  Buffer body(gate::kMaxBodySize);
  CborWriter out(body);
  ASSERT_TRUE(gate::EncodeBlob(order, out));
  EK_EXPECT_ERROR(other.Ask(Door::kAdministrator, gate::Command::kOrder, out.written()), ErrorCode::kBadState);
}

// A flaw in a class of chips: the policy says which, and the device asks its own.
TEST_F(OrdersOnDevice, AQuarantinedChipRenewsNothingAndOpensNothingBelowItsFloor) {
  device_.attestor = &chip_;
  ASSERT_TRUE(device_.Start());
  TakeQuarantine({}, chip_.facts.firmware - 1);
  Wait();
  EXPECT_TRUE(device_.RequestRenewal()) << "control: its firmware is newer";
  TakeQuarantine({});
  Wait();
  EK_EXPECT_ERROR(device_.RequestRenewal(), ErrorCode::kForbidden);
  EK_EXPECT_ERROR(device_.InstallLicence(licence_), ErrorCode::kForbidden);
  EXPECT_EQ(Open(), "opened") << "without a floor it goes on with what it has";
  TakeQuarantine(formats::Isolation::kVm);
  Wait();
  EXPECT_EQ(Open(), "forbidden");
  device_.attestor = nullptr;
  ASSERT_TRUE(device_.Start());
  EXPECT_EQ(Open(), "opened") << "control: another chip's device";
}

// Whoever runs the device keeps courier and `status` away: what it does under the policy takes the next one's word.
TEST_F(OrdersOnDevice, AQuarantineBeginsByItself) {
  device_.attestor = &chip_;
  ASSERT_TRUE(device_.Start());
  TakeQuarantine({});
  EXPECT_TRUE(device_.RequestRenewal()) << "control: it waits";
  Wait();
  EK_EXPECT_ERROR(device_.RequestRenewal(), ErrorCode::kForbidden);
  TakeQuarantine(formats::Isolation::kVm);
  EXPECT_EQ(Open(), "opened") << "control: it waits";
  Wait();
  EXPECT_EQ(Open(), "forbidden");
}

TEST_F(OrdersOnDevice, APackageBringsNoRenewalToAQuarantinedChip) {
  device_.attestor = &chip_;
  ASSERT_TRUE(device_.Start());
  TakeQuarantine({});
  Wait();
  ASSERT_EQ(Update(), "installed") << "with the licence that it has";
  licence_ = device_.Licence(publisher_, [](formats::Licence& licence) { licence.issued_at.value += 1; });
  EXPECT_EQ(Install(), "forbidden") << "the same one, issued later";
  licence_ = device_.Licence(publisher_, [](formats::Licence& licence) { licence.id.mutable_view()[0] ^= 1; });
  EXPECT_EQ(Install(), "forbidden") << "another one";
  device_.attestor = nullptr;
  ASSERT_TRUE(device_.Start());
  licence_ = device_.Licence(publisher_, [](formats::Licence& licence) { licence.issued_at.value += 1; });
  EXPECT_EQ(Update(), "installed") << "control: another chip's device";
}

TEST_F(OrdersOnDevice, AChipThatDoesNotAnswerIsNoneWithoutAFlaw) {
  device_.attestor = &chip_;
  ASSERT_TRUE(device_.Start());
  TakeQuarantine({});
  Wait();
  chip_.answers = false;
  EXPECT_EQ(Open(), "io");
  EK_EXPECT_ERROR(device_.RequestRenewal(), ErrorCode::kIo);
  chip_.answers = true;
  EXPECT_EQ(Open(), "opened") << "control";
}

// An order and an operations policy, a quarantine and an operations policy: whichever demands more.
TEST_F(OrdersOnDevice, TheStricterOfTwoDemandsHolds) {
  device_.attestor = &chip_;
  device_.settings.keep_isolation = device_.settings.cell_isolation = formats::Isolation::kVm;
  device_.anchor->set_kind(ports::AnchorKind::kTpm2);
  ASSERT_TRUE(device_.Start());
  TakeQuarantine(formats::Isolation::kVm);
  Wait();
  formats::OperationsPolicy operations;
  operations.sessions = 1;
  ASSERT_EQ(BringOperations(1, operations), "counts");
  Order bound = For(kBoundSessions, 1);
  bound.sessions = 64;
  ASSERT_EQ(Give(bound, {&olga_}), "obeyed");
  EXPECT_EQ(Open(), "opened");
  EXPECT_EQ(Open(), "busy") << "one by the policy, more by the order";
  operations.sessions = 64;
  ASSERT_EQ(BringOperations(2, operations), "counts");
  bound.sequence = 2;
  bound.sessions = 1;
  ASSERT_EQ(Give(bound, {&olga_}), "obeyed");
  EXPECT_EQ(Open(), "busy") << "one by the order, more by the policy";
  ASSERT_EQ(Give(For(kBoundSessions, 3), {&olga_}), "obeyed");
  EXPECT_EQ(Open(), "opened") << "control: by the policy alone";
  device_.CloseAll();
  operations.demands.isolation_floor = formats::Isolation::kTrustZone;
  ASSERT_EQ(BringOperations(3, operations), "counts");
  EXPECT_EQ(Open(), "forbidden") << "the policy's floor is higher than the quarantine's";
}

}  // namespace
}  // namespace edgekeep::keep
