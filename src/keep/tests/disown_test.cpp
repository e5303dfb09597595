// An order frees a device from its owner: one who vanished, one by mistake, one whose record is damaged.
#include "edgekeep/base/testing/expect_error.h"
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

  Buffer OrderToDisown(std::uint64_t sequence, const People& people) {
    return fixture::SignedOrder(fixture::OrderTo(device_, formats::OrderAction::kDisown, sequence), people);
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
  EXPECT_EQ(Obeys(OrderToDisown(1, {&world_.alice})), "bad-signature") << "never by one alone";
  EXPECT_FALSE(OwnerOf(device_)->held.empty());
  const Buffer order = OrderToDisown(1, two_);
  EXPECT_EQ(Obeys(order), "obeyed");
  EXPECT_FALSE(OwnerOf(device_)->authority);
  EXPECT_EQ(OwnerOf(device_)->changes, 1U);
  EK_EXPECT_ERROR(fixture::AskFor(device_, {}), ErrorCode::kNotFound);
  EXPECT_EQ(Obeys(OrderToDisown(2, two_)), "not-found");
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
  const auto to_next = [&](std::uint64_t number) {
    fixture::Handover what{.giver = &owner_, .taker = &next_, .number = number};
    what.edit = [&](formats::Transfer& transfer) {
      transfer.issued_at = device_.clock.Now().value();
      transfer.not_after = {transfer.issued_at.value + 86400};
    };
    return TransferOf(device_, what);
  };
  const Buffer before = to_next(1), ahead = to_next(2);
  (*device_.disk->ContentsOf("owner"))[40] ^= 1;
  device_.ForgetLastChange();
  ASSERT_TRUE(StartOwned(device_));
  EK_EXPECT_ERROR(OwnerOf(device_), ErrorCode::kDenied);
  EK_EXPECT_ERROR(HandOver(device_, before), ErrorCode::kDenied);
  EXPECT_EQ(Obeys(OrderToDisown(1, two_)), "obeyed");
  ASSERT_TRUE(EnrolWith(device_, owner_)) << "the same owner again";
  EK_EXPECT_ERROR(HandOver(device_, before), ErrorCode::kWrongVersion);
  EK_EXPECT_ERROR(HandOver(device_, ahead), ErrorCode::kWrongVersion);
  EXPECT_TRUE(HandOver(device_, to_next(OwnerOf(device_)->changes + 1))) << "the control: the next one";
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

}  // namespace
}  // namespace edgekeep::keep
