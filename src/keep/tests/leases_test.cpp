// Leases on a device: what they count, what stretches none, and what follows when they are over.
#include "edgekeep/base/testing/expect_error.h"
#include "edgekeep/gate/ledger.h"
#include "fixture/test_device.h"

namespace edgekeep::keep {
namespace {

using fixture::Buffer;
using fixture::kNow;
using fixture::Package;
using fixture::Survival;
using fixture::TestDevice;
using fixture::TestPublisher;
using formats::ClockBehind;
using formats::Lease;

constexpr std::uint64_t kHour = 3600;
constexpr std::uint64_t kDay = 24 * kHour;
constexpr Lease kLease{.seconds = 30 * kDay, .grace_seconds = 7 * kDay, .start_charge_seconds = kHour};

class KeepLeaseTest : public testing::Test {
 protected:
  KeepLeaseTest() {
    EXPECT_TRUE(device_.Start());
    EXPECT_TRUE(device_.Initialise(publisher_.Bundle()));
  }

  Buffer Licence(const Lease& lease, std::uint64_t issued_later = 0, std::uint8_t id = 1) {
    return device_.Licence(publisher_, [&](formats::Licence& licence) {
      licence.id = formats::LicenceId(std::array<std::uint8_t, 16>{id});
      licence.issued_at.value += issued_later;
      licence.terms.lease = lease;
    });
  }

  Result<gate::InstallAnswer> Install(const Buffer& licence) { return device_.Install(package_, grant_, licence); }

  // With power, on all clocks.
  void Pass(std::uint64_t seconds) {
    device_.clock.Pass(seconds);
    device_.anchor->time.milliseconds += seconds * 1000;
  }

  // The power is gone and comes back.
  void Restart() {
    device_.PowerCycle(Survival::kNothing);
    ++device_.anchor->time.resets;
    ASSERT_TRUE(device_.Start());
  }

  // The keep looks at its clocks every minute, for as long as makes the system's clock believed.
  void Settle() {
    for (int minute = 0; minute <= 11; ++minute) {
      Pass(60);
      device_.NoticeTime();
    }
  }

  // As a machine without a battery for its clock has it.
  void RestartWithoutClock() {
    device_.clock.Set({0});
    Restart();
  }

  // As many power-ups as kLease has hours, each of a minute. The keep is started for some of them.
  void CycleForItsWholeLength() {
    for (int i = 0; i < 37; ++i) {
      device_.anchor->time.resets += 23;
      RestartWithoutClock();
      Pass(60);
    }
  }

  // "open", or why not.
  std::string Open() {
    const auto opened = device_.Open();
    device_.CloseAll();
    return opened ? "open" : NameOf(opened.error().code());
  }

  std::uint64_t Used() { return device_.Status()->products[0].lease.value().used_seconds; }

