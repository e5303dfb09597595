#include "edgekeep/keep/floored_clock.h"

#include "edgekeep/base/testing/expect_error.h"
#include "edgekeep/store/directory_store.h"
#include "fixture/fake_world.h"
#include "fixture/fault_disk.h"
#include "fixture/memory_anchor.h"

namespace edgekeep::keep {
namespace {

using fixture::TestProvider;

constexpr std::uint64_t kStart = 1'000'000'000;
constexpr UnixTime kYear2080{3'471'292'800};

class FlooredClockTest : public testing::Test {
 protected:
  FlooredClock Clock() { return FlooredClock(machine_, store_, vault_); }

  // One that knows a signed time, as every device with a licence does.
  FlooredClock LicensedClock() {
    FlooredClock clock = Clock();
    clock.RaiseTo({kStart});
    return clock;
  }

  // A minute passes, and the keep notices; as often as it takes.
  void PassNoticing(FlooredClock& clock, std::uint64_t seconds) {
    for (std::uint64_t passed = 0; passed < seconds; passed += 60) {
      machine_.Pass(60);
      EK_ASSERT_OK(clock.Now());
    }
  }

  fixture::MemoryAnchor anchor_;
  core::Vault vault_ = core::Vault::Unlock(TestProvider(), anchor_).value();
  fixture::FaultDisk disk_;
  store::DirectoryStore store_ = store::DirectoryStore::Open(disk_).value();
  fixture::ManualClock machine_{UnixTime{kStart}};
};

TEST_F(FlooredClockTest, FollowsTheSystemForward) {
  FlooredClock clock = LicensedClock();
  EXPECT_EQ(clock.Now()->value, kStart);
  machine_.Pass(500);
  EXPECT_EQ(clock.Now()->value, kStart + 500);
  machine_.Set({kStart + 9000});
  EXPECT_EQ(clock.Now()->value, kStart + 9000);
}

TEST_F(FlooredClockTest, DoesNotGoBackWhenTheClockIsTurnedBack) {
  FlooredClock clock = LicensedClock();
  PassNoticing(clock, 7200);
  machine_.Set({5});
  EXPECT_EQ(clock.Now()->value, kStart + 7200);
}

TEST_F(FlooredClockTest, RunsOnWhereTheClockIsTurnedBackAgainAndAgain) {
  FlooredClock clock = LicensedClock();
  for (int i = 0; i < 100; ++i) {
    machine_.Set({kStart});
    PassNoticing(clock, 600);
  }
  EXPECT_EQ(clock.Now()->value, kStart + 60'000);
}

TEST_F(FlooredClockTest, DoesNotGoBackAcrossRestarts) {
  {
    FlooredClock clock = LicensedClock();
    PassNoticing(clock, 7200);
  }
  machine_.Set({5});
  EXPECT_EQ(Clock().Now()->value, kStart + 7200);
}

TEST_F(FlooredClockTest, WritesOnceAnHour) {
  FlooredClock clock = LicensedClock();
  EK_ASSERT_OK(clock.Now());
  const std::uint64_t steps = disk_.num_steps();
  machine_.Pass(FlooredClock::kWriteInterval - 1);
  EK_ASSERT_OK(clock.Now());
  EXPECT_EQ(disk_.num_steps(), steps);
  machine_.Pass(1);
  EK_ASSERT_OK(clock.Now());
  EXPECT_GT(disk_.num_steps(), steps);
}

TEST_F(FlooredClockTest, OneWrongMomentLeavesNothingBehind) {
  FlooredClock clock = LicensedClock();
  for (std::uint64_t right = kStart; right < kStart + 3000; right += 60) {
    machine_.Set(kYear2080);
    EXPECT_EQ(clock.Now()->value, kYear2080.value);
    EXPECT_EQ(Clock().Now()->value, kYear2080.value);
    machine_.Set({right});
    EXPECT_EQ(clock.Now()->value, right);
    EXPECT_EQ(Clock().Now()->value, right) << "nor across restarts";
    machine_.Pass(60);
  }
}

TEST_F(FlooredClockTest, ClockThatIsAheadForLongRaisesTheFloorByABoundedJump) {
  FlooredClock clock = LicensedClock();
  machine_.Set(kYear2080);
  PassNoticing(clock, 90'000);
  machine_.Set({kStart});
  EXPECT_EQ(clock.Now()->value, kStart + 90'000 + FlooredClock::kMaxJump);
  EXPECT_GE(Clock().Now()->value, kStart + 90'000 + FlooredClock::kMaxJump - FlooredClock::kWriteInterval);
}

// Control: what a clock showed for long enough is what a thief cannot turn back.
TEST_F(FlooredClockTest, TimeSpentWithoutPowerCountsOnceTheClockHasStood) {
  EK_ASSERT_OK(LicensedClock().Now());
  machine_.Set({kStart + 86'400});
  FlooredClock clock = Clock();
  PassNoticing(clock, FlooredClock::kSettled + 60);
  machine_.Set({kStart});
  EXPECT_GE(clock.Now()->value, kStart + 86'400);
  EXPECT_GE(Clock().Now()->value, kStart + 86'400);
}

TEST_F(FlooredClockTest, WithoutASignedTimeThereIsNoFloor) {
  machine_.Set(kYear2080);
  FlooredClock clock = Clock();
  EXPECT_EQ(clock.Now()->value, kYear2080.value);
  machine_.Set({kStart});
  EXPECT_EQ(clock.Now()->value, kStart);
  EXPECT_FALSE(clock.has_floor());
  EXPECT_EQ(disk_.ContentsOf("time"), nullptr);
}

TEST_F(FlooredClockTest, StoredTimeThatWasChangedOrCopiedCountsAsNoneAndIsTold) {
  EK_ASSERT_OK(LicensedClock().Now());
  const FlooredClock own = Clock();
  EK_ASSERT_OK(own.stored_time_read());
  machine_.Set({5});
  fixture::MemoryAnchor other_anchor;
  const core::Vault other = core::Vault::Unlock(TestProvider(), other_anchor).value();
  FlooredClock clock(machine_, store_, other);
  EXPECT_EQ(clock.Now()->value, 5U);
  EK_EXPECT_ERROR(clock.stored_time_read(), ErrorCode::kDenied);
}

TEST_F(FlooredClockTest, SignedTimesRaiseIt) {
  FlooredClock clock = Clock();
  clock.RaiseTo({2'000'000'000});
  EXPECT_EQ(clock.Now()->value, 2'000'000'000U);
  clock.RaiseTo({kStart});
  EXPECT_EQ(clock.Now()->value, 2'000'000'000U);
  EXPECT_EQ(Clock().Now()->value, 2'000'000'000U);
}

TEST_F(FlooredClockTest, FullDiskStopsNothing) {
  disk_.FullFrom(0);
  EK_ASSERT_OK(LicensedClock().Now());
}

TEST_F(FlooredClockTest, NoTimeIsAnError) {
  machine_.fails = true;
  EK_EXPECT_ERROR(Clock().Now(), ErrorCode::kIo);
}

}  // namespace
}  // namespace edgekeep::keep
