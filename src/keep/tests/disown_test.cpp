// An order frees a device from its owner: one who vanished, one by mistake, one whose record is damaged. It is good for
// this ownership and no other.
#include "edgekeep/base/testing/expect_error.h"
#include "edgekeep/formats/device_request.h"
#include "edgekeep/formats/signed_object.h"
#include "fixture/device_order.h"
#include "fixture/owned_device.h"
#include "fixture/released_device.h"

namespace edgekeep::keep {
namespace {

using fixture::Buffer;
using fixture::kNow;
using fixture::OwnerOf;
using fixture::Survival;
using fixture::TestAuthority;
using People = release::fixture::People;

class DisownedDevice : public fixture::ReleasedDevice {
 protected:
  DisownedDevice() {
    world_.policy.version = 2;
    formats::OrderRule rule{.kind = formats::OrderKind::kRetire, .quorum = 2};
    EXPECT_TRUE(rule.roles.PushBack(formats::OrderRole::kRoot) && world_.policy.orders.PushBack(rule));
    EXPECT_EQ(world_.Adopt(device_, world_.Policy()), "waits");
    device_.clock.Pass(world_.policy.delay);
    EXPECT_EQ(device_.Status()->releases->policy_version, 2U);
    EXPECT_TRUE(StartOwned(device_));
    EXPECT_TRUE(EnrolWith(device_, owner_));
  }

  // By the device's own word.
  formats::Ownership Ownership() {
    const auto reply = device_.Ask(Door::kAdministrator, gate::Command::kShowOwnership, {});
    EXPECT_TRUE(reply);
    if (!reply) return {};
    const ByteView request = gate::DecodeBlob(reply->body.view()).value();
    const auto object = formats::DecodeSignedObject(formats::typ::kDeviceRequest, request).value();
    return formats::DecodeDeviceRequest(object.payload)->ownership.value();
  }

  Buffer OrderToDisown(std::uint64_t sequence, const People& people, const formats::Ownership& from) {
    formats::Order order = fixture::OrderTo(device_, formats::OrderAction::kDisown, sequence);
    order.ownership = from;
    return fixture::SignedOrder(order, people);
  }

  Buffer OrderToDisown(std::uint64_t sequence, const People& people) {
    return OrderToDisown(sequence, people, Ownership());
  }

  Buffer Transfer(const TestAuthority& giver, const TestAuthority& taker, std::uint64_t number) {
    fixture::Handover what{.giver = &giver, .taker = &taker, .number = number};
    what.edit = [&](formats::Transfer& transfer) {
      transfer.issued_at = device_.clock.Now().value();
      transfer.not_after = {transfer.issued_at.value + 86400};
    };
    return TransferOf(device_, what);
  }

  void DamageRecord() {
    (*device_.disk->ContentsOf("owner"))[40] ^= 1;
    device_.ForgetLastChange();
    ASSERT_TRUE(StartOwned(device_));
    EK_EXPECT_ERROR(OwnerOf(device_), ErrorCode::kDenied);
  }

  bool IsOwnedBy(const TestAuthority& authority) {
    const auto owned = OwnerOf(device_);
    return owned && owned->authority == DigestOfAuthority(authority);
  }

  // "obeyed", or the error's name.
  std::string Obeys(const Buffer& order) {
    const auto answer = fixture::GiveOrder(device_, order);
    return answer ? "obeyed" : edgekeep::NameOf(answer.error().code());
  }

