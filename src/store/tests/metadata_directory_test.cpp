// What the MetadataStore port promises, on the file system and under cuts.
#include "edgekeep/store/metadata_directory.h"

#include <string>

#include "edgekeep/base/testing/expect_error.h"
#include "edgekeep/store/posix_disk.h"
#include "fixture/fault_disk.h"
#include "fixture/temporary_directory.h"

namespace edgekeep::store {
namespace {

std::string Text(MetadataDirectory& store, std::string_view name) {
  const Result<Bytes> bytes = store.Read(name, 100);
  return bytes ? std::string(AsText(bytes->view())) : NameOf(bytes.error().code());
}

TEST(MetadataDirectoryTest, KeepsFilesUnderTheirOwnNames) {
  const fixture::TemporaryDirectory directory;
  PosixDisk disk = PosixDisk::Open(directory.path().c_str()).value();
  MetadataDirectory store(disk);
  EXPECT_EQ(Text(store, "root.json"), "not-found");
  EK_ASSERT_OK(store.Replace("root.json", AsBytes("one")));
  EK_ASSERT_OK(store.Replace("..%2Fteam~a_B-1.json", AsBytes("two")));
  EK_ASSERT_OK(store.Replace("root.json", AsBytes("three")));
  EXPECT_EQ(Text(store, "root.json"), "three");
  EXPECT_EQ(Text(store, "..%2Fteam~a_B-1.json"), "two");
  EXPECT_TRUE(std::filesystem::exists(directory.path() / "root.json"));
  EK_EXPECT_ERROR(store.Read("root.json", 4), ErrorCode::kTooLarge);
}

TEST(MetadataDirectoryTest, RefusesNamesThatAreNone) {
  fixture::FaultDisk disk;
  MetadataDirectory store(disk);
  for (const std::string& name : {std::string(), std::string("root"), std::string("../root.json"),
                                  std::string("a/b.json"), std::string("a b.json"), std::string("root.json.new"),
                                  std::string(ports::kMaxMetadataName - 4, 'x') + ".json"}) {
    EK_EXPECT_ERROR(store.Replace(name, AsBytes("x")), ErrorCode::kBadArgument);
    EK_EXPECT_ERROR(store.Read(name, 10), ErrorCode::kBadArgument);
  }
  EK_ASSERT_OK(store.Replace(std::string(ports::kMaxMetadataName - 5, 'x') + ".json", AsBytes("x")));
}

TEST(MetadataDirectoryTest, OldOrNewNeverNeitherUnderCuts) {
  for (const fixture::Survival survival : {fixture::Survival::kNothing, fixture::Survival::kEverything,
                                           fixture::Survival::kNamesOnly, fixture::Survival::kTorn}) {
    for (std::uint64_t step = 0; step < 8; ++step) {
      fixture::FaultDisk disk;
      MetadataDirectory store(disk);
      EK_ASSERT_OK(store.Replace("snapshot.json", AsBytes("old")));
      disk.CutAt(disk.num_steps() + step);
      const bool done = store.Replace("snapshot.json", AsBytes("newer")).has_value();
      disk.Restart(survival);
      disk.Heal();
      const std::string found = Text(store, "snapshot.json");
      EXPECT_TRUE(found == "newer" || (!done && found == "old")) << step << ": " << found;
      EK_ASSERT_OK(store.Replace("snapshot.json", AsBytes("next")));
    }
  }
}

}  // namespace
}  // namespace edgekeep::store
