// The power goes at each step of what a device under releases writes: it comes back with a complete, verified set, and
// going on ends where it would have ended.
#include <map>

#include "edgekeep/base/testing/cut_stride.h"
#include "edgekeep/base/testing/expect_error.h"
#include "fixture/released_device.h"

namespace edgekeep::keep {
namespace {

using fixture::kNow;
using fixture::Survival;

constexpr Survival kSurvivals[] = {Survival::kNothing, Survival::kEverything};

class ReleaseCuts : public testing::Test {
 protected:
  ReleaseCuts() { world_.Release(3, {package_.file, grant_, 2}); }

  // Initialised, refreshed, installed; whatever of it was done before is found done.
  std::string Go(fixture::TestDevice& device) {
    if (!device.Start()) return "no start";
    const auto initialised = world_.Initialise(device, publisher_.Bundle());
    if (!initialised) return NameOf(initialised.error().code());
    const std::string refreshed = world_.Refresh(device);
    if (refreshed != "done") return refreshed;
    const auto installed = device.Install(package_, grant_, device.Licence(publisher_));
    return installed ? "installed" : NameOf(installed.error().code());
  }

  fixture::ReleaseWorld world_;
  fixture::TestPublisher publisher_;
  fixture::Package package_ = publisher_.Seal({3}, fixture::Pattern(3000, 7));
  fixture::Buffer grant_ = publisher_.Grant(package_, {4});
};

TEST_F(ReleaseCuts, AtEachStepFromTheFirstTrustToTheInstall) {
  fixture::TestDevice whole;
  ASSERT_EQ(Go(whole), "installed");
  const std::uint64_t steps = whole.disk->num_steps();
  ASSERT_GT(steps, 40U);
  const std::uint64_t stride = CutStride(3);
  std::uint64_t num_interrupted = 0;
  for (std::uint64_t step = 0; step < steps; step += stride) {
    fixture::TestDevice device;
    device.disk->CutAt(step);
    if (Go(device) != "installed") ++num_interrupted;
    device.disk->Heal();
    device.PowerCycle(kSurvivals[step / stride % 2], step);
    ASSERT_TRUE(device.Start());
    // Whatever it is, it is no device without demands.
    const auto status = device.Status();
    ASSERT_TRUE(status) << "step " << step;
    EXPECT_TRUE(!status->initialised || status->releases) << "step " << step;
    EXPECT_EQ(Go(device), "installed") << "step " << step;
  }
  // What comes after the commit is tidying.
  EXPECT_GT(num_interrupted, 40 / stride);
}

// The newer release is served or the older one, never neither, before anybody repeats anything.
TEST_F(ReleaseCuts, AtEachStepOfAnUpdateTheOldReleaseOrTheNewOneIsServed) {
  fixture::TestDevice device;
  ASSERT_EQ(Go(device), "installed");
  device.Stop();
  const auto before = device.disk->Clone();
  const std::uint64_t counter = device.counter.value;
  const fixture::Package newer = publisher_.Seal({4}, fixture::Pattern(3000, 8));
  const fixture::Buffer grant = publisher_.Grant(newer, {4});
  world_.Release(4, {newer.file, grant, 2});
  const auto update = [&] {
    return world_.Refresh(device) == "done" && device.Install(newer, grant, device.Licence(publisher_));
  };
  const std::uint64_t stride = CutStride(8);
  std::map<std::uint64_t, int> served;  // after a cut, by version
  bool interrupted = true;
  for (std::uint64_t step = 0; interrupted; step += stride) {
    device.Stop();
    device.disk = before->Clone();
    device.counter.value = counter;
    device.cells.UseDisk(*device.disk);
    ASSERT_TRUE(device.Start());
    device.disk->CutAt(device.disk->num_steps() + step);
    interrupted = !update();
    device.disk->Heal();
    device.PowerCycle(kSurvivals[step / stride % 2], step);
    ASSERT_TRUE(device.Start()) << "step " << step;
    const auto opened = device.Open();
    ASSERT_TRUE(opened) << "step " << step;
    ++served[opened->version.sequence.value];
    EXPECT_TRUE(update()) << "step " << step;
    EXPECT_EQ(device.Open()->version.sequence.value, 4U) << "step " << step;
    ASSERT_LT(step, 1000U);
  }
  EXPECT_GE(served[3], 1) << "control: most cuts came before the commit";
  EXPECT_GE(served[4], 1) << "control: and the last after it";
  EXPECT_EQ(served.size(), 2U);
}

TEST_F(ReleaseCuts, AtEachStepOfAChangeOfPolicy) {
  const fixture::Buffer first = world_.Policy();
  world_.policy.version = 2;
  const fixture::Buffer next = world_.Policy();
  for (std::uint64_t step = 0;; step += CutStride(1)) {
    fixture::TestDevice device;
    ASSERT_TRUE(device.Start());
    ASSERT_TRUE(world_.InitialiseWith(device, publisher_.Bundle(), first));
    device.disk->CutAt(device.disk->num_steps() + step);
    const bool done = world_.Adopt(device, next) == "waits";
    device.clock.Pass(world_.policy.delay);
    const bool settled = device.Status() && device.Status()->releases->policy_version == 2;
    device.disk->Heal();
    device.PowerCycle(Survival::kNothing);
    ASSERT_TRUE(device.Start());
    ASSERT_TRUE(device.Status()) << "step " << step;
    EXPECT_LE(device.Status()->releases->policy_version, 2U);
    if (device.Status()->releases->policy_version == 1) {
      EXPECT_EQ(world_.Adopt(device, next), "waits") << "step " << step;
      device.clock.Pass(world_.policy.delay);
      EXPECT_EQ(device.Status()->releases->policy_version, 2U) << "step " << step;
    }
    if (done && settled) break;
    ASSERT_LT(step, 100U);
  }
}

TEST_F(ReleaseCuts, AtEachStepOfARepairOfTime) {
  const formats::TimeRepair back{
      .number = 1, .time = {kNow.value - 90'000}, .root_version = 0, .ahead_from = UnixTime{kNow.value - 80'000}};
  const fixture::Buffer repair = world_.RepairSignedBy({&world_.alice, &world_.bob, &world_.carol}, back);
  for (std::uint64_t step = 0;; step += CutStride(1)) {
    fixture::TestDevice device;
    ASSERT_TRUE(device.Start());
    ASSERT_TRUE(world_.Initialise(device, publisher_.Bundle()));
    device.disk->CutAt(device.disk->num_steps() + step);
    const bool done = world_.Adopt(device, repair) == "counts";
    device.disk->Heal();
    device.PowerCycle(Survival::kNothing);
    ASSERT_TRUE(device.Start());
    const std::string again = world_.Adopt(device, repair);
    EXPECT_TRUE(again == "wrong-version" || (!done && again != "io")) << again;
    EXPECT_EQ(device.Status()->releases->time_floor, back.time) << "step " << step;
    if (done) break;
    ASSERT_LT(step, 100U);
  }
}

}  // namespace
}  // namespace edgekeep::keep