  TestAuthority owner_ = fixture::AnAuthority("Owner"), next_ = fixture::AnAuthority("Next");
  const People two_ = {&world_.alice, &world_.bob};
};

TEST_F(DisownedDevice, IsNobodysUntilSomebodyIsNamed) {
  const formats::Ownership from = Ownership();
  EXPECT_EQ(Obeys(OrderToDisown(1, {&world_.alice})), "bad-signature") << "never by one alone";
  EXPECT_FALSE(OwnerOf(device_)->held.empty());
  const Buffer order = OrderToDisown(1, two_);
  EXPECT_EQ(Obeys(order), "obeyed");
  EXPECT_FALSE(OwnerOf(device_)->authority);
  EXPECT_EQ(OwnerOf(device_)->changes, 1U);
  EK_EXPECT_ERROR(fixture::AskFor(device_, {}), ErrorCode::kNotFound);
  EK_EXPECT_ERROR(device_.Ask(Door::kAdministrator, gate::Command::kShowOwnership, {}), ErrorCode::kNotFound);
  EXPECT_EQ(Obeys(OrderToDisown(2, two_, from)), "not-found");
  device_.PowerCycle(Survival::kNothing);
  ASSERT_TRUE(StartOwned(device_));
  EXPECT_FALSE(OwnerOf(device_)->authority) << "after a restart";
  ASSERT_TRUE(EnrolWith(device_, next_));
  EXPECT_EQ(OwnerOf(device_)->changes, 1U);
  EXPECT_EQ(Obeys(order), "wrong-version") << "not twice";
  EXPECT_EQ(OwnerOf(device_)->authority, DigestOfAuthority(next_));
}

// Who is damaged is nobody's either, and no transfer of before is good for it afterwards.
TEST_F(DisownedDevice, IsFreedOfADamagedRecordWhoseCountWasLost) {
  const Buffer before = Transfer(owner_, next_, 1), ahead = Transfer(owner_, next_, 2);
  const Buffer of_this_owner = OrderToDisown(1, two_);
  DamageRecord();
  EK_EXPECT_ERROR(HandOver(device_, before), ErrorCode::kDenied);
  EXPECT_EQ(Obeys(of_this_owner), "wrong-version") << "nobody sees any more whose it is";
  EXPECT_EQ(Obeys(OrderToDisown(1, two_)), "obeyed");
  ASSERT_TRUE(EnrolWith(device_, owner_)) << "the same owner again";
  EK_EXPECT_ERROR(HandOver(device_, before), ErrorCode::kWrongVersion);
  EK_EXPECT_ERROR(HandOver(device_, ahead), ErrorCode::kWrongVersion);
  EXPECT_TRUE(HandOver(device_, Transfer(owner_, next_, OwnerOf(device_)->changes + 1))) << "the control: the next one";
}

// Nor a transfer of between two damages, whatever the clock was set to at either.
TEST_F(DisownedDevice, IsFreedOfASecondDamagedRecordByACountAboveAll) {
  DamageRecord();
  EXPECT_EQ(Obeys(OrderToDisown(1, two_)), "obeyed");
  ASSERT_TRUE(EnrolWith(device_, owner_));
  const std::uint64_t first = OwnerOf(device_)->changes;
  const Buffer kept_back = OrderToDisown(3, two_);
  const Buffer transfer = Transfer(owner_, next_, first + 1);
  ASSERT_TRUE(HandOver(device_, transfer));
  DamageRecord();
  EXPECT_EQ(Obeys(OrderToDisown(2, two_)), "obeyed");
  EXPECT_GT(OwnerOf(device_)->changes, first + 1);
  ASSERT_TRUE(EnrolWith(device_, owner_)) << "the same owner again";
  EK_EXPECT_ERROR(HandOver(device_, transfer), ErrorCode::kWrongVersion);
  EXPECT_EQ(Obeys(kept_back), "wrong-version");
  EXPECT_TRUE(IsOwnedBy(owner_));
}

// Who has one up their sleeve has nothing against whoever comes next, nor against the same owner when they are back.
TEST_F(DisownedDevice, IsFreedFromTheOwnerWhomTheOrderNamesAlone) {
  const formats::Ownership first = Ownership();
  const Buffer kept_back = OrderToDisown(1, two_, first);
  ASSERT_TRUE(HandOver(device_, Transfer(owner_, next_, 1)));
  EXPECT_EQ(Obeys(kept_back), "wrong-version");
  EXPECT_EQ(Obeys(OrderToDisown(1, two_, {.changes = 1, .of = first.of})), "wrong-version") << "another's authority";
  EXPECT_EQ(Obeys(OrderToDisown(1, two_, {.changes = {}, .of = first.of})), "wrong-version") << "nothing is damaged";
  EXPECT_TRUE(IsOwnedBy(next_));
  ASSERT_TRUE(HandOver(device_, Transfer(next_, owner_, 2)));
  EXPECT_EQ(Obeys(kept_back), "wrong-version") << "of the former time";
  EXPECT_TRUE(IsOwnedBy(owner_));
  const Buffer of_this_time = OrderToDisown(1, two_);
  EXPECT_EQ(Obeys(of_this_time), "obeyed") << "the control; refused ones used up no number";
  EXPECT_FALSE(OwnerOf(device_)->authority);
  ASSERT_TRUE(EnrolWith(device_, owner_));
  EXPECT_EQ(Obeys(of_this_time), "wrong-version") << "replayed";
  EXPECT_TRUE(IsOwnedBy(owner_));
}

// Whoever is root can damage a record when they like.
TEST_F(DisownedDevice, IsFreedOfTheDamagedRecordThatTheOrderNamesAlone) {
  const Buffer whole = *device_.disk->ContentsOf("owner");
  DamageRecord();
  const formats::Ownership damaged = Ownership();
  EXPECT_FALSE(damaged.changes);
  const Buffer kept_back = OrderToDisown(1, two_, damaged);
  *device_.disk->ContentsOf("owner") = whole;
  EXPECT_EQ(Obeys(kept_back), "wrong-version") << "it was mended";
  ASSERT_TRUE(HandOver(device_, Transfer(owner_, next_, 1)));
  DamageRecord();
  EXPECT_EQ(Obeys(kept_back), "wrong-version") << "the next owner's";
  EXPECT_NE(Ownership().of, damaged.of);
  EXPECT_EQ(Obeys(OrderToDisown(1, two_)), "obeyed") << "the control";
  EXPECT_FALSE(OwnerOf(device_)->authority);
}

// However it is damaged, the order names the record that there has to be.
TEST_F(DisownedDevice, ADamagedRecordIsTheSameHoweverItIsDamaged) {
  const auto bound = crypto::Sha256(fixture::TestProvider(), {*device_.disk->ContentsOf("owner")}).value();
  const Buffer whole = *device_.disk->ContentsOf("owner");
  device_.ForgetLastChange();
  const Buffer damaged[] = {{}, {0xA0}, Buffer(whole.begin(), whole.end() - 1), Buffer(100'000, 7)};
  for (const Buffer& one : damaged) {
    *device_.disk->ContentsOf("owner") = one;
    ASSERT_TRUE(StartOwned(device_));
    EXPECT_EQ(Ownership(), (formats::Ownership{.changes = {}, .of = bound})) << one.size() << " bytes";
  }
  ASSERT_TRUE(device_.disk->Remove("owner"));
  ASSERT_TRUE(StartOwned(device_));
  EXPECT_EQ(Ownership(), (formats::Ownership{.changes = {}, .of = bound})) << "taken away";
  EXPECT_EQ(Obeys(OrderToDisown(1, two_)), "obeyed");
  EXPECT_FALSE(OwnerOf(device_)->authority);
  ASSERT_TRUE(EnrolWith(device_, next_)) << "the control: it goes on";
}

// Effect and number are two states: between them the order is given again, whoever was named meanwhile.
TEST_F(DisownedDevice, ACutLeavesTheOwnerOrNone) {
  const Buffer order = OrderToDisown(1, two_);
  bool has_seen_both = false;
  for (std::uint64_t step = 0;; ++step) {
    device_.disk->CutAt(device_.disk->num_steps() + step);
    const bool done = Obeys(order) == "obeyed";
    device_.disk->Heal();
    device_.PowerCycle(Survival::kEverything);
    ASSERT_TRUE(StartOwned(device_)) << "step " << step;
    const fixture::Owned owned = OwnerOf(device_).value();
    EXPECT_EQ(owned.authority.has_value(), !owned.held.empty()) << "step " << step;
    if (done) {
      EXPECT_TRUE(has_seen_both || !owned.authority);
      break;
    }
    if (!owned.authority) {
      has_seen_both = true;
      ASSERT_TRUE(EnrolWith(device_, next_)) << "step " << step;
    }
    ASSERT_LT(step, 100U);
  }
  EXPECT_TRUE(has_seen_both);
  EXPECT_EQ(OwnerOf(device_)->authority, DigestOfAuthority(next_)) << "the next owner stays";
}

TEST_F(DisownedDevice, ACutOrderIsNothingToTheOwnerAfterTheNext) {
  const Buffer order = OrderToDisown(1, two_);
  for (std::uint64_t step = 0; OwnerOf(device_)->authority; ++step) {
    device_.disk->CutAt(device_.disk->num_steps() + step);
    ASSERT_NE(Obeys(order), "obeyed") << "step " << step;
    device_.disk->Heal();
    device_.PowerCycle(Survival::kEverything);
    ASSERT_TRUE(StartOwned(device_)) << "step " << step;
  }
  ASSERT_TRUE(EnrolWith(device_, next_));
  ASSERT_TRUE(HandOver(device_, Transfer(next_, owner_, 2)));
  EXPECT_EQ(Obeys(order), "wrong-version");
  EXPECT_TRUE(IsOwnedBy(owner_));
}

}  // namespace
}  // namespace edgekeep::keep
