#include "edgekeep/update/installed.h"

#include "edgekeep/base/testing/expect_error.h"
#include "fixture/device_fixture.h"

namespace edgekeep::update {
namespace {

using fixture::DeviceFixture;
using fixture::TestProvider;

class InstalledTest : public testing::Test, protected DeviceFixture {
 protected:
  // A record as this device stores it.
  Bytes Record(std::uint64_t generation, std::uint8_t slot) const {
    core::RecordFacts facts;
    facts.generation = generation;
    facts.product = use.product;
    facts.version = {{3}, VersionText::Truncated("1.0")};
    facts.slot = slot;
    facts.epoch = {4};
    facts.canonical.file_size = 10000;
    facts.installed_at = fixture::kNow;
    return core::MakeRecord(TestProvider(), device.vault(), epoch_key_, keys_, facts).value();
  }

  static Bytes Damaged(Bytes record) {
    record.mutable_view()[record.size() / 2] ^= 1;
    return record;
  }

  static Bytes CopyOf(const Bytes& bytes) { return Bytes::Copy(bytes.view()).value(); }

  Installed Judge(std::optional<Bytes> first, std::optional<Bytes> second) const {
    return Installed::Judge(device.vault(), use.product, {std::move(first), std::move(second)});
  }

  sealing::EpochKey epoch_key_ = publisher.KeyOf({4});
  core::SlotKeys keys_ = core::NewSlotKeys(TestProvider()).value();
};

TEST_F(InstalledTest, NothingIsInstalled) {
  const Installed installed = Judge({}, {});
  EXPECT_EQ(installed.current(), nullptr);
  EXPECT_FALSE(installed.damaged());
  EXPECT_EQ(PlanInstall(installed).slot, 0);
  EXPECT_EQ(PlanInstall(installed).generation, 1U);
  EXPECT_EQ(FirstCopyToReplace(installed), 0U);
  const RecoveryPlan plan = PlanRecovery(installed);
  EXPECT_FALSE(plan.copy_to_restore);
  EXPECT_TRUE(plan.slots_to_erase[0] && plan.slots_to_erase[1]);
}

TEST_F(InstalledTest, HigherGenerationCountsWhereverItStands) {
  EXPECT_EQ(Judge(Record(5, 0), Record(6, 1)).current()->record().generation, 6U);
  EXPECT_EQ(Judge(Record(6, 1), Record(5, 0)).current()->record().generation, 6U);
  EXPECT_EQ(Judge(Record(255, 1), Record(256, 0)).current()->record().generation, 256U);
}

TEST_F(InstalledTest, DamagedHigherGenerationDoesNotCount) {
  const Installed installed = Judge(Record(5, 0), Damaged(Record(6, 1)));
  ASSERT_NE(installed.current(), nullptr);
  EXPECT_EQ(installed.current()->record().generation, 5U);
  EXPECT_FALSE(installed.damaged());
}

TEST_F(InstalledTest, RecordOfAnotherDeviceDoesNotCount) {
  const DeviceFixture other;
  const Installed foreign = Installed::Judge(other.device.vault(), use.product, {Record(5, 0), Record(6, 1)});
  EXPECT_EQ(foreign.current(), nullptr);
  EXPECT_TRUE(foreign.damaged());
  EXPECT_NE(Judge(Record(5, 0), Record(6, 1)).current(), nullptr);
}

TEST_F(InstalledTest, InstallGoesToTheOtherSlotAndReplacesTheOtherCopyFirst) {
  const Installed installed = Judge(Record(5, 0), Record(6, 1));
  EXPECT_EQ(PlanInstall(installed).slot, 0);
  EXPECT_EQ(PlanInstall(installed).generation, 7U);
  EXPECT_EQ(FirstCopyToReplace(installed), 0U);
}

TEST_F(InstalledTest, CommitNeverReplacesTheOnlyCopyThatCounts) {
  EXPECT_EQ(FirstCopyToReplace(Judge(Record(5, 0), {})), 1U);
  EXPECT_EQ(FirstCopyToReplace(Judge({}, Record(5, 0))), 0U);
  EXPECT_EQ(FirstCopyToReplace(Judge(Record(5, 0), Damaged(Record(6, 1)))), 1U);
}

TEST_F(InstalledTest, RecoveryRestoresTheOtherCopyAndErasesTheOtherSlot) {
  for (const bool damaged : {false, true}) {
    const RecoveryPlan plan = PlanRecovery(Judge(damaged ? Damaged(Record(5, 0)) : Record(5, 0), Record(6, 1)));
    EXPECT_EQ(plan.copy_to_restore, 0U);
    EXPECT_TRUE(plan.slots_to_erase[0]);
    EXPECT_FALSE(plan.slots_to_erase[1]);
  }
  EXPECT_EQ(PlanRecovery(Judge(Record(5, 0), {})).copy_to_restore, 1U);
}

TEST_F(InstalledTest, RecoveryLeavesEqualCopiesAlone) {
  const Bytes record = Record(5, 0);
  const Installed installed = Judge(CopyOf(record), CopyOf(record));
  EXPECT_TRUE(installed.redundant());
  EXPECT_FALSE(PlanRecovery(installed).copy_to_restore);
}

TEST_F(InstalledTest, RecoveryTouchesNothingWhenNoCopyIsAuthentic) {
  const Installed installed = Judge(Damaged(Record(5, 0)), Damaged(Record(6, 1)));
  EXPECT_TRUE(installed.damaged());
  const RecoveryPlan plan = PlanRecovery(installed);
  EXPECT_FALSE(plan.copy_to_restore);
  EXPECT_FALSE(plan.slots_to_erase[0] || plan.slots_to_erase[1]);
}

}  // namespace
}  // namespace edgekeep::update
