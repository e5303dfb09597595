// Root to top-level targets: which files are wanted, what is accepted, and what stays in the store.
#include <gtest/gtest.h>

#include "fixture/device.h"

namespace edgekeep::release::fixture {
namespace {

using Names = std::vector<std::string>;

class RefreshTest : public testing::Test {
 protected:
  Repository repository_;
  Device device_{repository_};
};

TEST_F(RefreshTest, OfAFreshDeviceWantsEachFileOnce) {
  EXPECT_EQ(device_.Refresh(), "done");
  EXPECT_EQ(device_.requests, (Names{"2.root.json", "timestamp.json", "1.snapshot.json", "1.targets.json"}));
  EXPECT_EQ(device_.Trusted(), "root 1, snapshot 1, targets 1, timestamp 1");
}

TEST_F(RefreshTest, OfAnUnchangedRepositoryWantsTwoFilesAndWritesNone) {
  ASSERT_EQ(device_.Refresh(), "done");
  device_.store.writes.clear();
  EXPECT_EQ(device_.Refresh(), "done");
  EXPECT_EQ(device_.requests, (Names{"2.root.json", "timestamp.json"}));
  EXPECT_EQ(device_.store.writes, Names{});
}

TEST_F(RefreshTest, KeepsBytesAsTheyCame) {
  repository_.files()["timestamp.json"] += " \n";
  EXPECT_EQ(device_.Refresh(), "done");
  EXPECT_EQ(device_.store.files["timestamp.json"], repository_.files()["timestamp.json"]);
}

TEST_F(RefreshTest, WithoutConsistentSnapshotsNamesHaveNoVersions) {
  repository_.consistent_snapshot = false;
  repository_.PublishRoot();
  repository_.PublishAll();
  EXPECT_EQ(device_.Refresh(), "done");
  EXPECT_EQ(device_.requests, (Names{"2.root.json", "3.root.json", "timestamp.json", "snapshot.json", "targets.json"}));
}

TEST_F(RefreshTest, WantsNoMoreThanIsStated) {
  repository_.describes_hashes = true;
  repository_.PublishAll();
  auto client = Client::Open({.provider = TestProvider(), .store = device_.store, .now = kNow}).value();
  ASSERT_EQ(client->Refresh().value(), Progress::kNeedsFile);
  EXPECT_EQ(client->wanted().max_size, Limits().root_bytes);
  ASSERT_TRUE(client->TakeNotFound());
  EXPECT_EQ(client->wanted().max_size, Limits().timestamp_bytes);
  ASSERT_TRUE(client->TakeFile(AsBytes(repository_.files()["timestamp.json"])));
  EXPECT_EQ(client->wanted().max_size, repository_.files()["2.snapshot.json"].size());
  const std::string longer = repository_.files()["2.snapshot.json"] + " ";
  EXPECT_EQ(client->TakeFile(AsBytes(longer)).error().code(), ErrorCode::kTooLarge);
}

TEST_F(RefreshTest, NeedsARootToBeginWith) {
  device_.store.files.clear();
  EXPECT_EQ(device_.Refresh(), "not-initialised: no root metadata to begin with");
  EXPECT_EQ(device_.requests, Names{});
}

TEST_F(RefreshTest, RefusesADamagedRootBeforeItWantsAnything) {
  std::string& root = device_.store.files["root.json"];
  const std::size_t at = root.find("\"version\": 1");
  root[at + 11] = '3';
  EXPECT_EQ(device_.Refresh(), "bad-signature: signatures of a role");
  EXPECT_EQ(device_.requests, Names{});
}

TEST_F(RefreshTest, InitialisesOnceAndWithAGoodRootOnly) {
  MemoryStore store;
  EXPECT_EQ(Initialise(TestProvider(), store, AsBytes("{}")).error().code(), ErrorCode::kMalformed);
  EXPECT_TRUE(store.files.empty());
  EXPECT_TRUE(Initialise(TestProvider(), store, AsBytes(repository_.root(1))));
  EXPECT_EQ(Initialise(TestProvider(), store, AsBytes(repository_.root(1))).error().code(), ErrorCode::kAlreadyExists);
}

TEST_F(RefreshTest, FollowsTheChainOfRootsAndKeepsEach) {
  for (int i = 0; i < 5; ++i) {
    const Key next = NewKey("root-" + std::to_string(i + 2));
    repository_.signers["root"] = {repository_.keys["root"][0], next};
    repository_.keys["root"] = {next};
    repository_.PublishRoot();
  }
  EXPECT_EQ(device_.Refresh(), "done");
  EXPECT_EQ(device_.Trusted(), "root 6, snapshot 1, targets 1, timestamp 1");
  EXPECT_EQ(std::ranges::count(device_.store.writes, "root.json"), 5);
}

TEST_F(RefreshTest, BoundsTheRootsOfOneRefreshAndGoesOnInTheNext) {
  device_.limits.root_rotations = 3;
  for (int i = 0; i < 5; ++i) repository_.PublishRoot();
  EXPECT_EQ(device_.Refresh(), "too-large: number of roots in a refresh");
  EXPECT_EQ(device_.Trusted(), "root 4");
  EXPECT_EQ(device_.Refresh(), "done");
  EXPECT_EQ(device_.Trusted(), "root 6, snapshot 1, targets 1, timestamp 1");
}

TEST_F(RefreshTest, OnlyNotFoundEndsTheChainOfRoots) {
  repository_.PublishRoot();
  device_.failing = {"2.root.json"};
  EXPECT_EQ(device_.Refresh(), "io: fetching release metadata");
  EXPECT_EQ(device_.Trusted(), "root 1");
  device_.failing = {"3.root.json"};
  EXPECT_EQ(device_.Refresh(), "io: fetching release metadata");
  EXPECT_EQ(device_.Trusted(), "root 2");
  device_.failing = {};
  EXPECT_EQ(device_.Refresh(), "done");
}

TEST_F(RefreshTest, RefusesWhatIsMissing) {
  for (const char* name : {"timestamp.json", "1.snapshot.json", "1.targets.json"}) {
    Device device(repository_);
    const std::string kept = repository_.files()[name];
    repository_.files().erase(name);
    EXPECT_EQ(device.Refresh(), "not-found: release metadata") << name;
    repository_.files()[name] = kept;
    EXPECT_EQ(device.Refresh(), "done") << name;
  }
}

// Each role alone is not signed as it must be: what came before it is kept, nothing behind it is wanted.
TEST_F(RefreshTest, RefusesEachRoleThatIsNotSigned) {
  const std::pair<const char*, const char*> cases[] = {{"root", "root 1"},
                                                       {"timestamp", "root 2"},
                                                       {"snapshot", "root 2, timestamp 2"},
                                                       {"targets", "root 2, snapshot 2, timestamp 2"}};
  for (const auto& [role, trusted] : cases) {
    Repository repository;
    Device device(repository);
    repository.signers[role] = {NewKey("stranger")};
    repository.PublishRoot();
    repository.PublishAll();
    EXPECT_EQ(device.Refresh(), "bad-signature: signatures of a role") << role;
    EXPECT_EQ(device.Trusted(), trusted) << role;
    repository.signers.erase(role);
    repository.PublishRoot();
    repository.PublishAll();
    // Version 2 of the root stays where it is: a chain has no second try.
    if (std::string(role) != "root") {
      EXPECT_EQ(device.Refresh(), "done") << role;
    }
  }
}

TEST_F(RefreshTest, ARootMustBeSignedByTheOldKeysAndByItsOwn) {
  const Key old_key = repository_.keys["root"][0];
  const Key new_key = NewKey("root-2");
  repository_.keys["root"] = {new_key};
  for (const std::vector<Key>& signers : {std::vector<Key>{old_key}, std::vector<Key>{new_key}}) {
    Repository copy = repository_;
    Device device(copy);
    copy.signers["root"] = signers;
    copy.PublishRoot();
    EXPECT_EQ(device.Refresh(), "bad-signature: signatures of a role");
    EXPECT_EQ(device.Trusted(), "root 1");
  }
  repository_.signers["root"] = {old_key, new_key};
  repository_.PublishRoot();
  EXPECT_EQ(device_.Refresh(), "done");
}

TEST_F(RefreshTest, VersionsMustBeThoseAnnounced) {
  const auto raise = [](json::Object& content) { content.Set("version", 9); };
  Repository root = repository_;
  root.PublishRoot(raise);
  EXPECT_EQ(Device(root).Refresh(), "wrong-version: version of the root");
  Repository snapshot = repository_;
  snapshot.PublishSnapshot(raise);
  snapshot.PublishTimestamp();
  EXPECT_EQ(Device(snapshot).Refresh(), "wrong-version: version of the snapshot");
  Repository targets = repository_;
  targets.PublishTargets("targets", raise);
  targets.PublishSnapshot();
  targets.PublishTimestamp();
  EXPECT_EQ(Device(targets).Refresh(), "wrong-version: version of targets");
}

TEST_F(RefreshTest, RefusesFilesThatAreNotTheOnesDescribed) {
  repository_.describes_hashes = true;
  repository_.PublishAll();
  Device device(repository_);
  EXPECT_EQ(device.Refresh(), "done");  // the control
  for (const char* name : {"2.snapshot.json", "2.targets.json"}) {
    Repository copy = repository_;
    std::string& bytes = copy.files()[name];
    bytes[bytes.find("2099")] = '3';
    EXPECT_EQ(Device(copy).Refresh(), "malformed: hash of release metadata") << name;
    bytes.pop_back();
    EXPECT_EQ(Device(copy).Refresh(), "malformed: length of release metadata") << name;
  }
}

TEST_F(RefreshTest, RefusesAStoredSnapshotThatIsNotTheOneDescribed) {
  ASSERT_EQ(device_.Refresh(), "done");
  repository_.describes_hashes = true;
  --repository_.versions["snapshot"];
  repository_.PublishSnapshot([](json::Object& content) { content.Set("expires", "2098-01-01T00:00:00Z"); });
  repository_.PublishTimestamp();
  EXPECT_EQ(device_.Refresh(), "done");
  EXPECT_EQ(device_.requests, (Names{"2.root.json", "timestamp.json", "1.snapshot.json"}));
}

}  // namespace
}  // namespace edgekeep::release::fixture
