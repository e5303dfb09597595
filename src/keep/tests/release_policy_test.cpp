// Trust policies and repairs of time on a device.
#include "../releases.h"
#include "../state.h"
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

  UnixTime Floor() { return device_.Status()->releases->time_floor; }

  fixture::Buffer Forward(std::uint64_t number, UnixTime time) {
    return world_.RepairSignedBy({&world_.alice, &world_.dave, &world_.erin}, {.number = number, .time = time});
  }

  fixture::Buffer Back(std::uint64_t number, UnixTime time, UnixTime ahead_from) {
    return world_.RepairSignedBy({&world_.alice, &world_.dave, &world_.erin},
                                 {.number = number, .time = time, .root_version = 0, .ahead_from = ahead_from});
  }

  // The root becomes theirs; both quorums say so.
  void HandOver(const release::fixture::People& heirs) {
    auto& repository = world_.repository;
    release::fixture::People signers = {&world_.alice, &world_.bob, &world_.carol};
    for (auto* heir : heirs) signers.push_back(heir);
    repository.signers["root"] = release::fixture::KeysOf(signers);
    repository.keys["root"] = release::fixture::KeysOf(heirs);
    repository.PublishRoot();
    ASSERT_EQ(world_.Refresh(device_), "done");
  }
};

// A rule that came later, whom a policy may name, is none for what was taken before: a device
// that does not start could not even be given another one.
TEST_F(PolicyOnDevice, OneThatWasTakenBeforeARuleStillCounts) {
  world_.policy.notaries[0] = world_.alice.Holder();
  const fixture::Buffer of_before = world_.Policy();
  fixture::TestDevice other;
  ASSERT_TRUE(other.Start());
  EK_EXPECT_ERROR(world_.InitialiseWith(other, publisher_.Bundle(), of_before), ErrorCode::kMalformed);  // control
  const auto store = [&](const fixture::Buffer& policy) {
    device_.Stop();
    const World world = device_.World();
    KeepState state(world, device_.settings, core::Vault::Unlock(world.provider, world.anchor).value());
    EXPECT_TRUE(LoadStanding(state));
    StoredPolicies next = state.releases->stored(state.clock.certain());
    next.counting = policy;
    EXPECT_TRUE(StorePolicies(state, next));
  };
  store(of_before);
  ASSERT_TRUE(device_.Start());
  EXPECT_EQ(Version(), 1U);
  EXPECT_EQ(world_.Adopt(device_, Next({&world_.alice, &world_.bob, &world_.carol})), "waits");
  store(world_.PolicySignedBy({&world_.alice, &world_.bob}));
  ASSERT_TRUE(device_.Start());
  EXPECT_FALSE(device_.Open()) << "control: who signed it is looked at";
  EXPECT_TRUE(device_.journal.Mentions("load the store"));
}

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

