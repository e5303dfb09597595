// The search for a target: which roles are looked into, in which order, and whose word counts.
#include <gtest/gtest.h>

#include "fixture/device.h"

namespace edgekeep::release::fixture {
namespace {

using Names = std::vector<std::string>;

class FindTargetTest : public testing::Test {
 protected:
  // Publishes `roles` with nothing but what was said about them, then the top.
  void Publish(const Names& roles) {
    for (const std::string& role : roles) repository_.PublishTargets(role);
    repository_.PublishAll();
  }

  // Names of the delegated roles' files that were wanted, without version and suffix.
  std::string Visited() const {
    std::string all;
    for (const std::string& name : device_.requests) {
      if (name.ends_with("root.json") || name == "timestamp.json") continue;
      const std::string role = name.substr(name.find('.') + 1, name.find(".json") - name.find('.') - 1);
      if (role != "snapshot" && role != "targets") all += (all.empty() ? "" : " ") + role;
    }
    return all;
  }

  Repository repository_;
  Device device_{repository_};
};

TEST_F(FindTargetTest, InTheTopLevelRole) {
  repository_.targets["targets"]["a/b.bin"] = "content";
  repository_.PublishAll();
  ASSERT_EQ(device_.Find("a/b.bin"), "done");
  const VerifiedTarget& target = device_.client().target();
  EXPECT_EQ(target.path(), "a/b.bin");
  EXPECT_EQ(target.length(), 7U);
  const std::string digest = HexDigest(crypto::AlgorithmId::kSha256, "content");
  EXPECT_EQ(target.file_name().view(), "a/" + digest + ".b.bin");
  EXPECT_EQ(device_.FindAgain("b.bin"), "not-found: target");
  EXPECT_EQ(device_.FindAgain("a/b.bin"), "done");
}

TEST_F(FindTargetTest, FollowsPathsOnly) {
  repository_.delegations["targets"] = {{"docs", {"*.md"}}, {"code", {"src/*/*", "src/?"}}};
  repository_.targets["docs"]["README.md"] = "by docs";
  repository_.targets["docs"]["src/a/b"] = "by docs, who may not";
  repository_.targets["code"]["src/a/b"] = "by code";
  Publish({"docs", "code"});
  EXPECT_EQ(device_.Find("README.md"), "done");
  EXPECT_EQ(Visited(), "docs");
  EXPECT_EQ(device_.Find("src/a/b"), "done");
  EXPECT_EQ(device_.client().target().length(), std::string("by code").size());
  EXPECT_EQ(Visited(), "code");
  EXPECT_EQ(device_.Find("README.MD"), "not-found: target");
  EXPECT_EQ(device_.Find("src/README.md"), "not-found: target");
  EXPECT_EQ(device_.Find("src/a/b/c"), "not-found: target");
}

TEST_F(FindTargetTest, GoesDepthFirstInOrder) {
  repository_.delegations["targets"] = {{"a", {"*"}}, {"b", {"*"}}};
  repository_.delegations["a"] = {{"c", {"*"}}, {"d", {"*"}}};
  Publish({"c", "d", "a", "b"});
  EXPECT_EQ(device_.Find("missing"), "not-found: target");
  EXPECT_EQ(Visited(), "a c d b");
  EXPECT_EQ(device_.Find("missing"), "not-found: target");
  EXPECT_EQ(Visited(), "");  // all of them are stored
}

TEST_F(FindTargetTest, EarlierRolesComeBeforeLaterOnes) {
  repository_.delegations["targets"] = {{"a", {"*"}}, {"b", {"*"}}};
  repository_.targets["a"]["x"] = "a's";
  repository_.targets["b"]["x"] = "b's, longer";
  Publish({"a", "b"});
  ASSERT_EQ(device_.Find("x"), "done");
  EXPECT_EQ(device_.client().target().length(), 3U);
}

TEST_F(FindTargetTest, TerminatingDelegationsEndIt) {
  repository_.delegations["targets"] = {{"a", {"*"}}, {"b", {"*"}}};
  repository_.delegations["a"] = {{"c", {"*"}}, {"d", {"*"}, true}, {"e", {"*"}}};
  repository_.delegations["c"] = {{"f", {"*"}}};
  repository_.targets["b"]["x"] = "b's";
  repository_.targets["e"]["x"] = "e's";
  Publish({"f", "c", "d", "e", "a", "b"});
  EXPECT_EQ(device_.Find("x"), "not-found: target");
  EXPECT_EQ(Visited(), "a c f d");
}

TEST_F(FindTargetTest, CyclesEnd) {
  repository_.delegations["targets"] = {{"a", {"*"}}};
  repository_.delegations["a"] = {{"b", {"*"}}, {"a", {"*"}}};
  repository_.delegations["b"] = {{"a", {"*"}}, {"c", {"*"}}};
  Publish({"a", "b", "c", "a"});
  EXPECT_EQ(device_.Find("x"), "not-found: target");
  EXPECT_EQ(Visited(), "a b c");
}

TEST_F(FindTargetTest, BoundsTheRolesOfOneSearch) {
  Names roles;
  for (int i = 0; i < 40; ++i) {
    roles.push_back("r" + std::to_string(i));
    repository_.delegations[i == 0 ? "targets" : roles[static_cast<std::size_t>(i) - 1]] = {{roles.back(), {"*"}}};
  }
  repository_.targets["r31"]["near"] = "x";
  repository_.targets["r32"]["far"] = "x";
  Publish(roles);
  EXPECT_EQ(device_.Find("near"), "done");
  EXPECT_EQ(device_.FindAgain("far"), "too-large: number of delegated roles");
  EXPECT_EQ(device_.FindAgain("near"), "done");
}

TEST_F(FindTargetTest, HashBinsTakeTheirPart) {
  repository_.bins["targets"] = {10, "bin"};
  const std::string digest = HexDigest(crypto::AlgorithmId::kSha256, "some/target");
  const auto number = std::stoul(digest.substr(0, 4), nullptr, 16) >> 6;
  std::array<char, 8> name{};
  std::snprintf(name.data(), name.size(), "bin-%03lx", number);
  repository_.keys[name.data()] = {NewKey("unused")};
  repository_.PublishTargets();  // makes the bins' key
  repository_.keys[name.data()] = repository_.keys["bins"];
  repository_.targets[name.data()]["some/target"] = "here";
  Publish({name.data()});
  EXPECT_EQ(device_.Find("some/target"), "done");
  EXPECT_EQ(Visited(), name.data());
}

TEST_F(FindTargetTest, HashPrefixesAreFollowed) {
  const std::string digest = HexDigest(crypto::AlgorithmId::kSha256, "some/target");
  repository_.delegations["targets"] = {{"other", {}}, {"mine", {}}};
  repository_.targets["mine"]["some/target"] = "here";
  for (const char* role : {"other", "mine"}) repository_.PublishTargets(role);
  repository_.PublishTargets("targets", [&](json::Object& content) {
    json::Object delegations = *content.Find("delegations")->AsObject().value();
    json::Array roles;
    for (const json::Value& role : *delegations.Find("roles")->AsArray().value()) {
      const json::Object& old = *role.AsObject().value();
      const bool mine = old.Find("name")->AsText().value() == "mine";
      json::Object changed;
      for (const char* field : {"name", "keyids", "threshold", "terminating"}) changed.Set(field, *old.Find(field));
      changed.Set("path_hash_prefixes", json::Array{mine ? digest.substr(0, 3) : "x" + digest.substr(1, 2)});
      roles.push_back(changed);
    }
    content.Set("delegations", delegations.Set("roles", roles));
  });
  repository_.PublishSnapshot();
  repository_.PublishTimestamp();
  EXPECT_EQ(device_.Find("some/target"), "done");
  EXPECT_EQ(Visited(), "mine");
}

// Two roles delegate to the same one with keys of their own: what is good on one way is not on the other.
TEST_F(FindTargetTest, EachWayToARoleHasItsOwnKeys) {
  repository_.delegations["targets"] = {{"parent-a", {"team-a/*"}}, {"parent-b", {"team-b/*"}}};
  repository_.delegations["parent-a"] = {{"release", {"team-a/*"}}};
  repository_.delegations["parent-b"] = {{"release", {"team-b/*"}}};
  repository_.targets["release"]["team-a/x"] = "A's";
  repository_.targets["release"]["team-b/x"] = "not B's";
  repository_.keys["release"] = {NewKey("b-release")};
  repository_.PublishTargets("parent-b");
  repository_.keys["release"] = {NewKey("a-release")};
  Publish({"release", "parent-a"});
  EXPECT_EQ(device_.Find("team-a/x"), "done");
  EXPECT_EQ(device_.FindAgain("team-b/x"), "bad-signature: signatures of a role");
  EXPECT_EQ(device_.FindAgain("team-a/x"), "done");
}

TEST_F(FindTargetTest, RefusesARoleThatIsNotInTheSnapshot) {
  repository_.delegations["targets"] = {{"a", {"*"}}};
  repository_.PublishAll();
  EXPECT_EQ(device_.Find("x"), "untrusted: a role that is not in the snapshot");
  EXPECT_EQ(Visited(), "");
}

TEST_F(FindTargetTest, RefusesARoleWhoseFileIsMissingBadOrOld) {
  repository_.delegations["targets"] = {{"a", {"*"}}};
  repository_.targets["a"]["x"] = "y";
  Publish({"a"});
  const std::string good = repository_.files()["1.a.json"];
  repository_.files().erase("1.a.json");
  EXPECT_EQ(device_.Find("x"), "not-found: release metadata");
  repository_.files()["1.a.json"] = SignedFile({}, {});
  EXPECT_EQ(device_.Find("x"), "malformed: JSON string");
  device_.failing = {"1.a.json"};
  EXPECT_EQ(device_.Find("x"), "io: fetching release metadata");
  device_.failing = {};
  repository_.expires["a"] = "2025-12-31T23:59:59Z";
  Publish({"a"});
  EXPECT_EQ(device_.Find("x"), "expired: targets metadata");
  repository_.expires.clear();
  Publish({"a"});
  EXPECT_EQ(device_.Find("x"), "done");
}

TEST_F(FindTargetTest, NamesOfRolesAreNoPaths) {
  for (const char* role : {"?", "#", "/role", "../role", "a b%", "ü"}) {
    Repository repository;
    Device device(repository);
    repository.delegations["targets"] = {{role, {"*"}}};
    repository.PublishTargets(role);
    repository.PublishAll();
    std::map<std::string, std::string> renamed;
    device.Find("x");
    const std::string wanted = device.requests.back();
    for (const char c : wanted) EXPECT_TRUE(std::isalnum(c) || std::string("-._~%").find(c) != std::string::npos);
    repository.files()[wanted] = repository.files()["1." + std::string(role) + ".json"];
    EXPECT_EQ(device.Find("x"), "not-found: target") << role;
    EXPECT_TRUE(device.store.files.contains(wanted.substr(2))) << wanted;
  }
}

TEST_F(FindTargetTest, RefusesPathsThatLeadOut) {
  repository_.targets["targets"]["../../etc/passwd"] = "x";
  repository_.targets["targets"]["ok"] = "x";
  repository_.PublishAll();
  EXPECT_EQ(device_.Find("ok"), "done");
  for (const char* path :
       {"", "/", "/etc/passwd", "../../etc/passwd", "a/../b", "a//b", "a/", "./a", "..", "a\\b", "a\nb", "a\x7f"}) {
    EXPECT_EQ(device_.FindAgain(path), "bad-argument: path of a target") << path;
  }
  EXPECT_EQ(device_.FindAgain(std::string(1025, 'a')), "bad-argument: path of a target");
  EXPECT_EQ(device_.FindAgain(std::string(1024, 'a')), "not-found: target");
}

TEST_F(FindTargetTest, WorkOnPatternsIsBounded) {
  std::string evil;
  for (int i = 0; i < 200; ++i) evil += "a*";
  repository_.delegations["targets"] = {{"a", std::vector<std::string>(100, evil + "b")}};
  Publish({"a"});
  device_.limits.pattern_steps = 100'000;
  EXPECT_EQ(device_.Find(std::string(1000, 'a')), "too-large: comparisons with path patterns");
  EXPECT_EQ(device_.FindAgain("short"), "not-found: target");
}

}  // namespace
}  // namespace edgekeep::release::fixture
