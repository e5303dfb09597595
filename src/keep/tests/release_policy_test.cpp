// Trust policies and repairs of time on a device.
#include "edgekeep/base/testing/expect_error.h"
#include "fixture/released_device.h"

namespace edgekeep::keep {
namespace {

using fixture::kNow;

class PolicyOnDevice : public fixture::ReleasedDevice {
 protected:
  std::uint64_t Version() { return device_.Status()->releases->policy_version; }

  fixture::Buffer Next(const release::fixture::People& people) {
    world_.policy.version = 2;
    world_.policy.notaries[0] = world_.mallory.Holder();
    return world_.PolicySignedBy(people);
  }
};

TEST_F(PolicyOnDevice, TheFirstIsTheRootsAndThePublishers) {
  fixture::TestDevice device;
  ASSERT_TRUE(device.Start());
  const auto initialise = [&](const fixture::Buffer& policy) {
    const auto done = world_.InitialiseWith(device, publisher_.Bundle(), policy);
    return done ? std::string("done") : std::string(NameOf(done.error().code()));
  };
  EXPECT_EQ(initialise(world_.PolicySignedBy({&world_.alice, &world_.bob})), "bad-signature");
  EXPECT_EQ(initialise({}), "malformed");
  world_.policy.authority = "other";
  EXPECT_EQ(initialise(world_.Policy()), "wrong-product");
  EXPECT_TRUE(device.disk->AllPaths().empty());
  world_.policy.authority = "acme";
  EXPECT_EQ(initialise(world_.Policy()), "done") << "control";
  EXPECT_EQ(initialise(world_.Policy()), "done") << "asked again";
  EK_EXPECT_ERROR(device.Initialise(publisher_.Bundle()), ErrorCode::kAlreadyExists);
  world_.policy.version = 7;
  EXPECT_EQ(initialise(world_.Policy()), "already-exists");
}

TEST_F(PolicyOnDevice, ApproversSwapNoNotary) {
  EXPECT_EQ(world_.Adopt(device_, Next({&world_.alice, &world_.bob})), "bad-signature");
  device_.clock.Pass(10 * 3600);
  EXPECT_EQ(Version(), 1U);
  EXPECT_EQ(world_.Adopt(device_, Next({&world_.alice, &world_.bob, &world_.dave})), "waits") << "control";
}

TEST_F(PolicyOnDevice, AChangeCountsAfterItsDelayOfTrustedTime) {
  const fixture::Buffer next = Next({&world_.alice, &world_.bob, &world_.carol});
  ASSERT_EQ(world_.Adopt(device_, next), "waits");
  device_.clock.Set({kNow.value + 365 * 86400});  // a turned clock is no trusted time
  EXPECT_EQ(Version(), 1U);
  device_.clock.Set(kNow);
  device_.clock.Pass(world_.policy.delay - 60);
  EXPECT_EQ(Version(), 1U);
  EXPECT_EQ(world_.Adopt(device_, next), "waits") << "handed in again it begins no new delay";
  device_.PowerCycle(fixture::Survival::kNothing);
  ASSERT_TRUE(device_.Start());
  EXPECT_EQ(Version(), 1U) << "what ran since the last hour is lost, not gained";
  device_.clock.Pass(world_.policy.delay);
  EXPECT_EQ(Version(), 2U);
  // The new notary's verdict counts, and the old one's does no more.
  world_.proof.notary = &world_.nora;
  Release();
  EXPECT_EQ(Update(), "untrusted");
  world_.proof.notary = &world_.mallory;
  world_.Prove();
  EXPECT_EQ(Update(), "installed") << "control";
}

TEST_F(PolicyOnDevice, AnOlderOneDoesNotComeBack) {
  const fixture::Buffer first = world_.Policy();
  ASSERT_EQ(world_.Adopt(device_, Next({&world_.alice, &world_.bob, &world_.carol})), "waits");
  EXPECT_EQ(world_.Adopt(device_, first), "wrong-version");
  world_.policy.version = 3;
  EXPECT_EQ(world_.Adopt(device_, world_.Policy()), "waits");
  EXPECT_EQ(world_.Adopt(device_, Next({&world_.alice, &world_.bob, &world_.carol})), "wrong-version");
}

TEST_F(PolicyOnDevice, WhoeverTookOverTheRootNeedsThePeopleBefore) {
  using release::fixture::KeysOf;
  Release();
  auto& repository = world_.repository;
  repository.signers["root"] =
      KeysOf({&world_.alice, &world_.bob, &world_.carol, &world_.mallory, &world_.nora, &world_.dave});
  repository.keys["root"] = KeysOf({&world_.mallory, &world_.nora, &world_.dave});
  repository.PublishRoot();
  ASSERT_EQ(Update(), "installed") << "the root has changed";
  EXPECT_EQ(world_.Adopt(device_, Next({&world_.mallory, &world_.nora, &world_.dave})), "bad-signature");
  EXPECT_EQ(world_.Adopt(device_, Next({&world_.mallory, &world_.nora, &world_.dave, &world_.alice, &world_.bob})),
            "waits")
      << "control";
}

TEST_F(PolicyOnDevice, ARepairSetsTimeBackAndForward) {
  const auto repair = [&](std::uint64_t number, std::uint64_t time) {
    return world_.RepairSignedBy({&world_.alice, &world_.dave, &world_.erin}, {.number = number, .time = {time}});
  };
  const auto floor = [&] { return device_.Status()->releases->time_floor.value; };
  EXPECT_EQ(world_.Adopt(device_, world_.RepairSignedBy({&world_.alice, &world_.bob}, {.number = 1, .time = {9}})),
            "bad-signature");
  EXPECT_EQ(world_.Adopt(device_, repair(1, kNow.value + 900'000)), "counts");
  EXPECT_EQ(floor(), kNow.value + 900'000);
  EXPECT_EQ(world_.Adopt(device_, repair(2, kNow.value - 500)), "counts");
  EXPECT_EQ(floor(), kNow.value - 500);
  EXPECT_EQ(world_.Adopt(device_, repair(1, kNow.value + 900'000)), "wrong-version") << "taken before";
  EXPECT_EQ(world_.Adopt(device_, repair(2, kNow.value + 900'000)), "wrong-version");
  device_.PowerCycle(fixture::Survival::kNothing);
  ASSERT_TRUE(device_.Start());
  EXPECT_EQ(floor(), kNow.value - 500);
}

}  // namespace
}  // namespace edgekeep::keep
