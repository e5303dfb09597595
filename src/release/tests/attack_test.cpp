// What somebody between the repository and a device can do: old files, mixed files, files that never get newer. Each
// attack has its control: the same thing done by whoever may.
#include <gtest/gtest.h>

#include "fixture/device.h"

namespace edgekeep::release::fixture {
namespace {

class AttackTest : public testing::Test {
 protected:
  AttackTest() {
    EXPECT_EQ(device_.Refresh(), "done");
    repository_.PublishAll();
    before_ = repository_.files();
    repository_.PublishAll();
    EXPECT_EQ(device_.Refresh(), "done");
    EXPECT_EQ(device_.Trusted(), "root 1, snapshot 3, targets 3, timestamp 3");
  }

  // Nothing of what the device trusts may have changed.
  void ExpectRefused(const std::string& reason) {
    const auto trusted = device_.store.files;
    EXPECT_EQ(device_.Refresh(), reason);
    EXPECT_EQ(device_.store.files, trusted);
  }

  Repository repository_;
  Device device_{repository_};
  std::map<std::string, std::string> before_;
};

TEST_F(AttackTest, AnOlderTimestampIsRefused) {
  repository_.files() = before_;
  ExpectRefused("wrong-version: older timestamp");
}

TEST_F(AttackTest, AnotherTimestampOfTheSameVersionIsNotTaken) {
  --repository_.versions["timestamp"];
  repository_.versions["snapshot"] = 98;
  repository_.PublishSnapshot();
  repository_.PublishTimestamp();
  ExpectRefused("done");
  EXPECT_EQ(device_.requests.back(), "timestamp.json");
}

TEST_F(AttackTest, ATimestampThatNamesAnOlderSnapshotIsRefused) {
  Repository good = repository_;
  repository_.versions["snapshot"] = 1;
  repository_.PublishSnapshot();
  repository_.PublishTimestamp();
  ExpectRefused("wrong-version: older snapshot in the timestamp");
  good.PublishSnapshot();
  good.PublishTimestamp();
  repository_ = good;
  EXPECT_EQ(device_.Refresh(), "done");
}

TEST_F(AttackTest, ASnapshotThatNamesOlderTargetsIsRefused) {
  for (const bool describes_hashes : {false, true}) {
    repository_.describes_hashes = describes_hashes;
    const auto versions = repository_.versions;
    repository_.versions["targets"] = 1;
    repository_.PublishAll();
    EXPECT_EQ(device_.Refresh(), "wrong-version: older version of a role in the snapshot");
    repository_.versions["targets"] = versions.at("targets") + 1;
    repository_.PublishAll();
    EXPECT_EQ(device_.Refresh(), "done");
  }
}

TEST_F(AttackTest, ASnapshotWithoutARoleThatItHadIsRefused) {
  repository_.PublishTargets("role");
  repository_.PublishSnapshot();
  repository_.PublishTimestamp();
  ASSERT_EQ(device_.Refresh(), "done");
  repository_.PublishSnapshot([](json::Object& content) {
    json::Object meta;
    meta.Set("targets.json", *content.Find("meta")->AsObject().value()->Find("targets.json"));
    content.Set("meta", meta);
  });
  repository_.PublishTimestamp();
  EXPECT_EQ(device_.Refresh(), "wrong-version: a role that the snapshot has no longer");
  EXPECT_EQ(device_.Trusted(), "root 1, snapshot 4, targets 3, timestamp 5");
}

// A newer timestamp with the snapshot of an older one.
TEST_F(AttackTest, AMixOfFilesIsRefused) {
  repository_.PublishAll();
  const std::string good = repository_.files()["4.snapshot.json"];
  repository_.files()["4.snapshot.json"] = before_["2.snapshot.json"];
  EXPECT_EQ(device_.Refresh(), "wrong-version: version of the snapshot");
  repository_.files()["4.snapshot.json"] = good;
  repository_.files()["4.targets.json"] = before_["2.targets.json"];
  EXPECT_EQ(device_.Refresh(), "wrong-version: version of targets");
  repository_.files()["4.targets.json"] = repository_.files()["4.snapshot.json"];
  EXPECT_EQ(device_.Refresh(), "malformed: type of metadata");
}

TEST_F(AttackTest, AFrozenRepositoryExpires) {
  device_.now = UnixTime{4102444799};  // the second when everything expires
  ExpectRefused("expired: root metadata");
  device_.now = UnixTime{4102444798};
  EXPECT_EQ(device_.Refresh(), "done");
}

TEST_F(AttackTest, EachExpiredRoleIsRefusedAndWhatCameBeforeIsKept) {
  const std::pair<const char*, const char*> cases[] = {{"timestamp", "root 1, snapshot 3, targets 3, timestamp 3"},
                                                       {"snapshot", "root 1, snapshot 3, targets 3, timestamp 5"},
                                                       {"targets", "root 1, snapshot 6, targets 3, timestamp 6"}};
  for (const auto& [role, trusted] : cases) {
    repository_.expires[role] = "2026-01-01T00:00:00Z";
    repository_.PublishAll();
    EXPECT_EQ(device_.Refresh(), "expired: " + std::string(role) + " metadata");
    EXPECT_EQ(device_.Trusted(), trusted);
    repository_.expires[role] = "2026-01-01T00:00:01Z";
  }
  repository_.PublishAll();
  EXPECT_EQ(device_.Refresh(), "done");
}

TEST_F(AttackTest, OnlyTheLastRootMayNotHaveExpired) {
  repository_.expires["root"] = "2020-01-01T00:00:00Z";
  repository_.PublishRoot();
  EXPECT_EQ(device_.Refresh(), "expired: root metadata");
  EXPECT_EQ(device_.Trusted(), "root 2, snapshot 3, targets 3, timestamp 3");
  repository_.expires.erase("root");
  repository_.PublishRoot();
  EXPECT_EQ(device_.Refresh(), "done");
}

TEST_F(AttackTest, ExpiredMetadataIsStillABaseForNewer) {
  device_.now = UnixTime{4102444800};
  EXPECT_EQ(device_.Refresh(), "expired: root metadata");
  for (const char* role : {"root", "timestamp", "snapshot", "targets"})
    repository_.expires[role] = "2199-01-01T00:00:00Z";
  repository_.PublishRoot();
  EXPECT_EQ(device_.Refresh(), "expired: timestamp metadata");
  Repository good = repository_;
  repository_.versions["timestamp"] = 1;
  repository_.PublishTimestamp();
  EXPECT_EQ(device_.Refresh(), "wrong-version: older timestamp");
  repository_ = good;
  repository_.PublishAll();
  EXPECT_EQ(device_.Refresh(), "done");
}

// A clock that was turned back accepts what had expired, and no older version all the same.
TEST_F(AttackTest, AClockTurnedBackBringsNoOlderVersionBack) {
  device_.now = UnixTime{0};
  EXPECT_EQ(device_.Refresh(), "done");
  repository_.files() = before_;
  ExpectRefused("wrong-version: older timestamp");
}

// Whoever had the keys pushed versions up; new keys, and versions start anew.
TEST_F(AttackTest, NewKeysRecoverFromVersionsThatWerePushedUp) {
  repository_.versions["timestamp"] = repository_.versions["snapshot"] = repository_.versions["targets"] = 1'000'000;
  repository_.PublishAll();
  ASSERT_EQ(device_.Refresh(), "done");
  repository_.versions["timestamp"] = repository_.versions["snapshot"] = repository_.versions["targets"] = 3;
  repository_.PublishAll();
  EXPECT_EQ(device_.Refresh(), "wrong-version: older timestamp");
  repository_.keys["timestamp"] = {NewKey("timestamp-2")};
  repository_.PublishRoot();
  repository_.PublishAll();
  EXPECT_EQ(device_.Refresh(), "wrong-version: older version of a role in the snapshot");
  repository_.keys["snapshot"] = {NewKey("snapshot-2")};
  repository_.PublishRoot();
  repository_.PublishAll();
  EXPECT_EQ(device_.Refresh(), "done");
  EXPECT_EQ(device_.Trusted(), "root 3, snapshot 6, targets 6, timestamp 6");
}

TEST_F(AttackTest, ATargetsKeyThatWasTakenAwayNoLongerSigns) {
  const Key old_key = repository_.keys["targets"][0];
  repository_.keys["targets"] = {NewKey("targets-2")};
  repository_.signers["targets"] = {old_key};
  repository_.PublishRoot();
  EXPECT_EQ(device_.Refresh(), "bad-signature: signatures of a role");
  repository_.signers.clear();
  repository_.PublishAll();
  EXPECT_EQ(device_.Refresh(), "done");
}

}  // namespace
}  // namespace edgekeep::release::fixture
