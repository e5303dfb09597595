// Orders to a device: who may give them, once, to whom, for how long; and what they change.
#include "edgekeep/base/testing/expect_error.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/formats/sign1.h"
#include "fixture/orders_on_device.h"

namespace edgekeep::keep {
namespace {

using fixture::Buffer;
using fixture::OrdersOnDevice;
using fixture::SignedOrder;
using fixture::Survival;
using formats::Order;
using People = release::fixture::People;
using enum formats::OrderAction;

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
  const Buffer hold = SignedOrder(For(kHoldInstalls, 5), {&olga_});
  const Buffer allow = SignedOrder(For(kAllowInstalls, 6), {&olga_});
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
  EXPECT_TRUE(device_.Status()->releases->suspended);
  EXPECT_EQ(Give(For(kResume, 2), two), "obeyed");
  EXPECT_EQ(Open(), "opened");
  EXPECT_FALSE(device_.Status()->releases->suspended);
}

TEST_F(OrdersOnDevice, HoldInstallsAndBoundSessions) {
  EXPECT_EQ(Give(For(kHoldInstalls, 1), {&olga_}), "obeyed");
  EXPECT_EQ(Install(), "forbidden");
  EXPECT_TRUE(device_.Status()->releases->installs_held);
  EXPECT_EQ(Give(For(kAllowInstalls, 2), {&olga_}), "obeyed");
  EXPECT_FALSE(device_.Status()->releases->installs_held);
  EXPECT_EQ(Install(), "installed");
  Order bound = For(kBoundSessions, 1);
  bound.sessions = 1;
  EXPECT_EQ(Give(bound, {&olga_}), "obeyed");
  EXPECT_EQ(Open(), "opened");
  EXPECT_EQ(Open(), "busy");
  EXPECT_EQ(device_.Status()->releases->max_sessions, 1U);
  EXPECT_EQ(Give(For(kBoundSessions, 2), {&olga_}), "obeyed");
  EXPECT_EQ(Open(), "opened");
  EXPECT_EQ(device_.Status()->releases->max_sessions, 0U);
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

TEST_F(OrdersOnDevice, AReportThatCannotBeMadeUsesNoNumberUp) {
  device_.attestor = &chip_;  // which swears to nothing
  ASSERT_TRUE(device_.Start());
  const Buffer order = SignedOrder(For(kReport, 1), {&olga_});
  EXPECT_EQ(Give(order), "unsupported");
  device_.attestor = nullptr;
  ASSERT_TRUE(device_.Start());
  EXPECT_EQ(Give(order), "obeyed");
  EXPECT_FALSE(answer_.empty());
  EXPECT_EQ(Give(order), "wrong-version") << "control: one that was made does";
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
  const Buffer order = SignedOrder(For(kReport, 1), {&olga_});
  Buffer body(gate::kMaxBodySize);
  CborWriter out(body);
  ASSERT_TRUE(gate::EncodeBlob(order, out));
  EK_EXPECT_ERROR(other.Ask(Door::kAdministrator, gate::Command::kOrder, out.written()), ErrorCode::kBadState);
}

}  // namespace
}  // namespace edgekeep::keep
