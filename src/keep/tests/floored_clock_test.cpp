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
  PassNoticing(clock, 900);
  machine_.Set({kStart});
  EXPECT_EQ(clock.Now()->value, kStart + 900 + FlooredClock::kMaxJump);
  EXPECT_GE(Clock().Now()->value, kStart + FlooredClock::kMaxJump);
}

// Whoever starts the keep again and again while the clock is ahead gets one jump, and what was really counted brings.
TEST_F(FlooredClockTest, RestartsGiveNoFurtherJump) {
  EK_ASSERT_OK(LicensedClock().Now());
  constexpr std::uint64_t kLife = FlooredClock::kSettled + 60;
  const auto live = [&](int lives) {
    machine_.Set(kYear2080);
    for (int i = 0; i < lives; ++i) {
      FlooredClock clock = Clock();
      PassNoticing(clock, kLife);
    }
    return Clock().floor().value;
  };
  constexpr int kLives = 12;
  constexpr std::uint64_t kCounted = kLives * kLife * (1 + FlooredClock::kPerCounted);
  EXPECT_LE(live(kLives), kStart + FlooredClock::kMaxJump + kCounted);
  EXPECT_GE(live(0), kStart + FlooredClock::kMaxJump) << "control: one jump it is";
  Clock().RaiseTo({kStart + 2 * FlooredClock::kMaxJump});
  EXPECT_GE(live(1), kStart + 3 * FlooredClock::kMaxJump) << "control: after a signed time there is another one";
}

// Neither an older stored time nor none gives a jump that leads further.
TEST_F(FlooredClockTest, PuttingTheStoredTimeBackGivesNoFurtherJump) {
  LicensedClock();
  const std::vector<std::uint8_t> before = *disk_.ContentsOf("time");
  for (int i = 0; i < 5; ++i) {
    *disk_.ContentsOf("time") = before;
    machine_.Set(kYear2080);
    FlooredClock clock = Clock();
    PassNoticing(clock, FlooredClock::kSettled + 60);
    EXPECT_LE(clock.floor().value, kStart + 660 + FlooredClock::kMaxJump);
  }
}

// Eight hours of each day with power, and nobody signs anything: what the floor knows of time stays right for a year.
TEST_F(FlooredClockTest, ADeviceThatIsOffAtNightStaysUpToDate) {
  LicensedClock();
  constexpr std::uint64_t kDay = 86'400, kOn = kDay / 3, kStep = 1800;
  for (int day = 0; day < 365; ++day) {
    FlooredClock clock = Clock();
    for (std::uint64_t passed = 0; passed < kOn; passed += kStep) {
      machine_.Pass(kStep);
      EK_ASSERT_OK(clock.Now());
    }
    machine_.Set({machine_.Now()->value + kDay - kOn});
  }
  EXPECT_GE(Clock().floor().value, machine_.Now()->value - kDay);
  EXPECT_LE(Clock().certain().value, kStart + 365 * kOn) << "though nobody vouched for the nights";
}

TEST_F(FlooredClockTest, NoTurnedClockMovesWhatIsCertain) {
  {
    FlooredClock clock = LicensedClock();
    machine_.Set(kYear2080);
    PassNoticing(clock, 7200);
    EXPECT_GT(clock.floor().value, kStart + FlooredClock::kMaxJump) << "control: the floor it does";
    EXPECT_EQ(clock.certain().value, kStart + 7200);
  }
  FlooredClock clock = Clock();
  const std::uint64_t kept = clock.certain().value;
  EXPECT_LE(kept, kStart + 7200);
  EXPECT_GE(kept, kStart + 7200 - FlooredClock::kWriteInterval);
  clock.RaiseBy(1000, kYear2080);
  EXPECT_EQ(clock.certain().value, kept + 1000) << "cosigners move it by their step";
  clock.RaiseTo({kStart + 9000});
  EXPECT_EQ(clock.certain().value, kStart + 9000);
  EXPECT_GT(clock.floor().value, kStart + FlooredClock::kMaxJump);
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