  TestPublisher publisher_;
  TestDevice device_;
  Package package_ = publisher_.Seal({3}, fixture::Pattern(5000, 7));
  Buffer grant_ = publisher_.Grant(package_, {4});
};

// Nobody who renews is there all this time: until the grace is over that costs nothing.
TEST_F(KeepLeaseTest, RunsThenWarnsThenIsOver) {
  EK_ASSERT_OK(Install(Licence(kLease)));
  Pass(30 * kDay - 1);
  EXPECT_EQ(Open(), "open");
  EXPECT_FALSE(device_.journal.Mentions("grace"));
  Pass(1);
  EXPECT_EQ(Open(), "open");
  EXPECT_TRUE(device_.journal.Mentions("acme/label-ocr: opened in its lease's grace"));
  Pass(7 * kDay - 1);
  EXPECT_EQ(Open(), "open");
  EXPECT_TRUE(device_.Status()->products[0].licensed);
  Pass(1);
  EXPECT_EQ(Open(), "expired");
  EXPECT_FALSE(device_.Status()->products[0].licensed);
  EXPECT_EQ(Used(), 37 * kDay);
  EXPECT_TRUE(device_.journal.Mentions("its lease and its grace are over"));
}

TEST_F(KeepLeaseTest, CountsAcrossRestartsOfTheKeepAlone) {
  EK_ASSERT_OK(Install(Licence(kLease)));
  Pass(10 * kDay);
  device_.EndWork();
  ASSERT_TRUE(device_.Start());
  EXPECT_EQ(Used(), 10 * kDay);
  Pass(kDay);
  EXPECT_EQ(Used(), 11 * kDay);
}

// The anchor goes on counting what nobody wrote down.
TEST_F(KeepLeaseTest, PowerCutsForgetNothingThatTheAnchorCounted) {
  EK_ASSERT_OK(Install(Licence(kLease)));
  for (std::uint64_t day = 1; day <= 20; ++day) {
    Pass(kDay - kHour);
    RestartWithoutClock();
    EXPECT_EQ(Used(), day * kDay);
  }
}

TEST_F(KeepLeaseTest, PowerCyclingStretchesNoLease) {
  EK_ASSERT_OK(Install(Licence(kLease)));
  CycleForItsWholeLength();
  EXPECT_EQ(Open(), "expired");
}

TEST_F(KeepLeaseTest, ControlWithoutAChargePowerCyclingStretchesIt) {
  Lease free = kLease;
  free.start_charge_seconds = 0;
  EK_ASSERT_OK(Install(Licence(free)));
  CycleForItsWholeLength();
  EXPECT_EQ(Open(), "open");
}

// What the clock shows for long enough is time that passed, and costs no charge besides.
TEST_F(KeepLeaseTest, TimeWithoutPowerIsCountedByAClockThatRanOn) {
  EK_ASSERT_OK(Install(Licence(kLease)));
  device_.clock.Set({kNow.value + 5 * kDay});
  Restart();
  static_cast<void>(Used());
  Pass(FlooredClock::kSettled);
  static_cast<void>(Used());
  EXPECT_EQ(Used(), 5 * kDay + FlooredClock::kSettled);
}

// By a letter, a USB stick, or a shelf: the floor, which knows when it was issued, catches up by a jump, then by days.
TEST_F(KeepLeaseTest, ALicenceThatWasCarriedForMonthsHasItsWholeLease) {
  const Buffer licence = Licence(kLease);
  device_.clock.Set({kNow.value + 60 * kDay});
  EK_ASSERT_OK(Install(licence));
  Settle();
  Restart();
  Settle();
  EXPECT_EQ(Open(), "open");
  EXPECT_EQ(Used(), kHour + 24 * 60U);
  for (int day = 0; day < 12; ++day) Pass(kDay), device_.NoticeTime();
  const std::uint64_t used = Used();
  EXPECT_LT(used, 13 * kDay) << "each day once";
  device_.clock.Set({device_.clock.Now()->value + 5 * kDay});
  Restart();
  Settle();
  EXPECT_GE(Used(), used + 5 * kDay - 2 * kHour) << "control: from then on what passes without power is counted";
  EXPECT_LT(Used(), used + 6 * kDay);
}

TEST_F(KeepLeaseTest, ARenewalHasItsWholeLeaseAfterMonthsWithoutPower) {
  EK_ASSERT_OK(Install(Licence(kLease)));
  device_.clock.Set({kNow.value + 60 * kDay});
  Restart();
  Lease renewed = kLease;
  renewed.counted_seconds = Used();
  EK_ASSERT_OK(Install(Licence(renewed, 1)));
  Settle();
  EXPECT_LE(Used(), kHour);
}

TEST_F(KeepLeaseTest, ControlTheSameLicenceInstalledAgainForgetsNoTime) {
  EK_ASSERT_OK(Install(Licence(kLease)));
  device_.clock.Set({kNow.value + 20 * kDay});
  Restart();
  EK_ASSERT_OK(Install(Licence(kLease)));
  Settle();
  EXPECT_GE(Used(), 20 * kDay);
}

// Whoever shuts the chip down as for a sleep, and then cuts the power.
TEST_F(KeepLeaseTest, PowerCyclesThatAreNoResetsAreCharged) {
  EK_ASSERT_OK(Install(Licence(kLease)));
  for (std::uint64_t i = 1; i <= 5; ++i) {
    device_.PowerCycle(Survival::kNothing);
    ++device_.anchor->time.restarts;
    ASSERT_TRUE(device_.Start());
    EXPECT_EQ(Open(), "open");
    EXPECT_EQ(Used(), i * kHour);
  }
  // A reset makes the chip forget how many there were; the keep does not.
  device_.anchor->time.restarts = 0;
  Restart();
  EXPECT_EQ(Used(), 6 * kHour);
}

struct TurnedBack {
  const char* name;
  ClockBehind policy;
  const char* opens;
  std::uint64_t charged;
};

class KeepClockTest : public KeepLeaseTest, public testing::WithParamInterface<TurnedBack> {};

TEST_P(KeepClockTest, TurnedBackGainsNothingAndIsAnsweredByPolicy) {
  Lease lease = kLease;
  lease.clock_behind = GetParam().policy;
  EK_ASSERT_OK(Install(Licence(lease)));
  Pass(10 * kDay);
  EXPECT_EQ(Open(), "open");
  device_.clock.Set(kNow);
  EXPECT_EQ(Open(), GetParam().opens);
  EXPECT_TRUE(device_.journal.Mentions("the system's clock is behind"));
  const auto lines = device_.journal.lines.size();
  EXPECT_GE(device_.Status()->clock_behind_seconds, 10 * kDay);
  EXPECT_EQ(Used(), 10 * kDay + GetParam().charged);
  device_.NoticeTime();
  EXPECT_EQ(Used(), 10 * kDay + GetParam().charged) << "once each time it begins";
  EXPECT_EQ(device_.journal.lines.size(), lines);
  device_.clock.Set({kNow.value + 10 * kDay});
  EXPECT_EQ(Open(), "open");
  EXPECT_EQ(device_.Status()->clock_behind_seconds, 0U);
  device_.clock.Set(kNow);
  device_.NoticeTime();
  EXPECT_EQ(Used(), 10 * kDay + 2 * GetParam().charged);
}

INSTANTIATE_TEST_SUITE_P(All, KeepClockTest,
                         testing::Values(TurnedBack{"Noted", ClockBehind::kNote, "open", 0},
                                         TurnedBack{"Charged", ClockBehind::kCharge, "open", kHour},
                                         TurnedBack{"Denied", ClockBehind::kDeny, "forbidden", 0}),
                         [](const auto& tested) { return std::string(tested.param.name); });

// A little behind is how clocks are.
TEST_F(KeepLeaseTest, AClockThatIsAnHourBehindIsNone) {
  Lease lease = kLease;
  lease.clock_behind = ClockBehind::kDeny;
  EK_ASSERT_OK(Install(Licence(lease)));
  device_.clock.Set({kNow.value - kHour});
  EXPECT_EQ(Open(), "open");
  device_.clock.Set({kNow.value - kHour - 1});
  EXPECT_EQ(Open(), "forbidden");
}

TEST_F(KeepLeaseTest, ADiskThatIsPutBackIsDenied) {
  EK_ASSERT_OK(Install(Licence(kLease)));
  device_.EndWork();
  auto unused = device_.disk->Clone();
  const std::uint64_t counter = device_.counter.value;
  Pass(37 * kDay);
  device_.EndWork();
  EXPECT_EQ(Open(), "expired");
  device_.Stop();
  device_.disk = std::move(unused);
  device_.cells.UseDisk(*device_.disk);
  ASSERT_TRUE(device_.Start());
  EXPECT_EQ(Open(), "denied");
  // Control: together with the anchor's counter and clock it opens (THREAT_MODEL T5).
  device_.counter.value = counter;
  device_.anchor->time = {};
  device_.clock.Set(kNow);
  ASSERT_TRUE(device_.Start());
  EXPECT_EQ(Open(), "open");
}

TEST_F(KeepLeaseTest, ACountThatWasTakenAwayIsDeniedUntilAnotherLicence) {
  const Buffer licence = Licence(kLease);
  EK_ASSERT_OK(Install(licence));
  device_.Stop();
  device_.ForgetLastChange();
  ASSERT_TRUE(device_.disk->Remove("meters"));
  ASSERT_TRUE(device_.Start());
  EXPECT_EQ(Open(), "denied");
  EK_EXPECT_ERROR(Install(licence), ErrorCode::kDenied);
  EXPECT_EQ(Open(), "denied");
  // A renewal may have been asked for when nothing was used, and kept back.
  EK_EXPECT_ERROR(Install(Licence(kLease, 1)), ErrorCode::kDenied);
  EXPECT_EQ(Open(), "denied");
  EK_ASSERT_OK(Install(Licence(kLease, 1, 2)));
  EXPECT_EQ(Open(), "open");
}

// Renewals count on under the same id: kept back, put in twice or in another order they add nothing.
TEST_F(KeepLeaseTest, ARenewalBeginsWhereItWasAskedFor) {
  EK_ASSERT_OK(Install(Licence(kLease)));
  Pass(29 * kDay);
  Lease renewed = kLease;
  renewed.counted_seconds = 29 * kDay;
  const Buffer first = Licence(renewed, 29 * kDay);
  const Buffer kept_back = Licence(renewed, 29 * kDay + 1);
  EK_ASSERT_OK(Install(first));
  EXPECT_EQ(Used(), 0U);
  Pass(37 * kDay);
  EXPECT_EQ(Open(), "expired");
  EK_ASSERT_OK(Install(kept_back));
  EXPECT_EQ(Open(), "expired");
  EK_EXPECT_ERROR(Install(first), ErrorCode::kWrongVersion);
  // Control: a renewal that was asked for now opens.
  renewed.counted_seconds = 66 * kDay;
  EK_ASSERT_OK(Install(Licence(renewed, 66 * kDay)));
  EXPECT_EQ(Open(), "open");
}

TEST_F(KeepLeaseTest, TwoLicencesInTurnsAreBothUsedUp) {
  const Buffer one = Licence(kLease);
  const Buffer other = Licence(kLease, 0, 2);
  EK_ASSERT_OK(Install(one));
  Pass(20 * kDay);
  EK_ASSERT_OK(Install(other));
  Pass(17 * kDay);
  EK_ASSERT_OK(Install(one));
  EXPECT_EQ(Open(), "expired");
}

TEST_F(KeepLeaseTest, WhatIsOpenEndsAsThePolicySays) {
  publisher_.policy = {.licence_end = formats::LicenceEnd::kStop};
  package_ = publisher_.Seal({3}, fixture::Pattern(5000, 7));
  grant_ = publisher_.Grant(package_, {4});
  EK_ASSERT_OK(Install(Licence(kLease)));
  EK_ASSERT_OK(device_.Open());
  EXPECT_EQ(device_.TendLicences(), 60U);
  Pass(37 * kDay - 5);
  EXPECT_EQ(device_.TendLicences(), 5U);
  EXPECT_FALSE(device_.cells.stopped_with);
  Pass(5);
  device_.TendLicences();
  EXPECT_EQ(device_.cells.stopped_with, ErrorCode::kExpired);
}

TEST_F(KeepLeaseTest, WhatIsOpenEndsWhereItsCountIsTakenAway) {
  publisher_.policy = {.licence_end = formats::LicenceEnd::kStop};
  package_ = publisher_.Seal({3}, fixture::Pattern(5000, 7));
  grant_ = publisher_.Grant(package_, {4});
  EK_ASSERT_OK(Install(Licence(kLease)));
  EK_ASSERT_OK(device_.Open());
  device_.TendLicences();
  EXPECT_FALSE(device_.cells.stopped_with) << "control";
  device_.anchor->clock_fails = true;
  Pass(kHour);
  device_.TendLicences();
  EXPECT_FALSE(device_.cells.stopped_with) << "what does not answer says nothing";
  device_.anchor->clock_fails = false;
  ASSERT_TRUE(device_.disk->Remove("meters"));
  device_.TendLicences();
  EXPECT_EQ(device_.cells.stopped_with, ErrorCode::kExpired);
}

// Silicon wears: fifteen years of leases are some 5500 writes.
TEST_F(KeepLeaseTest, ProgressIsWrittenOnceADay) {
  EK_ASSERT_OK(Install(Licence(kLease)));
  const std::uint64_t before = device_.counter.value;
  const int reads = device_.anchor->num_clock_reads();
  for (int minute = 0; minute < 4 * 24 * 60; ++minute) {
    Pass(60);
    device_.NoticeTime();
  }
  EXPECT_EQ(device_.counter.value - before, 4U);
  EXPECT_LE(device_.anchor->num_clock_reads() - reads, 4 * 24 * 4 + 1);
}

TEST_F(KeepLeaseTest, OpeningAsksTheAnchorForOneThing) {
  EK_ASSERT_OK(Install(Licence(kLease)));
  EXPECT_EQ(Open(), "open");
  const int keys = device_.anchor->num_kem_uses();
  const int reads = device_.anchor->num_clock_reads();
  const std::uint64_t counter = device_.counter.value;
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Open(), "open");
  EXPECT_EQ(device_.anchor->num_kem_uses() - keys, 10);
  EXPECT_EQ(device_.anchor->num_clock_reads(), reads);
  EXPECT_EQ(device_.counter.value, counter);
}

TEST_F(KeepLeaseTest, AFullDiskDoesNotHideAClockThatWasTurnedBack) {
  Lease lease = kLease;
  lease.clock_behind = ClockBehind::kCharge;
  EK_ASSERT_OK(Install(Licence(lease)));
  device_.clock.Set({0});
  device_.disk->FullFrom(device_.disk->num_steps());
  EXPECT_EQ(Open(), "no-space");
  device_.disk->Heal();
  EXPECT_EQ(Open(), "open");
  EXPECT_EQ(Used(), kHour);
}

}  // namespace
}  // namespace edgekeep::keep
