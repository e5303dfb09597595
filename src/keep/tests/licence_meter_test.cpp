#include "../licence_meter.h"

#include <gtest/gtest.h>

#include <memory>

#include "edgekeep/core/fresh_store.h"
#include "edgekeep/store/directory_store.h"
#include "fixture/device_anchor.h"
#include "fixture/device_fixture.h"
#include "fixture/fault_disk.h"

namespace edgekeep::keep {
namespace {

using fixture::FaultDisk;
using fixture::kNow;
using fixture::Survival;
using fixture::TestProvider;

formats::Licence LicenceNamed(std::uint8_t name, std::optional<UnixTime> expires = {}) {
  formats::Licence licence;
  licence.id = formats::LicenceId(std::array<std::uint8_t, 16>{name});
  licence.issued_at = {kNow.value - 100};
  licence.terms.expires = expires;
  return licence;
}

class LicenceMeterTest : public ::testing::Test {
 protected:
  LicenceMeterTest() { Restart(); }

  // The keep starts anew on what the disk has.
  void Restart() {
    store_ = std::make_unique<store::DirectoryStore>(store::DirectoryStore::Open(*disk_).value());
    fresh_ = std::make_unique<core::FreshStore>(TestProvider(), vault_, *store_, counter_);
    meter_ = std::make_unique<LicenceMeter>(*fresh_, vault_);
  }

  // At a time that floor and clock agree on; after `last`, where the product had one.
  Status Begin(const formats::Licence& licence, const formats::Licence* last = nullptr, UnixTime now = kNow) {
    return meter_->Begin(licence, Known(last), {now, {.floor = now}});
  }

  static LicenceMeter::Known Known(const formats::Licence* last) {
    if (last == nullptr) return {};
    return {.last = last->id, .last_issued_at = last->issued_at, .newest = last->issued_at};
  }

