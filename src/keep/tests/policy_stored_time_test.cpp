// A policy that waits, and what becomes of the stored time, which the state root does not bind.
#include "edgekeep/base/testing/expect_error.h"
#include "fixture/released_device.h"

namespace edgekeep::keep {
namespace {

using fixture::kNow;

class PolicyAndStoredTime : public fixture::ReleasedDevice {
 protected:
  static constexpr std::uint64_t kDelay = 10 * 86400;

  static void Run(fixture::TestDevice& device, std::uint64_t seconds) {
    for (std::uint64_t passed = 0; passed < seconds; passed += 3600) {
      device.clock.Pass(3600);
      device.NoticeTime();
    }
  }

  fixture::Buffer Next() {
    world_.policy.version = 2;
    world_.policy.notaries[0] = world_.mallory.Holder();
    return world_.Policy();
  }
};

// Whoever has the disk takes the stored time away: what it is made up for by cosigners who do not lie is no waiting.
TEST_F(PolicyAndStoredTime, AStoredTimeThatIsTakenAwayShortensNoDelay) {
  world_.policy.delay = kDelay;
  fixture::TestDevice device, control;
  for (fixture::TestDevice* each : {&device, &control}) {
    ASSERT_TRUE(each->Start());
    ASSERT_TRUE(world_.Initialise(*each, publisher_.Bundle()));
    Run(*each, 2 * kDelay);
  }
  const fixture::Buffer next = Next();
  for (fixture::TestDevice* each : {&device, &control}) EXPECT_EQ(world_.Adopt(*each, next), "waits");
  const UnixTime today{kNow.value + 2 * kDelay};
  for (int life = 0; life < 3; ++life) {
    device.Stop();
    EK_ASSERT_OK(device.disk->Remove("time"));
    ASSERT_TRUE(device.Start());
    world_.proof.cosignatures = {{&world_.log.notary, today}, {&world_.log.witness, today}};
    Release();
    EXPECT_EQ(world_.Refresh(device), "done");
    EXPECT_EQ(device.Status()->releases->policy_version, 1U) << life;
  }
  Run(device, kDelay + 86400);
  EXPECT_EQ(device.Status()->releases->policy_version, 2U) << "control: what is counted counts";
  Run(control, kDelay);
  EXPECT_EQ(control.Status()->releases->policy_version, 2U) << "control: undisturbed";
}

// Takes it away, or puts an older one there, while the policy is taken, and the newest back for the next start.
TEST_F(PolicyAndStoredTime, AStoredTimeThatComesBackShortensNoDelay) {
  world_.policy.delay = kDelay;
  const fixture::Buffer first = world_.Policy();
  const fixture::Buffer next = Next();
  for (const bool leaves_older : {false, true}) {
    fixture::TestDevice device;
    ASSERT_TRUE(device.Start());
    ASSERT_TRUE(world_.InitialiseWith(device, publisher_.Bundle(), first));
    const fixture::Buffer older = *device.disk->ContentsOf("time");
    Run(device, 2 * kDelay);
    device.Stop();
    const fixture::Buffer newest = *device.disk->ContentsOf("time");
    leaves_older ? void(*device.disk->ContentsOf("time") = older) : void(device.disk->Remove("time").has_value());
    ASSERT_TRUE(device.Start());
    EXPECT_EQ(world_.Adopt(device, next), "waits");
    device.Stop();
    *device.disk->ContentsOf("time") = newest;
    ASSERT_TRUE(device.Start());
    EXPECT_EQ(device.Status()->releases->policy_version, 1U) << leaves_older;
    Run(device, kDelay);
    EXPECT_EQ(device.Status()->releases->policy_version, 2U) << "control: what is counted counts";
  }
}

// Also where less was counted than is bound at once: what was taken away is of another life.
TEST_F(PolicyAndStoredTime, WhatWasTakenAwayIsOfAnotherLife) {
  Run(device_, 20 * 3600);
  device_.Stop();
  const fixture::Buffer newest = *device_.disk->ContentsOf("time");
  EK_ASSERT_OK(device_.disk->Remove("time"));
  ASSERT_TRUE(device_.Start());
  EXPECT_EQ(world_.Adopt(device_, Next()), "waits");
  device_.Stop();
  *device_.disk->ContentsOf("time") = newest;
  ASSERT_TRUE(device_.Start());
  EXPECT_EQ(device_.Status()->releases->policy_version, 1U);
  Run(device_, world_.policy.delay);
  EXPECT_EQ(device_.Status()->releases->policy_version, 2U) << "control: what is counted counts";
}

}  // namespace
}  // namespace edgekeep::keep
