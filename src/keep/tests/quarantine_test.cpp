// Chips with a flaw: what a device does not do any more, from when on, whoever asks it for what.
#include "edgekeep/base/testing/expect_error.h"
#include "fixture/orders_on_device.h"

namespace edgekeep::keep {
namespace {

using fixture::OrdersOnDevice;
using formats::Order;
using enum formats::OrderAction;

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
  EXPECT_FALSE(device_.Status()->releases->quarantined);
  Wait();
  EK_EXPECT_ERROR(device_.RequestRenewal(), ErrorCode::kForbidden);
  EXPECT_TRUE(device_.Status()->releases->quarantined);
  TakeQuarantine(formats::Isolation::kVm);
  EXPECT_EQ(Open(), "opened") << "control: it waits";
  Wait();
  EXPECT_EQ(Open(), "forbidden");
}

// Nobody fills a disk to escape a quarantine. A disk that is full by itself stops nothing that is licensed, whatever
// waits, and is told of.
TEST_F(OrdersOnDevice, AFullDiskEndsNoQuarantineAndBeginsNone) {
  device_.attestor = &chip_;
  ASSERT_TRUE(device_.Start());
  world_.policy.version += 1;
  world_.policy.delay = 4 * 86400;
  TakePolicy();
  const std::uint64_t before = world_.policy.version;
  TakeQuarantine(formats::Isolation::kVm);
  device_.disk->FullFrom(0);
  device_.clock.Pass(2 * 86400);  // what is certain of time would be bound by now
  EXPECT_EQ(Open(), "opened") << "it waits";
  EXPECT_TRUE(device_.Status());
  device_.clock.Pass(2 * 86400);
  EXPECT_EQ(Open(), "forbidden");
  EK_EXPECT_ERROR(device_.RequestRenewal(), ErrorCode::kForbidden);
  EXPECT_EQ(device_.Status()->releases->policy_version, before) << "it could not be taken";
  device_.disk->Heal();
  EXPECT_EQ(device_.Status()->releases->policy_version, before + 1) << "control: with room it is";
  EXPECT_EQ(Open(), "forbidden");
  device_.attestor = nullptr;
  ASSERT_TRUE(device_.Start());
  EXPECT_EQ(Open(), "opened") << "control: another chip's device";
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
