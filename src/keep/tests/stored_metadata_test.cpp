// Stored release metadata that somebody damages, takes away or makes too large: what was seen stays seen.
#include <array>

#include "edgekeep/base/testing/expect_error.h"
#include "edgekeep/release/limits.h"
#include "fixture/released_device.h"

namespace edgekeep::keep {
namespace {

using fixture::ReleasedDevice;
using release::fixture::KeysOf;

class StoredMetadataTest : public ReleasedDevice {
 protected:
  static constexpr std::array kNames = {"metadata.timestamp.json", "metadata.snapshot.json", "metadata.targets.json"};

  // A root in which somebody else has this role.
  void HandOver(const std::vector<std::string>& roles) {
    for (const std::string& role : roles) {
      world_.repository.keys[role] = world_.repository.signers[role] = KeysOf({&world_.trent});
    }
    world_.repository.PublishRoot();
    world_.Renew();
  }

  std::uint64_t TargetsInStatus() { return device_.Status()->releases->targets_version; }

  std::size_t NumNotes(std::string_view text) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        device_.journal.lines, [&](const std::string& line) { return line.find(text) != std::string::npos; }));
  }
};

// Whoever has the disk forgets what says which versions were seen, and serves what was released before that, which has
// not expired yet.
TEST_F(StoredMetadataTest, ThatIsDamagedOrTakenAwayBringsNoOlderVersionBack) {
  Release();
  const auto before = world_.repository;
  Release();
  const auto now = world_.repository;
  ASSERT_EQ(Update(), "installed");
  for (const bool is_taken_away : {false, true}) {
    device_.Stop();
    for (const std::string name : kNames) {
      if (is_taken_away) {
        EK_ASSERT_OK(device_.disk->Remove(name));
      } else {
        device_.disk->ContentsOf(name)->front() ^= 1;
      }
    }
    ASSERT_TRUE(device_.Start());
    EXPECT_EQ(TargetsInStatus(), 3U);
    world_.repository = before;
    EXPECT_EQ(world_.Refresh(device_), "wrong-version");
    EXPECT_TRUE(device_.journal.Mentions("older timestamp than was seen"));
    world_.repository = now;
    EXPECT_EQ(Update(), "installed") << "control";
  }
  // Control: new keys begin anew, which is how versions that somebody pushed up are recovered from.
  world_.repository = before;
  HandOver({"timestamp", "snapshot"});
  world_.Prove();
  EXPECT_EQ(world_.Refresh(device_), "done");
  EXPECT_EQ(TargetsInStatus(), 2U);
}

// With the timestamp's key alone: what a snapshot said of targets is another key's word.
TEST_F(StoredMetadataTest, WhoeverHasTheTimestampsKeyBringsNoOlderTargetsBack) {
  Release();
  const auto before = world_.repository;
  Release();
  ASSERT_EQ(Update(), "installed");
  device_.Stop();
  for (const std::string name : kNames) EK_ASSERT_OK(device_.disk->Remove(name));
  ASSERT_TRUE(device_.Start());
  world_.repository = before;
  HandOver({"timestamp"});
  EXPECT_EQ(world_.Refresh(device_), "wrong-version");
  EXPECT_TRUE(device_.journal.Mentions("older targets than were seen"));
}

TEST_F(StoredMetadataTest, ThatIsDamagedIsNotedOnceAndLeavesTheStatus) {
  Release();
  ASSERT_EQ(Update(), "installed");
  device_.Stop();
  device_.disk->ContentsOf("metadata.timestamp.json")->front() ^= 1;
  device_.disk->ContentsOf("metadata.targets.json")->resize(6'000'000);
  ASSERT_TRUE(device_.Start());
  const std::string timestamp = std::exchange(world_.repository.files()["timestamp.json"], "junk");
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(TargetsInStatus(), 2U);
    EXPECT_EQ(world_.Refresh(device_), "malformed");
  }
  EXPECT_EQ(NumNotes("metadata.timestamp.json"), 1U);
  world_.repository.files()["timestamp.json"] = timestamp;
  EXPECT_EQ(Update(), "installed") << "control: it came again";
  EXPECT_EQ(NumNotes("metadata.targets.json"), 1U);
  device_.Stop();
  device_.disk->ContentsOf("metadata.timestamp.json")->front() ^= 1;
  ASSERT_TRUE(device_.Start());
  EXPECT_EQ(Update(), "installed");
  EXPECT_EQ(NumNotes("metadata.timestamp.json"), 2U) << "control: damaged anew";
}

// No more than the keep's locked memory bears is asked for, or read.
TEST_F(StoredMetadataTest, MayBeNoLargerThanADeviceTakes) {
  const auto padded = [&](std::size_t size) {
    const std::string name = std::to_string(world_.repository.versions["targets"]) + ".targets.json";
    std::string& file = world_.repository.files()[name];
    file.insert(file.size() - 1, size - file.size(), ' ');
    return Update();
  };
  Release();
  EXPECT_EQ(padded(release::kDeviceLimits.targets_bytes + 1), "too-large");
  Release();
  EXPECT_EQ(padded(release::kDeviceLimits.targets_bytes), "installed") << "control";
}

// By whoever fetches files, and signs none.
TEST_F(StoredMetadataTest, ThatOnlyTakeMemoryAreNotParsed) {
  const auto refresh_with = [&](const std::string& name, const std::string& more) {
    std::string& file = world_.repository.files()[name];
    const std::string good = std::exchange(file, file.substr(0, file.size() - 1) + ",\"x\":[" + more + "1]}");
    const std::string said = world_.Refresh(device_);
    world_.repository.files()[name] = good;
    return said;
  };
  std::string dense, sparse;
  for (int i = 0; i < 4000; ++i) dense += "1,";
  for (int i = 0; i < 400; ++i) sparse += "\"0123456789abcdef\",";
  Release();
  EXPECT_EQ(refresh_with("timestamp.json", dense), "too-large");
  EXPECT_EQ(refresh_with("timestamp.json", sparse), "done") << "control";
  // What the snapshot describes is looked at first.
  world_.repository.describes_hashes = true;
  Release();
  std::string& targets =
      world_.repository.files()[std::to_string(world_.repository.versions["targets"]) + ".targets.json"];
  std::string junk = "[" + dense;
  junk.resize(targets.size());
  targets.swap(junk);
  EXPECT_EQ(world_.Refresh(device_), "malformed") << "and not too-large";
  EXPECT_TRUE(device_.journal.Mentions("hash of release metadata"));
  targets.swap(junk);
  EXPECT_EQ(world_.Refresh(device_), "done") << "control";
}

}  // namespace
}  // namespace edgekeep::keep