// The notary's own cosigner, or nobody, is a quorum for development alone; and nobody's word moves no time.
TEST_F(PolicyOnDevice, ProductionDemandsACosignerWhoIsIndependent) {
  const auto initialise = [&](fixture::TestDevice& device, const char* quorum, formats::PolicyProfile profile) {
    EXPECT_TRUE(device.Start());
    world_.log_policy = world_.log.Policy();
    world_.log_policy.replace(world_.log_policy.find("quorum two"), 10, quorum);
    world_.policy.log_policy = world_.log_policy;
    world_.policy.profile = profile;
    const auto done = world_.Initialise(device, publisher_.Bundle());
    return done ? std::string("done") : std::string(NameOf(done.error().code()));
  };
  fixture::TestDevice production, notarys, nobodys;
  EXPECT_EQ(initialise(production, "quorum none", formats::PolicyProfile::kProduction), "malformed");
  EXPECT_EQ(initialise(production, "quorum notary", formats::PolicyProfile::kProduction), "malformed");
  EXPECT_EQ(initialise(notarys, "quorum notary", formats::PolicyProfile::kDevelopment), "done") << "control";
  EXPECT_EQ(initialise(nobodys, "quorum none", formats::PolicyProfile::kDevelopment), "done") << "control";
  const UnixTime ahead{kNow.value + 20 * 86400};
  world_.proof.cosignatures = {{&world_.log.notary, ahead}, {&world_.log.witness, ahead}};
  Release();
  EXPECT_EQ(world_.Refresh(nobodys), "done");
  EXPECT_LT(nobodys.Status()->releases->time_floor, ahead);
  EXPECT_EQ(world_.Refresh(notarys), "done");
  EXPECT_EQ(notarys.Status()->releases->time_floor, ahead) << "control: a quorum of one moves it";
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

// Whoever has the device turns its clock ahead, leaves it there and starts the keep again, as often as they like.
TEST_F(PolicyOnDevice, NoTurnedClockShortensADelay) {
  ASSERT_EQ(world_.Adopt(device_, Next({&world_.alice, &world_.bob, &world_.carol})), "waits");
  const std::uint64_t floor = Floor().value;
  for (std::uint64_t life = 1; life <= 5; ++life) {
    device_.clock.Set({kNow.value + life * 365 * 86400});
    for (int minute = 0; minute < 15; ++minute) {
      device_.clock.Pass(60);
      device_.NoticeTime();
    }
    EXPECT_EQ(Version(), 1U);
    device_.Stop();
    ASSERT_TRUE(device_.Start());
  }
  EXPECT_GT(Floor().value, floor + world_.policy.delay) << "control: the floor itself jumped";
  const auto releases = device_.Status()->releases.value();
  EXPECT_EQ(releases.policy_version, 1U);
  EXPECT_GT(releases.waits_until, releases.time_floor) << "and whoever asks is told so";
  device_.clock.Pass(releases.waits_until.value - releases.time_floor.value);
  EXPECT_EQ(Version(), 2U) << "control: what is counted counts";
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
      KeysOf({&world_.alice, &world_.bob, &world_.carol, &world_.trent, &world_.erin, &world_.dave});
  repository.keys["root"] = KeysOf({&world_.trent, &world_.erin, &world_.dave});
  repository.PublishRoot();
  ASSERT_EQ(Update(), "installed") << "the root has changed";
  EXPECT_EQ(world_.Adopt(device_, Next({&world_.trent, &world_.erin, &world_.dave})), "bad-signature");
  EXPECT_EQ(world_.Adopt(device_, Next({&world_.trent, &world_.erin, &world_.dave, &world_.alice, &world_.bob})),
            "waits")
      << "control";
}

// Three keys of the root were stolen; the others' owners rotate them away while the thieves' policy waits.
TEST_F(PolicyOnDevice, RotatingTheRootStopsAPolicyThatWaits) {
  Release();
  ASSERT_EQ(world_.Adopt(device_, Next({&world_.alice, &world_.bob, &world_.carol})), "waits");
  HandOver({&world_.dave, &world_.erin, &world_.trent});
  device_.clock.Pass(world_.policy.delay);
  EXPECT_EQ(Version(), 1U);
  EXPECT_FALSE(device_.Status()->releases->waiting_policy);
  EXPECT_TRUE(device_.journal.Mentions("the trust policy that waited"));
}

TEST_F(PolicyOnDevice, ControlBothRootsPolicyOutlivesTheRotation) {
  Release();
  const fixture::Buffer both =
      Next({&world_.alice, &world_.bob, &world_.carol, &world_.dave, &world_.erin, &world_.trent});
  ASSERT_EQ(world_.Adopt(device_, both), "waits");
  HandOver({&world_.dave, &world_.erin, &world_.trent});
  device_.clock.Pass(world_.policy.delay);
  EXPECT_EQ(Version(), 2U);
}

// Whoever has stolen keys cannot keep the others' policy out by a version that nothing is above.
TEST_F(PolicyOnDevice, APolicyThatTheRootStoppedIsInNobodysWay) {
  Release();
  world_.policy.version = UINT64_MAX;
  ASSERT_EQ(world_.Adopt(device_, world_.Policy()), "waits");
  const fixture::Buffer both =
      Next({&world_.alice, &world_.bob, &world_.carol, &world_.dave, &world_.erin, &world_.trent});
  EXPECT_EQ(world_.Adopt(device_, both), "wrong-version") << "control: the root is still theirs";
  HandOver({&world_.dave, &world_.erin, &world_.trent});
  EXPECT_EQ(world_.Adopt(device_, both), "waits");
  device_.clock.Pass(world_.policy.delay);
  EXPECT_EQ(Version(), 2U);
}

TEST_F(PolicyOnDevice, WhatThePolicyBeforeJudgedIsNotInstalled) {
  Release();
  ASSERT_EQ(world_.Adopt(device_, Next({&world_.alice, &world_.bob, &world_.carol})), "waits");
  ASSERT_EQ(world_.Refresh(device_), "done");
  device_.clock.Pass(world_.policy.delay);
  EXPECT_EQ(Install(), "bad-state");
  world_.proof.notary = &world_.mallory;
  world_.Prove();
  EXPECT_EQ(Update(), "installed") << "control";
}

TEST_F(PolicyOnDevice, ARefreshEndsWhereThePolicyChanges) {
  Release();
  ASSERT_EQ(world_.Adopt(device_, Next({&world_.alice, &world_.bob, &world_.carol})), "waits");
  const auto give_nothing = [&] {
    const fixture::Buffer body = {2};
    const auto reply = device_.Ask(Door::kAdministrator, gate::Command::kGiveReleaseFile, body, {});
    return reply ? std::string("taken") : std::string(NameOf(reply.error().code()));
  };
  ASSERT_TRUE(device_.Ask(Door::kAdministrator, gate::Command::kRefreshRelease, {}));
  EXPECT_EQ(give_nothing(), "taken") << "control";
  device_.clock.Pass(world_.policy.delay);
  EXPECT_EQ(give_nothing(), "bad-state");
  EXPECT_EQ(Version(), 2U);
}

TEST_F(PolicyOnDevice, APolicyThatWasNotStoredDoesNotWait) {
  const fixture::Buffer next = Next({&world_.alice, &world_.bob, &world_.carol});
  device_.disk->CutAt(device_.disk->num_steps());
  EXPECT_EQ(world_.Adopt(device_, next), "io");
  device_.disk->Heal();
  EXPECT_EQ(world_.Adopt(device_, next), "waits");
  device_.PowerCycle(fixture::Survival::kNothing);
  ASSERT_TRUE(device_.Start());
  EXPECT_EQ(device_.Status()->releases->waiting_policy, 2U);
}

TEST_F(PolicyOnDevice, ARepairThatFailedCanBeTakenAgain) {
  for (std::uint64_t number = 1; number < 100; ++number) {
    const UnixTime time{kNow.value + 9000 + number};
    const fixture::Buffer repair = Forward(number, time);
    device_.disk->CutAt(device_.disk->num_steps() + number - 1);
    const std::string first = world_.Adopt(device_, repair);
    device_.disk->Heal();
    if (first == "counts") return;
    EXPECT_NE(world_.Adopt(device_, repair), "io") << number;
    EXPECT_EQ(Floor(), time) << number;
    EXPECT_EQ(world_.Adopt(device_, repair), "wrong-version") << number;
  }
  FAIL() << "no repair ever succeeded";
}

TEST_F(PolicyOnDevice, ARepairShortensNoDelayAndMakesNoneEndless) {
  ASSERT_EQ(world_.Adopt(device_, Next({&world_.alice, &world_.bob, &world_.carol})), "waits");
  ASSERT_EQ(world_.Adopt(device_, Forward(1, {kNow.value + 900'000})), "counts");
  EXPECT_EQ(Version(), 1U);
  ASSERT_EQ(world_.Adopt(device_, Back(2, {kNow.value - 900'000}, {kNow.value + 900'000})), "counts");
  device_.clock.Pass(world_.policy.delay - 60);
  EXPECT_EQ(Version(), 1U);
  device_.clock.Pass(60);
  EXPECT_EQ(Version(), 2U);
}

TEST_F(PolicyOnDevice, ARootThatTurnedOverChangesThePolicyInTime) {
  Release();
  ASSERT_EQ(world_.Refresh(device_), "done") << "which moves the floor";
  HandOver({&world_.trent, &world_.erin, &world_.dave});
  const fixture::Buffer theirs = Next({&world_.trent, &world_.erin, &world_.dave});
  device_.clock.Pass(world_.policy.delay - 60);
  EXPECT_EQ(world_.Adopt(device_, theirs), "bad-signature") << "control";
  device_.clock.Pass(60);
  EXPECT_EQ(Version(), 1U);
  device_.PowerCycle(fixture::Survival::kNothing);
  ASSERT_TRUE(device_.Start());
  EXPECT_EQ(world_.Adopt(device_, theirs), "waits");
  device_.clock.Pass(world_.policy.delay);
  EXPECT_EQ(Version(), 2U);
}

TEST_F(PolicyOnDevice, ARepairSetsTimeBackAndForward) {
  const fixture::Buffer by_two = world_.RepairSignedBy({&world_.alice, &world_.bob}, {.number = 1, .time = {9}});
  EXPECT_EQ(world_.Adopt(device_, by_two), "bad-signature");
  EXPECT_EQ(world_.Adopt(device_, Forward(1, {kNow.value + 900'000})), "counts");
  EXPECT_EQ(Floor().value, kNow.value + 900'000);
  EXPECT_EQ(world_.Adopt(device_, Back(2, {kNow.value - 500}, {kNow.value + 900'000})), "counts");
  EXPECT_EQ(Floor().value, kNow.value - 500);
  EXPECT_EQ(world_.Adopt(device_, Forward(1, {kNow.value + 900'000})), "wrong-version") << "seen before";
  EXPECT_EQ(world_.Adopt(device_, Forward(2, {kNow.value + 900'000})), "wrong-version");
  device_.PowerCycle(fixture::Survival::kNothing);
  ASSERT_TRUE(device_.Start());
  EXPECT_EQ(Floor().value, kNow.value - 500);
}

TEST_F(PolicyOnDevice, ARepairOfTimeUsesNoLease) {
  licence_ = device_.Licence(
      publisher_, [](formats::Licence& licence) { licence.terms.lease = formats::Lease{.seconds = 30 * 86400}; });
  Release();
  ASSERT_EQ(Update(), "installed");
  const auto used = [this] { return device_.Status()->products[0].lease.value().used_seconds; };
  EXPECT_EQ(world_.Adopt(device_, Forward(1, {kNow.value + 900'000})), "counts");
  EXPECT_EQ(used(), 0U);
  EXPECT_EQ(world_.Adopt(device_, Back(2, {kNow.value - 500}, {kNow.value + 900'000})), "counts");
  EXPECT_EQ(used(), 0U);
  device_.clock.Pass(1000);
  device_.anchor->time.milliseconds += 1'000'000;
  EXPECT_EQ(used(), 1000U) << "control";
}

TEST_F(PolicyOnDevice, ARepairIsForDevicesThatNeedIt) {
  const UnixTime floor = Floor();
  EXPECT_EQ(world_.Adopt(device_, Forward(1, {floor.value - 1})), "waits") << "forward sets nobody back";
  EXPECT_EQ(world_.Adopt(device_, Back(2, {floor.value - 90'000}, {floor.value + 1})), "waits");
  EXPECT_EQ(Floor(), floor);
  device_.PowerCycle(fixture::Survival::kNothing);
  ASSERT_TRUE(device_.Start());
  EXPECT_EQ(world_.Adopt(device_, Back(2, {floor.value - 90'000}, {floor.value - 1})), "wrong-version") << "used up";
  EXPECT_EQ(world_.Adopt(device_, Back(3, {floor.value - 90'000}, floor)), "counts") << "control";
  EXPECT_EQ(Floor().value, floor.value - 90'000);
}

// A repair that was signed when a floor had been pushed ahead is kept back until everybody's has got there.
TEST_F(PolicyOnDevice, AnOldRepairTurnsNoDeviceBack) {
  Release();
  const UnixTime pushed{kNow.value + 10 * 86400};
  const fixture::Buffer repair = Back(1, kNow, pushed);
  fixture::TestDevice seen, unaware;
  for (fixture::TestDevice* other : {&seen, &unaware}) {
    ASSERT_TRUE(other->Start());
    ASSERT_TRUE(world_.Initialise(*other, publisher_.Bundle()));
  }
  ASSERT_EQ(world_.Refresh(device_), "done");
  ASSERT_EQ(world_.Adopt(seen, repair), "waits");
  world_.repository.PublishRoot();
  ASSERT_EQ(world_.Refresh(device_), "done") << "the root is renewed";
  for (fixture::TestDevice* other : {&device_, &seen, &unaware}) other->clock.Pass(11 * 86400);
  EXPECT_EQ(world_.Adopt(device_, repair), "wrong-version") << "another root";
  EXPECT_EQ(world_.Adopt(seen, repair), "wrong-version") << "used up";
  EXPECT_GT(Floor(), pushed);
  EXPECT_EQ(world_.Adopt(unaware, repair), "counts") << "control";
  EXPECT_LT(unaware.Status()->releases->time_floor, pushed);
}

// What anybody can publish again is asked for again; the root, which says who may, is not.
TEST_F(PolicyOnDevice, DamagedMetadataComeAgain) {
  Release();
  ASSERT_EQ(Update(), "installed");
  for (const std::string name : {"metadata.timestamp.json", "metadata.snapshot.json", "metadata.targets.json"}) {
    device_.Stop();
    device_.disk->ContentsOf(name)->front() ^= 1;
    ASSERT_TRUE(device_.Start());
    EXPECT_TRUE(device_.Status()) << name;
    EXPECT_EQ(Update(), "installed") << name;
    EXPECT_TRUE(device_.journal.Mentions(name)) << name;
  }
  device_.Stop();
  device_.disk->ContentsOf("metadata.root.json")->front() ^= 1;
  ASSERT_TRUE(device_.Start());
  EXPECT_EQ(Update(), "denied") << "control";
}

}  // namespace
}  // namespace edgekeep::keep
