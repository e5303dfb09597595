#include "edgekeep/keep/floored_clock.h"

#include "edgekeep/store/directory_store.h"
#include "fixture/expect_error.h"
#include "fixture/fake_world.h"
#include "fixture/fault_disk.h"
#include "fixture/memory_anchor.h"

namespace edgekeep::keep {
namespace {

using fixture::TestProvider;

class FlooredClockTest : public testing::Test {
 protected:
  FlooredClock Clock() { return FlooredClock(system_, store_, vault_); }

  fixture::MemoryAnchor anchor_;
  core::Vault vault_ = core::Vault::Unlock(TestProvider(), anchor_).value();
  fixture::FaultDisk disk_;
  store::DirectoryStore store_ = store::DirectoryStore::Open(disk_).value();
  fixture::ManualClock system_{UnixTime{1'000'000'000}};
};

TEST_F(FlooredClockTest, FollowsTheSystemForward) {
  FlooredClock clock = Clock();
  EXPECT_EQ(clock.Now()->value, 1'000'000'000U);
  system_.Set({1'000'000'500});
  EXPECT_EQ(clock.Now()->value, 1'000'000'500U);
}

TEST_F(FlooredClockTest, DoesNotGoBack) {
  FlooredClock clock = Clock();
  EK_ASSERT_OK(clock.Now());
  system_.Set({5});
  EXPECT_EQ(clock.Now()->value, 1'000'000'000U);
}

TEST_F(FlooredClockTest, DoesNotGoBackAcrossRestarts) {
  EK_ASSERT_OK(Clock().Now());
  system_.Set({5});
  EXPECT_EQ(Clock().Now()->value, 1'000'000'000U);
}

TEST_F(FlooredClockTest, WritesOnceAnHour) {
  FlooredClock clock = Clock();
  EK_ASSERT_OK(clock.Now());
  const std::uint64_t steps = disk_.num_steps();
  system_.Set({1'000'000'000 + FlooredClock::kWriteInterval - 1});
  EK_ASSERT_OK(clock.Now());
  EXPECT_EQ(disk_.num_steps(), steps);
  system_.Set({1'000'000'000 + FlooredClock::kWriteInterval});
  EK_ASSERT_OK(clock.Now());
  EXPECT_GT(disk_.num_steps(), steps);
}

TEST_F(FlooredClockTest, OneWriteRaisesTheStoredTimeByABoundedStep) {
  EK_ASSERT_OK(Clock().Now());
  system_.Set({3'000'000'000});  // a clock that shows nonsense for a moment
  EXPECT_EQ(Clock().Now()->value, 3'000'000'000U);
  system_.Set({1'000'000'100});
  EXPECT_EQ(Clock().Now()->value, 1'000'000'000 + FlooredClock::kMaxRaise);
}

TEST_F(FlooredClockTest, StoredTimeThatWasChangedOrCopiedCountsAsNone) {
  EK_ASSERT_OK(Clock().Now());
  system_.Set({5});
  fixture::MemoryAnchor other_anchor;
  const core::Vault other = core::Vault::Unlock(TestProvider(), other_anchor).value();
  EXPECT_EQ(FlooredClock(system_, store_, other).Now()->value, 5U);
}

TEST_F(FlooredClockTest, KnownTimesRaiseIt) {
  FlooredClock clock = Clock();
  clock.RaiseTo({2'000'000'000});
  EXPECT_EQ(clock.Now()->value, 2'000'000'000U);
}

TEST_F(FlooredClockTest, FullDiskStopsNothing) {
  disk_.FullFrom(0);
  EK_ASSERT_OK(Clock().Now());
}

TEST_F(FlooredClockTest, NoTimeIsAnError) {
  system_.fails = true;
  EK_EXPECT_ERROR(Clock().Now(), ErrorCode::kIo);
}

}  // namespace
}  // namespace edgekeep::keep