  std::unique_ptr<FaultDisk> disk_ = std::make_unique<FaultDisk>();
  fixture::MemoryAnchor anchor_;
  core::Vault vault_ = core::Vault::Unlock(TestProvider(), anchor_).value();
  std::unique_ptr<store::DirectoryStore> store_;
  fixture::CutCounter counter_{disk_};
  std::unique_ptr<core::FreshStore> fresh_;
  std::unique_ptr<LicenceMeter> meter_;
  const formats::Licence licence_ = LicenceNamed(1);
};

TEST_F(LicenceMeterTest, ReservesUpToTheBudgetAndNoFurther) {
  ASSERT_TRUE(Begin(licence_));
  EXPECT_EQ(meter_->Reserve(licence_.id, 60, 100).value(), 60U);
  EXPECT_EQ(meter_->Reserve(licence_.id, 60, 100).value(), 40U);
  EXPECT_EQ(meter_->Reserve(licence_.id, 60, 100).value(), 0U);
  EXPECT_EQ(meter_->Reserved(licence_.id).value(), 100U);
  // A budget that is smaller than what is used leaves nothing.
  EXPECT_EQ(meter_->Reserve(licence_.id, 1, 50).value(), 0U);
}

TEST_F(LicenceMeterTest, CountsOnAcrossRestartsAndInstalls) {
  ASSERT_TRUE(Begin(licence_));
  ASSERT_TRUE(meter_->Reserve(licence_.id, 60, 100));
  Restart();
  ASSERT_TRUE(Begin(licence_));
  EXPECT_EQ(meter_->Reserve(licence_.id, 60, 100).value(), 40U);
}

TEST_F(LicenceMeterTest, LicencesHaveCountsOfTheirOwn) {
  const formats::Licence other = LicenceNamed(2);
  ASSERT_TRUE(Begin(licence_));
  ASSERT_TRUE(Begin(other));
  ASSERT_TRUE(meter_->Reserve(licence_.id, 7, 100));
  EXPECT_EQ(meter_->Reserved(licence_.id).value(), 7U);
  EXPECT_EQ(meter_->Reserved(other.id).value(), 0U);
}

// Whoever removes the meter, or one made before this licence was counted, does not make it begin anew.
TEST_F(LicenceMeterTest, TakenAwayIsDeniedAndDoesNotBeginAnew) {
  ASSERT_TRUE(Begin(licence_));
  ASSERT_TRUE(meter_->Reserve(licence_.id, 7, 100));
  ASSERT_TRUE(disk_->Remove("meters"));
  EXPECT_EQ(meter_->Reserve(licence_.id, 1, 100).error().code(), ErrorCode::kDenied);
  EXPECT_EQ(meter_->Reserved(licence_.id).error().code(), ErrorCode::kDenied);
  EXPECT_EQ(Begin(licence_, &licence_).error().code(), ErrorCode::kDenied);
  formats::Licence renewed = LicenceNamed(2);
  ++renewed.issued_at.value;
  renewed.id = licence_.id;
  EXPECT_EQ(Begin(renewed, &licence_).error().code(), ErrorCode::kDenied) << "it may have been kept back";
  renewed.id = LicenceNamed(2).id;
  EXPECT_TRUE(Begin(renewed, &licence_));
  EXPECT_EQ(meter_->Reserve(licence_.id, 1, 100).error().code(), ErrorCode::kDenied);
  // Nor does another product's, whose count was taken away with it.
  EXPECT_EQ(Begin(licence_, &licence_).error().code(), ErrorCode::kDenied);
  EXPECT_EQ(Begin(licence_).error().code(), ErrorCode::kDenied);
  formats::Licence later = LicenceNamed(3);
  later.issued_at = kNow;
  EXPECT_EQ(Begin(later, &licence_).error().code(), ErrorCode::kDenied) << "not later";
  later.issued_at.value = kNow.value + 1;
  EXPECT_TRUE(Begin(later, &licence_));
  // Mended by another product's: what was kept back is not counted anew, however late it was issued.
  formats::Licence kept_back = licence_;
  kept_back.issued_at.value = kNow.value + 1000;
  EXPECT_EQ(Begin(kept_back, &licence_).error().code(), ErrorCode::kDenied);
}

// Neither a clock that shows 2080 for a moment nor one that shows 1970 decides which licences have lost their count.
TEST_F(LicenceMeterTest, BegunAnewUnderAWrongClockItVoidsWhatTheDeviceKnewOf) {
  constexpr UnixTime k2080{3'471'292'800};
  ASSERT_TRUE(Begin(licence_));
  ASSERT_TRUE(disk_->Remove("meters"));
  formats::Licence mends = LicenceNamed(2);
  mends.issued_at = kNow;
  LicenceMeter::Known known = Known(&licence_);
  known.newest.value = kNow.value + 50;  // another product's
  ASSERT_TRUE(meter_->Begin(mends, known, {k2080, {.floor = kNow}}));
  formats::Licence other = LicenceNamed(3);
  other.issued_at = known.newest;
  EXPECT_EQ(Begin(other).error().code(), ErrorCode::kDenied);
  ++other.issued_at.value;
  EXPECT_TRUE(Begin(other));
}

TEST_F(LicenceMeterTest, EachFlippedBitIsDenied) {
  ASSERT_TRUE(Begin(licence_));
  std::vector<std::uint8_t>* const stored = disk_->ContentsOf("meters");
  ASSERT_NE(stored, nullptr);
  for (std::size_t bit = 0; bit < stored->size() * 8; ++bit) {
    (*stored)[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    EXPECT_EQ(meter_->Reserve(licence_.id, 1, 100).error().code(), ErrorCode::kDenied) << bit;
    (*stored)[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
  }
  EXPECT_EQ(meter_->Reserve(licence_.id, 1, 100).value(), 1U);
}

TEST_F(LicenceMeterTest, AnotherDevicesIsDenied) {
  ASSERT_TRUE(Begin(licence_));
  fixture::MemoryAnchor other;
  const core::Vault vault = core::Vault::Unlock(TestProvider(), other).value();
  EXPECT_EQ(LicenceMeter(*store_, vault).Reserved(licence_.id).error().code(), ErrorCode::kDenied);
}

TEST_F(LicenceMeterTest, LicencesThatAreOverMakeRoom) {
  for (std::size_t i = 0; i < LicenceMeter::kMaxLicences; ++i) {
    formats::Licence licence = LicenceNamed(1, i == 0 ? std::optional(UnixTime{kNow.value + 10}) : std::nullopt);
    licence.id.mutable_view()[1] = static_cast<std::uint8_t>(i);
    licence.id.mutable_view()[2] = static_cast<std::uint8_t>(i >> 8);
    ASSERT_TRUE(Begin(licence)) << i;
  }
  const formats::Licence one_more = LicenceNamed(3);
  EXPECT_EQ(Begin(one_more, {}, UnixTime{kNow.value + 9}).error().code(), ErrorCode::kTooLarge);
  const LicenceMeter::Moment under_a_wrong_clock{{kNow.value + 900'000'000}, {.floor = {kNow.value + 9}}};
  EXPECT_EQ(meter_->Begin(one_more, {}, under_a_wrong_clock).error().code(), ErrorCode::kTooLarge);
  EXPECT_TRUE(Begin(one_more, {}, UnixTime{kNow.value + 10}));
}

// Cut at each step of reserving: what was used is never forgotten, and at most one reservation is lost.
TEST_F(LicenceMeterTest, CutAnywhereLosesAReservationAtMostAndGainsNothing) {
  constexpr std::uint64_t kBlock = 10;
  ASSERT_TRUE(Begin(licence_));
  ASSERT_TRUE(meter_->Reserve(licence_.id, kBlock, 1000));
  const std::uint64_t before = disk_->num_steps();
  ASSERT_TRUE(meter_->Reserve(licence_.id, kBlock, 1000));
  const std::uint64_t steps = disk_->num_steps() - before;
  ASSERT_GT(steps, 0U);
  std::uint64_t used = 2 * kBlock;
  for (const Survival survival :
       {Survival::kNothing, Survival::kEverything, Survival::kNamesOnly, Survival::kTorn, Survival::kSeeded}) {
    for (std::uint64_t step = 0; step <= steps; ++step) {
      disk_->CutAt(disk_->num_steps() + step);
      const Result<std::uint64_t> reserved = meter_->Reserve(licence_.id, kBlock, 100000);
      disk_->Heal();
      disk_->Restart(survival, step);
      Restart();
      if (reserved) used += *reserved;
      const std::uint64_t counted = meter_->Reserved(licence_.id).value();
      EXPECT_GE(counted, used) << "step " << step;
      EXPECT_LE(counted, used + kBlock) << "step " << step;
      used = counted;
    }
  }
}

// The control: on a disk that says it has synced and has not, the same cuts give calls back to a meter whose store is
// bound to nothing.
TEST_F(LicenceMeterTest, ControlADiskThatLiesAboutSyncsGivesCallsBack) {
  const auto lose = [this](ports::Store& store) {
    LicenceMeter meter(store, vault_);
    EXPECT_TRUE(meter.Begin(licence_, {}, {kNow, {}}));
    disk_->LieAboutSyncs();
    EXPECT_TRUE(meter.Reserve(licence_.id, 10, 1000));
    disk_->Restart(Survival::kNothing);
    Restart();
  };
  lose(*store_);
  EXPECT_EQ(LicenceMeter(*store_, vault_).Reserved(licence_.id).value(), 0U);
  disk_ = std::make_unique<FaultDisk>();
  Restart();
  lose(*fresh_);
  EXPECT_EQ(meter_->Reserved(licence_.id).error().code(), ErrorCode::kDenied);
}

// Cut at each step of writing progress down: no time that was counted is forgotten, and none counted twice.
TEST_F(LicenceMeterTest, CutAnywhereForgetsNoTimeAndCountsNoneTwice) {
  formats::Licence leased = LicenceNamed(1);
  leased.terms.lease = formats::Lease{.seconds = 1, .start_charge_seconds = 10};
  ASSERT_TRUE(Begin(leased));
  std::uint64_t now = 0;
  for (const Survival survival : {Survival::kNothing, Survival::kEverything, Survival::kTorn}) {
    for (std::uint64_t step = 0; step <= 30; ++step) {
      now += 1000;
      disk_->CutAt(disk_->num_steps() + step);
      static_cast<void>(meter_->Advance({.anchor_ms = now}, 0).has_value());
      disk_->Heal();
      disk_->Restart(survival, step);
      Restart();
      EXPECT_EQ(meter_->LeaseMilliseconds(leased.id, {.anchor_ms = now}).value(), now) << step;
    }
  }
  EXPECT_EQ(meter_->LeaseMilliseconds(leased.id, {.anchor_ms = now, .resets = 2}).value(), now + 20'000);
}

TEST_F(LicenceMeterTest, ARenewedLicenceThatWasOverGoesOnWhereItWas) {
  ASSERT_TRUE(Begin(LicenceNamed(1, UnixTime{kNow.value + 10})));
  ASSERT_TRUE(meter_->Reserve(licence_.id, 7, 100));
  ASSERT_TRUE(Begin(LicenceNamed(2), {}, UnixTime{kNow.value + 20}));
  ASSERT_TRUE(Begin(LicenceNamed(1, UnixTime{kNow.value + 100}), {}, UnixTime{kNow.value + 20}));
  EXPECT_EQ(meter_->Reserved(licence_.id).value(), 7U);
}

TEST_F(LicenceMeterTest, AnotherLicencesTimeIsItsOwn) {
  formats::Licence leased = LicenceNamed(1);
  leased.terms.lease = formats::Lease{.seconds = 1};
  ASSERT_TRUE(Begin(leased));
  EXPECT_FALSE(meter_->LeaseMilliseconds(LicenceNamed(2).id, {}));
  ASSERT_TRUE(Begin(LicenceNamed(3)));
  EXPECT_FALSE(meter_->LeaseMilliseconds(LicenceNamed(3).id, {})) << "without a lease";
  formats::Licence later = LicenceNamed(4);
  later.terms.lease = formats::Lease{.seconds = 1, .counted_seconds = 7};
  ASSERT_TRUE(meter_->Begin(later, {}, {kNow, {.anchor_ms = 5000}}));
  EXPECT_EQ(meter_->LeaseMilliseconds(later.id, {.anchor_ms = 6000}).value(), 8000U);
  EXPECT_EQ(meter_->LeaseMilliseconds(leased.id, {.anchor_ms = 6000}).value(), 6000U);
  // Nothing worth a write writes nothing.
  const std::uint64_t counter = counter_.value;
  ASSERT_TRUE(meter_->Advance({.anchor_ms = 6000}, 1001));
  EXPECT_EQ(counter_.value, counter);
}

// What the floor rises up to the time at which a lease began is catching up.
TEST_F(LicenceMeterTest, AFloorThatCatchesUpUsesNoLease) {
  formats::Licence leased = LicenceNamed(1);
  leased.terms.lease = formats::Lease{.seconds = 1};
  const UnixTime arrived{kNow.value + 1000};
  const auto used = [&](std::uint64_t floor_later) {
    return meter_->LeaseMilliseconds(leased.id, {.floor = {kNow.value + floor_later}}).value();
  };
  ASSERT_TRUE(meter_->Begin(leased, {}, {arrived, {.floor = kNow}}));
  EXPECT_EQ(used(1000), 0U);
  EXPECT_EQ(used(1007), 7000U) << "control: beyond that it is time that passed";
  ASSERT_TRUE(meter_->Advance({.floor = {kNow.value + 500}}, 0));
  EXPECT_EQ(used(1007), 7000U);
  // The same one again does not begin anew; a renewed one does.
  ASSERT_TRUE(meter_->Begin(leased, Known(&leased), {{kNow.value + 2000}, {.floor = {kNow.value + 1007}}}));
  EXPECT_EQ(used(1010), 10'000U);
  formats::Licence renewed = leased;
  ++renewed.issued_at.value;
  ASSERT_TRUE(meter_->Begin(renewed, Known(&leased), {{kNow.value + 2000}, {.floor = {kNow.value + 1010}}}));
  EXPECT_EQ(used(2000), 10'000U);
  EXPECT_EQ(used(2001), 11'000U);
  // Nor does what a repair of time adds.
  ASSERT_TRUE(meter_->Rebase({.floor = {kNow.value + 2001}}, {kNow.value + 9000}, {kNow.value + 9500}));
  EXPECT_EQ(used(9500), 11'000U);
  EXPECT_EQ(used(9501), 12'000U);
  ASSERT_TRUE(meter_->Rebase({.floor = {kNow.value + 9501}}, kNow, kNow));
  EXPECT_EQ(used(3), 15'000U);
}

// However often it is written down meanwhile, and however much less than a second passed each time.
TEST_F(LicenceMeterTest, AFloorThatCatchesUpCountsNoFractionTwice) {
  formats::Licence leased = LicenceNamed(1);
  leased.terms.lease = formats::Lease{.seconds = 1};
  ASSERT_TRUE(meter_->Begin(leased, {}, {{kNow.value + 1000}, {.floor = kNow}}));
  for (std::uint64_t i = 1; i <= 10; ++i) ASSERT_TRUE(meter_->Advance({.anchor_ms = i * 900, .floor = kNow}, 0));
  const auto used = [&](std::uint64_t floor_later) {
    return meter_->LeaseMilliseconds(leased.id, {.anchor_ms = 9000, .floor = {kNow.value + floor_later}}).value();
  };
  EXPECT_EQ(used(1009), 9000U);
  EXPECT_EQ(used(1010), 10'000U) << "control: beyond that it is time that passed";
}

TEST_F(LicenceMeterTest, FullDiskReservesNothing) {
  ASSERT_TRUE(Begin(licence_));
  disk_->FullFrom(disk_->num_steps());
  EXPECT_EQ(meter_->Reserve(licence_.id, 10, 1000).error().code(), ErrorCode::kNoSpace);
  disk_->Heal();
  EXPECT_EQ(meter_->Reserved(licence_.id).value(), 0U);
}

}  // namespace
}  // namespace edgekeep::keep
