// Orders and retirements on their way through the people who give them: by the root of now, and while a change of the
// root is young, by the one before as well.
#include "edgekeep/author/order.h"

#include "edgekeep/author/ownership.h"
#include "edgekeep/author/retirement.h"
#include "edgekeep/formats/retirement.h"
#include "edgekeep/release/order.h"
#include "edgekeep/release/trust_policy.h"
#include "licence_fixture.h"
#include "policy_crew.h"

namespace edgekeep::author {
namespace {

using enum formats::OrderAction;

// Alice, bob and carol are the first root's. The next one has dave in carol's place; two of it control and retire.
struct TwoRoots {
  TwoRoots() {
    PolicyContent content = DevelopmentPolicy();
    content.officers = {OtherKeysOf("olga").holder};
    content.orders = {{.kind = formats::OrderKind::kTelemetry, .quorum = 1, .who = {"olga"}},
                      {.kind = formats::OrderKind::kUpdate, .quorum = 1, .who = {"root"}},
                      {.kind = formats::OrderKind::kControl, .quorum = 2, .who = {"root"}},
                      {.kind = formats::OrderKind::kRetire, .quorum = 2, .who = {"root"}}};
    policy = PolicyOf(content, first);
    const Directory directory;
    const RootChange change{
        .replace = {}, .remove = {"carol"}, .add = {OtherKeysOf("dave").holder}, .expires = {kNow.value + 1000}};
    EXPECT_TRUE(StartRootChange(TestContext(), directory / "root", first, change));
    for (const char* name : {"alice", "bob"}) EXPECT_TRUE(author::Sign(directory / "root", first, OpenedKeysOf(name)));
    next = FinishRoot(TestContext(), directory / "root", first).value();
  }

  Done Sign(const std::string& folder, const OrderTrust& trust, const Digest& digest, const std::string& name) const {
    const bool is_crew = name == "alice" || name == "bob" || name == "carol";
    if (is_crew) return SignOrder(TestContext(), folder, trust, digest, OpenedKeysOf(name));
    return SignOrder(TestContext(), folder, trust, digest, OtherKeysOf(name));
  }

  std::string first = FirstRoot();
  std::string next;
  Buffer policy;
};

const TwoRoots& Roots() {
  static const TwoRoots roots;
  return roots;
}

class OrdersOfPeople : public testing::Test {
 protected:
  OrderTrust Trust(const std::string& root, const std::string& root_before = "") const {
    return {.policy = Bytes::Copy(Roots().policy).value(),
            .root = root,
            .policy_root = Roots().first,
            .root_before = root_before};
  }

  // By these people, on top of what others signed.
  void Start(formats::OrderAction action, const DeviceId& device, const OrderTrust& trust) {
    formats::Order order{.authority = "acme",
                         .action = action,
                         .devices = {},
                         .sequence = 1,
                         .issued_at = kNow,
                         .not_after = {kNow.value + 60},
                         .product = {},
                         .sessions = {}};
    EXPECT_TRUE(order.devices.PushBack(device));
    order.ownership = ownership_;
    folder_ = directory_ / ("order" + std::to_string(num_orders_++));
    EK_ASSERT_DONE(StartOrder(TestContext(), folder_, order, trust));
  }

  Done Give(const std::string& name, const OrderTrust& trust) {
    const auto review = ReviewOrder(TestContext(), folder_, trust);
    if (!review) return review.error();
    return Roots().Sign(folder_, trust, review->digest, name);
  }

  std::string Finish(const OrderTrust& trust) {
    const auto order = FinishOrder(TestContext(), folder_, trust);
    if (!order) return NameOf(order.error().code);
    object_ = {order->view().begin(), order->view().end()};
    return "finished";
  }

  // What a device with this root alone says to it.
  std::string TakenBy(const std::string& root) {
    const auto policy = release::VerifyTakenPolicy(TestContext().provider, Roots().policy, AsBytes(Roots().first));
    const auto taken = release::VerifyOrder(TestContext().provider, policy->policy(), AsBytes(root), object_);
    return taken ? "taken" : NameOf(taken.error().code());
  }

  std::size_t NumSignatures() const {
    return formats::DecodeSignedObject(formats::typ::kOrder, object_)->signatures.size();
  }

