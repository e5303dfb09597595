// The fault tests are worth what this disk is worth: it must lose exactly what was not synced.
#include "fixture/fault_disk.h"

#include "edgekeep/base/testing/expect_error.h"
#include "edgekeep/store/directory_store.h"

namespace edgekeep::store {
namespace {

using fixture::FaultDisk;
using fixture::Survival;

TEST(FaultDisk, UnsyncedContentsAndNamesAreLost) {
  FaultDisk disk;
  const auto file = disk.Create("a").value();
  EK_ASSERT_OK(disk.WriteAt(file, 0, AsBytes("text")));
  EK_ASSERT_OK(disk.SyncFile(file));
  disk.Restart(Survival::kNothing);
  EK_EXPECT_ERROR(disk.Open("a"), ErrorCode::kNotFound);
}

TEST(FaultDisk, SyncedNameWithoutSyncedContentsIsEmpty) {
  FaultDisk disk;
  const auto file = disk.Create("a").value();
  EK_ASSERT_OK(disk.WriteAt(file, 0, AsBytes("text")));
  EK_ASSERT_OK(disk.SyncDirectory(""));
  disk.Restart(Survival::kNothing);
  EXPECT_EQ(disk.SizeOf(disk.Open("a").value()).value(), 0U);
}

TEST(FaultDisk, SyncedFileSurvives) {
  FaultDisk disk;
  const auto file = disk.Create("a").value();
  EK_ASSERT_OK(disk.WriteAt(file, 0, AsBytes("text")));
  EK_ASSERT_OK(disk.SyncFile(file));
  EK_ASSERT_OK(disk.SyncDirectory(""));
  disk.Restart(Survival::kNothing);
  EXPECT_EQ(disk.SizeOf(disk.Open("a").value()).value(), 4U);
}

TEST(FaultDisk, CutStopsEverythingLater) {
  FaultDisk disk;
  disk.CutAt(1);
  EK_ASSERT_OK(disk.Create("a"));
  EK_EXPECT_ERROR(disk.Create("b"), ErrorCode::kIo);
  EK_EXPECT_ERROR(disk.SyncDirectory(""), ErrorCode::kIo);
  disk.Restart(Survival::kEverything);
  EK_ASSERT_OK(disk.Open("a"));
  EK_EXPECT_ERROR(disk.Open("b"), ErrorCode::kNotFound);
}

TEST(FaultDisk, TornContentsAreHalf) {
  FaultDisk disk;
  const auto file = disk.Create("a").value();
  EK_ASSERT_OK(disk.WriteAt(file, 0, AsBytes("1234")));
  disk.Restart(Survival::kTorn);
  EXPECT_EQ(disk.SizeOf(disk.Open("a").value()).value(), 2U);
}

// Control: a replacement without its syncs is caught losing both forms by this disk.
TEST(FaultDisk, CatchesARenameBeforeTheContentsAreSynced) {
  FaultDisk disk;
  DirectoryStore store = DirectoryStore::Open(disk).value();
  EK_ASSERT_OK(store.Replace("trust", AsBytes("old")));
  const auto file = disk.Create("trust.new").value();
  EK_ASSERT_OK(disk.WriteAt(file, 0, AsBytes("new")));
  EK_ASSERT_OK(disk.Rename("trust.new", "trust"));
  disk.Restart(Survival::kNamesOnly);
  const Bytes found = DirectoryStore::Open(disk)->Read("trust", 10).value();
  EXPECT_EQ(found.size(), 0U);
}

std::string TextAfter(FaultDisk& disk) {
  DirectoryStore store = DirectoryStore::Open(disk).value();
  const Bytes bytes = store.Read("trust", 100).value();
  return std::string(AsText(bytes.view()));
}

TEST(ReplaceUnderCuts, OldOrNewNeverNeither) {
  int num_states = 0;
  for (const Survival survival :
       {Survival::kNothing, Survival::kEverything, Survival::kNamesOnly, Survival::kTorn, Survival::kSeeded}) {
    const std::uint64_t num_seeds = survival == Survival::kSeeded ? 50 : 1;
    for (std::uint64_t seed = 0; seed < num_seeds; ++seed) {
      for (std::uint64_t cut = 0; cut < 12; ++cut, ++num_states) {
        FaultDisk disk;
        DirectoryStore store = DirectoryStore::Open(disk).value();
        EK_ASSERT_OK(store.Replace("trust", AsBytes("old text")));
        disk.CutAt(disk.num_steps() + cut);
        const bool replaced = store.Replace("trust", AsBytes("new text")).has_value();
        disk.Restart(survival, seed);
        const std::string found = TextAfter(disk);
        if (replaced) {
          EXPECT_EQ(found, "new text") << "a finished replacement was lost, cut " << cut;
        } else {
          EXPECT_TRUE(found == "old text" || found == "new text") << found << ", cut " << cut;
        }
      }
    }
  }
  RecordProperty("states", num_states);
}

TEST(ReplaceUnderCuts, FullOrReadOnlyDiskKeepsTheOldObject) {
  for (std::uint64_t from = 0; from < 8; ++from) {
    for (const bool full : {true, false}) {
      FaultDisk disk;
      DirectoryStore store = DirectoryStore::Open(disk).value();
      EK_ASSERT_OK(store.Replace("trust", AsBytes("old text")));
      const std::uint64_t step = disk.num_steps() + from;
      full ? disk.FullFrom(step) : disk.ReadOnlyFrom(step);
      const Status replaced = store.Replace("trust", AsBytes("new text"));
      if (!replaced) {
        EXPECT_EQ(replaced.error().code(), full ? ErrorCode::kNoSpace : ErrorCode::kReadOnly);
      }
      disk.Heal();
      const std::string found = TextAfter(disk);
      EXPECT_TRUE(replaced ? found == "new text" : found == "old text" || found == "new text") << from;
    }
  }
}

}  // namespace
}  // namespace edgekeep::store
