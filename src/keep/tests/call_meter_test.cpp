#include "../call_meter.h"

#include <gtest/gtest.h>

#include <memory>

#include "edgekeep/store/directory_store.h"
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
  licence.terms.expires = expires;
  return licence;
}

class CallMeterTest : public ::testing::Test {
 protected:
  CallMeterTest() { Restart(); }

  // The keep starts anew on what the disk has.
  void Restart() {
    store_ = std::make_unique<store::DirectoryStore>(store::DirectoryStore::Open(*disk_).value());
    meter_ = std::make_unique<CallMeter>(*store_, vault_);
  }

  Status Begin(const formats::Licence& licence, bool known, UnixTime now) {
    return meter_->Begin(licence.id, licence.terms, known, now);
  }

  std::unique_ptr<FaultDisk> disk_ = std::make_unique<FaultDisk>();
  fixture::MemoryAnchor anchor_;
  core::Vault vault_ = core::Vault::Unlock(TestProvider(), anchor_).value();
  std::unique_ptr<store::DirectoryStore> store_;
  std::unique_ptr<CallMeter> meter_;
  const formats::Licence licence_ = LicenceNamed(1);
};

TEST_F(CallMeterTest, ReservesUpToTheBudgetAndNoFurther) {
  ASSERT_TRUE(Begin(licence_, false, kNow));
  EXPECT_EQ(meter_->Reserve(licence_.id, 60, 100).value(), 60U);
  EXPECT_EQ(meter_->Reserve(licence_.id, 60, 100).value(), 40U);
  EXPECT_EQ(meter_->Reserve(licence_.id, 60, 100).value(), 0U);
  EXPECT_EQ(meter_->Reserved(licence_.id).value(), 100U);
  // A budget that is smaller than what is used leaves nothing.
  EXPECT_EQ(meter_->Reserve(licence_.id, 1, 50).value(), 0U);
}

TEST_F(CallMeterTest, CountsOnAcrossRestartsAndInstalls) {
  ASSERT_TRUE(Begin(licence_, false, kNow));
  ASSERT_TRUE(meter_->Reserve(licence_.id, 60, 100));
  Restart();
  ASSERT_TRUE(Begin(licence_, false, kNow));
  EXPECT_EQ(meter_->Reserve(licence_.id, 60, 100).value(), 40U);
}

TEST_F(CallMeterTest, LicencesHaveCountsOfTheirOwn) {
  const formats::Licence other = LicenceNamed(2);
  ASSERT_TRUE(Begin(licence_, false, kNow));
  ASSERT_TRUE(Begin(other, false, kNow));
  ASSERT_TRUE(meter_->Reserve(licence_.id, 7, 100));
  EXPECT_EQ(meter_->Reserved(licence_.id).value(), 7U);
  EXPECT_EQ(meter_->Reserved(other.id).value(), 0U);
}

// Whoever removes the meter, or one made before this licence was counted, does not make it begin anew.
TEST_F(CallMeterTest, TakenAwayIsDeniedAndDoesNotBeginAnew) {
  ASSERT_TRUE(Begin(licence_, false, kNow));
  ASSERT_TRUE(meter_->Reserve(licence_.id, 7, 100));
  ASSERT_TRUE(disk_->Remove("calls"));
  EXPECT_EQ(meter_->Reserve(licence_.id, 1, 100).error().code(), ErrorCode::kDenied);
  EXPECT_EQ(meter_->Reserved(licence_.id).error().code(), ErrorCode::kDenied);
  EXPECT_EQ(Begin(licence_, true, kNow).error().code(), ErrorCode::kDenied);
  EXPECT_TRUE(Begin(LicenceNamed(2), false, kNow));
  EXPECT_EQ(meter_->Reserve(licence_.id, 1, 100).error().code(), ErrorCode::kDenied);
}

TEST_F(CallMeterTest, EachFlippedBitIsDenied) {
  ASSERT_TRUE(Begin(licence_, false, kNow));
  std::vector<std::uint8_t>* const stored = disk_->ContentsOf("calls");
  ASSERT_NE(stored, nullptr);
  for (std::size_t bit = 0; bit < stored->size() * 8; ++bit) {
    (*stored)[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    EXPECT_EQ(meter_->Reserve(licence_.id, 1, 100).error().code(), ErrorCode::kDenied) << bit;
    (*stored)[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
  }
  EXPECT_EQ(meter_->Reserve(licence_.id, 1, 100).value(), 1U);
}

TEST_F(CallMeterTest, AnotherDevicesIsDenied) {
  ASSERT_TRUE(Begin(licence_, false, kNow));
  fixture::MemoryAnchor other;
  const core::Vault vault = core::Vault::Unlock(TestProvider(), other).value();
  EXPECT_EQ(CallMeter(*store_, vault).Reserved(licence_.id).error().code(), ErrorCode::kDenied);
}

TEST_F(CallMeterTest, LicencesThatAreOverMakeRoom) {
  for (std::size_t i = 0; i < CallMeter::kMaxLicences; ++i) {
    formats::Licence licence = LicenceNamed(1, i == 0 ? std::optional(UnixTime{kNow.value + 10}) : std::nullopt);
    licence.id.mutable_view()[1] = static_cast<std::uint8_t>(i);
    licence.id.mutable_view()[2] = static_cast<std::uint8_t>(i >> 8);
    ASSERT_TRUE(Begin(licence, false, kNow)) << i;
  }
  const formats::Licence one_more = LicenceNamed(3);
  EXPECT_EQ(Begin(one_more, false, UnixTime{kNow.value + 9}).error().code(), ErrorCode::kTooLarge);
  EXPECT_TRUE(Begin(one_more, false, UnixTime{kNow.value + 10}));
}

// Cut at each step of reserving: what was used is never forgotten, and at most one reservation is lost.
TEST_F(CallMeterTest, CutAnywhereLosesAReservationAtMostAndGainsNothing) {
  constexpr std::uint64_t kBlock = 10;
  ASSERT_TRUE(Begin(licence_, false, kNow));
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

// The control: on a disk that says it has synced and has not, the same cuts give calls back.
TEST_F(CallMeterTest, ControlADiskThatLiesAboutSyncsGivesCallsBack) {
  ASSERT_TRUE(Begin(licence_, false, kNow));
  disk_->LieAboutSyncs();
  ASSERT_TRUE(meter_->Reserve(licence_.id, 10, 1000));
  disk_->Restart(Survival::kNothing);
  Restart();
  EXPECT_EQ(meter_->Reserved(licence_.id).value(), 0U);
}

TEST_F(CallMeterTest, FullDiskReservesNothing) {
  ASSERT_TRUE(Begin(licence_, false, kNow));
  disk_->FullFrom(disk_->num_steps());
  EXPECT_EQ(meter_->Reserve(licence_.id, 10, 1000).error().code(), ErrorCode::kNoSpace);
  disk_->Heal();
  EXPECT_EQ(meter_->Reserved(licence_.id).value(), 0U);
}

}  // namespace
}  // namespace edgekeep::keep