  Directory directory_;
  std::string folder_;
  Buffer object_;
  int num_orders_ = 0;
  std::optional<formats::Ownership> ownership_;  // of the next order
};

TEST_F(OrdersOfPeople, AreFinishedByTheirQuorumAlone) {
  const OrderTrust trust = Trust(Roots().first);
  Start(kSuspend, DeviceId(), trust);
  EK_ASSERT_DONE(Give("alice", trust));
  EK_ASSERT_DONE(Give("alice", trust));
  EXPECT_EQ(Finish(trust), "bad-signature") << "one person, twice";
  ExpectFailure(Give("dave", trust), ErrorCode::kUntrusted);
  ExpectFailure(Give("olga", trust), ErrorCode::kUntrusted);
  const auto review = ReviewOrder(TestContext(), folder_, trust);
  EK_ASSERT_DONE(review);
  ASSERT_EQ(review->tallies.size(), 1U);
  EXPECT_EQ(review->tallies[0].num_signed, 1U);
  EXPECT_FALSE(review->is_complete());
  Digest other = review->digest;
  other.mutable_view()[0] ^= 1;
  ExpectFailure(Roots().Sign(folder_, trust, other, "bob"), ErrorCode::kWrongVersion);
  EK_ASSERT_DONE(Give("bob", trust));
  EK_ASSERT_DONE(Give("carol", trust));
  EXPECT_EQ(Finish(trust), "finished");
  EXPECT_EQ(TakenBy(Roots().first), "taken");
  EXPECT_EQ(NumSignatures(), 4U) << "two people in two classes";
  formats::Order nobody{.authority = "acme",
                        .action = kEndLicence,
                        .devices = {},
                        .sequence = 1,
                        .issued_at = kNow,
                        .not_after = {kNow.value + 60},
                        .product = Product(),
                        .sessions = {}};
  EXPECT_TRUE(nobody.devices.PushBack(DeviceId()));
  ExpectFailure(StartOrder(TestContext(), directory_ / "nobody", nobody, trust), ErrorCode::kForbidden);
}

// A device refuses what the root before does not stand behind; so does whoever finishes it, and people of either root
// add what is missing.
TEST_F(OrdersOfPeople, DangerousOnesAreCountedByTheRootBeforeAsWell) {
  const OrderTrust both = Trust(Roots().next, Roots().first);
  Start(kSuspend, DeviceId(), both);
  EK_ASSERT_DONE(Give("alice", both));
  EK_ASSERT_DONE(Give("dave", both));
  EXPECT_EQ(Finish(both), "bad-signature") << "one person of the root before";
  EXPECT_EQ(Finish(Trust(Roots().next)), "finished") << "control: by the root of now alone";
  EXPECT_EQ(TakenBy(Roots().next), "taken");
  EXPECT_EQ(TakenBy(Roots().first), "bad-signature") << "and no device with the former takes it";
  const auto review = ReviewOrder(TestContext(), folder_, both);
  EK_ASSERT_DONE(review);
  ASSERT_EQ(review->tallies.size(), 2U);
  EXPECT_TRUE(review->tallies[0].is_complete());
  EXPECT_FALSE(review->tallies[1].is_complete());
  EXPECT_FALSE(review->is_complete());
  ExpectFailure(Give("carol", Trust(Roots().next)), ErrorCode::kUntrusted);  // control: she left
  EK_ASSERT_DONE(Give("carol", both));
  EXPECT_EQ(Finish(both), "finished");
  EXPECT_EQ(TakenBy(Roots().first), "taken");
  EXPECT_EQ(TakenBy(Roots().next), "taken");
  EXPECT_EQ(NumSignatures(), 6U);
}

TEST_F(OrdersOfPeople, WhoIsInBothRootsSignsOnce) {
  const OrderTrust both = Trust(Roots().next, Roots().first);
  Start(kResume, DeviceId(), both);
  for (const char* name : {"carol", "dave", "alice", "bob"}) EK_ASSERT_DONE(Give(name, both));
  EXPECT_EQ(Finish(both), "finished");
  EXPECT_EQ(NumSignatures(), 4U) << "alice and bob are enough for both";
  EXPECT_EQ(TakenBy(Roots().first), "taken");
  EXPECT_EQ(TakenBy(Roots().next), "taken");
}

// What can be undone, devices take from the root of now.
TEST_F(OrdersOfPeople, OthersAreCountedByTheRootOfNow) {
  const OrderTrust both = Trust(Roots().next, Roots().first);
  Start(kHoldInstalls, DeviceId(), both);
  ExpectFailure(Give("carol", both), ErrorCode::kUntrusted);
  EK_ASSERT_DONE(Give("dave", both));
  EXPECT_EQ(Finish(both), "finished");
  EXPECT_EQ(TakenBy(Roots().next), "taken");
}

// Whose it is, only the device says.
TEST_F(OrdersOfPeople, TheyFreeADeviceByItsOwnWordOfWhoseItIs) {
  TestDevice device;
  const TestDevice another;
  const std::string path = directory_ / "d.ekd";
  WriteAll(path, device.Request(device));
  ExpectFailure(ReadOwnership(TestContext(), path), ErrorCode::kNotFound);  // a request for a licence
  device.ownership = formats::Ownership{.changes = 3, .of = Digest({9})};
  WriteAll(path, device.Request(another));
  ExpectFailure(ReadOwnership(TestContext(), path), ErrorCode::kUntrusted);
  Buffer edited = device.Request(device);
  const auto digest = std::ranges::search(edited, device.ownership->of.view());
  ASSERT_FALSE(digest.empty());
  digest.front() ^= 1;
  WriteAll(path, edited);
  ExpectFailure(ReadOwnership(TestContext(), path), ErrorCode::kBadSignature);
  WriteAll(path, device.Request(device));  // the control
  const auto owned = ReadOwnership(TestContext(), path);
  EK_ASSERT_DONE(owned);
  EXPECT_EQ(owned->device, device.id());
  EXPECT_EQ(owned->ownership, device.ownership);
  ExpectFailure(ReadOwnership(TestContext(), directory_ / "none.ekd"), ErrorCode::kNotFound);
}

TEST_F(OrdersOfPeople, WhoeverGivesOneToDisownSeesFromWhom) {
  const OrderTrust trust = Trust(Roots().first);
  const auto line = [&](const formats::Ownership& ownership) {
    ownership_ = ownership;
    Start(kDisown, DeviceId(), trust);
    const auto review = ReviewOrder(TestContext(), folder_, trust);
    return review ? review->lines.back() : NameOf(review.error().code);
  };
  EXPECT_EQ(line({.changes = 3, .of = Digest()}), "frees it from the authority whose certificate has the SHA-256 " +
                                                      std::string(64, '0') + ", after 3 changes of owner");
  EXPECT_EQ(line({.changes = {}, .of = Digest()}),
            "frees it from an owner whose record is damaged: the record with the SHA-256 " + std::string(64, '0'));
}

TEST_F(OrdersOfPeople, ACertificateOfRetirementIsJudgedByBothRoots) {
  const TestDevice device;
  const OrderTrust both = Trust(Roots().next, Roots().first);
  Start(kRetire, device.id(), both);
  EK_ASSERT_DONE(Give("alice", both));
  EK_ASSERT_DONE(Give("dave", both));
  const auto certify = [&] {
    const formats::RetirementCertificate certificate{
        .order = object_,
        .identity = {static_cast<std::uint16_t>(device.algorithm()), device.public_key()},
        .retired_at = kNow,
        .evidence = {}};
    Buffer buffer(formats::kMaxSignedRetirement);
    CborWriter payload(buffer);
    EXPECT_TRUE(formats::EncodeRetirementCertificate(certificate, payload));
    const sealing::SigningKey* const keys[] = {&device};
    const Bytes bytes =
        sealing::SignObject(TestContext().provider, formats::typ::kRetirement, payload.written(), keys).value();
    WriteAll(directory_ / "d.ekx", {bytes.view().begin(), bytes.view().end()});
    return directory_ / "d.ekx";
  };
  EXPECT_EQ(Finish(Trust(Roots().next)), "finished");
  const std::string early = certify();
  ExpectFailure(VerifyRetirementFile(TestContext(), early, &both), ErrorCode::kBadSignature);
  const OrderTrust now = Trust(Roots().next);
  EK_ASSERT_DONE(VerifyRetirementFile(TestContext(), early, &now));  // control
  EK_ASSERT_DONE(Give("bob", both));
  EXPECT_EQ(Finish(both), "finished");
  const auto retired = VerifyRetirementFile(TestContext(), certify(), &both);
  EK_ASSERT_DONE(retired);
  EXPECT_TRUE(retired->was_given);
  EXPECT_EQ(retired->device, device.id());
}

}  // namespace
}  // namespace edgekeep::author
