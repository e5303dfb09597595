// People, not keys: who counts for a file, and who does not.
#include "edgekeep/release/holders.h"

#include <gtest/gtest.h>

#include <array>
#include <functional>

#include "edgekeep/release/release_statement.h"
#include "fixture/device.h"
#include "fixture/repository.h"

namespace edgekeep::release {
namespace {

using fixture::Key;
using fixture::NewKey;
using fixture::Said;
using fixture::TestProvider;

constexpr std::array<std::string_view, 1> kBob = {"bob"};
constexpr std::array<std::uint8_t, 1> kClassicalOnly = {static_cast<std::uint8_t>(crypto::Class::kClassical)};
constexpr std::array<std::uint8_t, 2> kBothClasses = {static_cast<std::uint8_t>(crypto::Class::kClassical),
                                                      static_cast<std::uint8_t>(crypto::Class::kPostQuantum)};

Key KeyOf(const std::string& holder, const std::string& id) {
  Key key = NewKey(id);
  key.object.Set("x-edgekeep-holder", holder);
  return key;
}

// Targets that two of alice, bob and carol must sign.
class HoldersTest : public testing::Test {
 protected:
  HoldersTest() {
    repository_.keys["targets"] = {KeyOf("alice", "a"), KeyOf("bob", "b"), KeyOf("carol", "c")};
    repository_.thresholds["targets"] = 2;
  }

  // Publishes root and targets, and counts.
  std::string Check(const HolderRule& rule) {
    repository_.PublishRoot();
    repository_.PublishTargets("targets", statement_);
    return Count(rule);
  }

  std::string Count(const HolderRule& rule) {
    const auto votes = CheckHolders(TestProvider(), AsBytes(root()), "targets", AsBytes(targets()), rule);
    if (!votes) return Said(votes.error());
    std::string names;
    for (const HolderVote& vote : *votes) names += std::string(vote.holder.view()) + " ";
    return names;
  }

  const std::string& root() { return repository_.root(repository_.versions["root"]); }

  const std::string& targets() {
    return repository_.files().at(std::to_string(repository_.versions["targets"]) + ".targets.json");
  }

  std::vector<Key>& keys() { return repository_.keys["targets"]; }

  fixture::Repository repository_;
  fixture::Edit statement_;
};

constexpr const char* kTooFew = "bad-signature: too few holders signed in every class";

TEST_F(HoldersTest, CountsTwoPeople) {
  EXPECT_EQ(Check({.required_classes = kClassicalOnly}), "alice bob ");
}

TEST_F(HoldersTest, CountsOnePersonWithTwoKeysOnce) {
  keys()[1] = KeyOf("alice", "b");
  EXPECT_EQ(Check({.required_classes = kClassicalOnly}), kTooFew);
  // TUF's own count is reached: two keys signed.
  fixture::Device device(repository_);
  repository_.PublishSnapshot();
  repository_.PublishTimestamp();
  EXPECT_EQ(device.Refresh(), "done");
}

TEST_F(HoldersTest, NeedsEveryRequiredClassOfEachPerson) {
  EXPECT_EQ(Check({.required_classes = kBothClasses}), kTooFew);
  EXPECT_EQ(Count({.required_classes = kClassicalOnly}), "alice bob ");
}

TEST_F(HoldersTest, LeavesTheAuthorOut) {
  EXPECT_EQ(Check({.required_classes = kClassicalOnly, .not_counted = kBob}), kTooFew);
  repository_.signers["targets"] = keys();
  EXPECT_EQ(Check({.required_classes = kClassicalOnly, .not_counted = kBob}), "alice carol ");
}

TEST_F(HoldersTest, DemandsMorePeopleThanALowThreshold) {
  repository_.thresholds["targets"] = 1;
  EXPECT_EQ(Check({.required_classes = kClassicalOnly, .min_holders = 2}), kTooFew);
  EXPECT_EQ(Count({.required_classes = kClassicalOnly}), "alice ");
}

TEST_F(HoldersTest, CountsNobodyForAKeyWithoutHolder) {
  keys()[1] = NewKey("b");
  EXPECT_EQ(Check({.required_classes = kClassicalOnly}), kTooFew);
  keys()[1] = KeyOf("not a name", "b");
  EXPECT_EQ(Check({.required_classes = kClassicalOnly}), kTooFew);
}

TEST_F(HoldersTest, RefusesOneKeyOfTwoPeople) {
  keys()[1] = keys()[0];
  keys()[1].id = "b";
  keys()[1].object.Set("x-edgekeep-holder", "bob");
  EXPECT_EQ(Check({.required_classes = kClassicalOnly}), "malformed: one key, two holders");
}

TEST_F(HoldersTest, CountsNoSignatureOfOtherContent) {
  EXPECT_EQ(Check({.required_classes = kClassicalOnly}), "alice bob ");
  std::string changed = targets();
  const std::size_t at = changed.find("2099");
  ASSERT_NE(at, std::string::npos);
  changed.replace(at, 4, "2098");
  const auto votes =
      CheckHolders(TestProvider(), AsBytes(root()), "targets", AsBytes(changed), {.required_classes = kClassicalOnly});
  ASSERT_FALSE(votes);
  EXPECT_EQ(Said(votes.error()), kTooFew);
}

TEST_F(HoldersTest, CountsForDelegatedRolesToo) {
  repository_.delegations["targets"] = {{"team", {"team/*"}}};
  repository_.keys["team"] = {KeyOf("dave", "d"), KeyOf("dave", "e")};
  repository_.thresholds["team"] = 2;
  repository_.PublishTargets();
  repository_.PublishTargets("team");
  const auto check = [&] {
    const std::string& team = repository_.files().at(std::to_string(repository_.versions["team"]) + ".team.json");
    return CheckHolders(TestProvider(), AsBytes(targets()), "team", AsBytes(team),
                        {.required_classes = kClassicalOnly});
  };
  EXPECT_FALSE(check());
  repository_.keys["team"][1] = KeyOf("erin", "e");
  repository_.PublishTargets();
  repository_.PublishTargets("team");
  EXPECT_TRUE(check());
}

// What a root may not say about people, whoever signs it, and the same root without it.
struct RootRule {
  const char* what;
  std::function<void(fixture::Repository&)> make;
  std::function<void(fixture::Repository&)> mend;
};

Key SameKeyAs(const Key& other, const std::string& holder) {
  Key key = other;
  key.id += "-of-" + holder;
  key.object.Set("x-edgekeep-holder", holder);
  return key;
}

std::vector<RootRule> RootRules() {
  return {
      {"malformed: one key, two holders",
       [](auto& made) { made.keys["snapshot"] = {SameKeyAs(made.keys["targets"][0], "zoe")}; },
       [](auto& made) { made.keys["snapshot"] = {SameKeyAs(made.keys["targets"][0], "alice")}; }},
      {"malformed: one key, two holders",
       [](auto& made) { made.keys["root"] = {SameKeyAs(made.keys["targets"][2], "recovery-1"), KeyOf("dave", "d")}; },
       [](auto& made) { made.keys["root"] = {KeyOf("recovery-1", "r"), KeyOf("dave", "d")}; }},
      {"malformed: recovery keys sign roots and nothing else",
       [](auto& made) { made.keys["targets"][2] = KeyOf("recovery-1", "r"); },
       [](auto& made) { made.keys["targets"][2] = KeyOf("recovered", "r"); }},
      {"malformed: recovery keys sign roots and nothing else",
       [](auto& made) { made.keys["timestamp"] = {KeyOf("recovery-1", "r")}; },
       [](auto& made) { made.keys["timestamp"] = {KeyOf("online", "r")}; }},
      {"malformed: recovery keys alone could change the root",
       [](auto& made) { made.keys["root"] = {KeyOf("recovery-1", "r"), KeyOf("recovery-2", "s"), KeyOf("dave", "d")}; },
       [](auto& made) { made.keys["root"] = {KeyOf("recovery-1", "r"), KeyOf("carl", "s"), KeyOf("dave", "d")}; }},
  };
}

TEST_F(HoldersTest, CountsForNoRootThatBreaksARule) {
  for (const RootRule& rule : RootRules()) {
    const fixture::Repository before = repository_;
    repository_.keys["root"] = {KeyOf("dave", "d1"), KeyOf("erin", "e1")};
    repository_.thresholds["root"] = 2;
    rule.make(repository_);
    EXPECT_EQ(Check({.required_classes = kClassicalOnly}), rule.what);
    EXPECT_FALSE(CheckRootRules(TestProvider(), AsBytes(root())));
    rule.mend(repository_);
    EXPECT_EQ(Check({.required_classes = kClassicalOnly}), "alice bob ");
    EXPECT_TRUE(CheckRootRules(TestProvider(), AsBytes(root())));
    repository_ = before;
  }
}

// `key` in a root, in none of the roles that count.
fixture::Edit WithUnlisted(const Key& key) {
  return [key](json::Object& content) {
    json::Object keys = **content.Find("keys")->AsObject();
    json::Object roles = **content.Find("roles")->AsObject();
    roles.Set("mirrors", json::Object().Set("keyids", json::Array{key.id}).Set("threshold", 1));
    content.Set("keys", keys.Set(key.id, key.object)).Set("roles", roles);
  };
}

// Signed rightly, and TUF takes it. Whoever looked for keys by name would find this one beside alice's.
TEST_F(HoldersTest, CountsForNoRootWithAKeyThatNoRoleLists) {
  Key unknown = KeyOf("alice", "x");
  unknown.object.Set("keytype", "of-another-time");
  const Key first = repository_.keys["root"][0];
  repository_.keys["root"] = {KeyOf("dave", "d"), KeyOf("erin", "e")};
  repository_.thresholds["root"] = 2;
  repository_.signers["root"] = {first, repository_.keys["root"][0], repository_.keys["root"][1]};
  repository_.PublishRoot();
  const std::string before = root();
  const auto follow = [&] {
    const auto votes = CheckHolders(TestProvider(), AsBytes(before), "root", AsBytes(root()), {});
    return votes ? "follows" : Said(votes.error());
  };
  for (const Key& key : {KeyOf("alice", "x"), unknown, NewKey("x")}) {
    fixture::Repository& made = repository_;
    made.PublishRoot(WithUnlisted(key));
    made.PublishAll();
    EXPECT_EQ(Count({.required_classes = kClassicalOnly}), "malformed: a key that no role lists");
    EXPECT_FALSE(CheckRootRules(TestProvider(), AsBytes(root())));
    EXPECT_EQ(fixture::Device(made).Refresh(), "done");
    EXPECT_EQ(follow(), "malformed: a key that no role lists");
  }
  keys().push_back(KeyOf("alice", "x"));
  EXPECT_EQ(Check({.required_classes = kClassicalOnly}), "alice bob ") << "control";
  EXPECT_EQ(follow(), "follows") << "control";
}

// The quorum of the root before has signed it, and TUF takes it.
TEST_F(HoldersTest, NoRootThatBreaksARuleFollowsAnother) {
  repository_.keys["root"] = {KeyOf("dave", "d"), KeyOf("erin", "e")};
  repository_.thresholds["root"] = 2;
  repository_.PublishRoot();
  const auto follow = [&] {
    const std::string first = root();
    repository_.PublishRoot();
    const auto votes =
        CheckHolders(TestProvider(), AsBytes(first), "root", AsBytes(root()), {.required_classes = kClassicalOnly});
    return votes ? "follows" : Said(votes.error());
  };
  EXPECT_EQ(follow(), "follows");
  repository_.keys["snapshot"] = {SameKeyAs(repository_.keys["root"][0], "online")};
  EXPECT_EQ(follow(), "malformed: one key, two holders");
}

TEST_F(HoldersTest, CountsForNoDelegationThatBreaksARule) {
  repository_.delegations["targets"] = {{"team", {"team/*"}}, {"others", {"others/*"}}};
  repository_.keys["team"] = {KeyOf("dave", "d"), KeyOf("erin", "e")};
  repository_.thresholds["team"] = 2;
  const auto check = [&](const Key& of_others) {
    repository_.keys["others"] = {of_others};
    repository_.PublishTargets();
    repository_.PublishTargets("team");
    const std::string& team = repository_.files().at(std::to_string(repository_.versions["team"]) + ".team.json");
    const auto votes =
        CheckHolders(TestProvider(), AsBytes(targets()), "team", AsBytes(team), {.required_classes = kClassicalOnly});
    return votes ? "counts" : Said(votes.error());
  };
  EXPECT_EQ(check(KeyOf("zoe", "z")), "counts");
  EXPECT_EQ(check(SameKeyAs(repository_.keys["team"][0], "zoe")), "malformed: one key, two holders");
  EXPECT_EQ(check(KeyOf("recovery-1", "r")), "malformed: recovery keys sign roots and nothing else");
}

// A statement of `author` about the only target.
fixture::Edit StatementBy(const std::string& author) {
  return [author](json::Object& content) {
    json::Object statement;
    statement.Set("author", author).Set("channel", "stable").Set("manifest", "r/release.json");
    statement.Set("product", "acme/label-ocr").Set("security-epoch", 2).Set("sequence", 7).Set("size", 5);
    statement.Set("version", "1.4");
    content.Set("custom", json::Object().Set("edgekeep", json::Object().Set("release", statement)));
  };
}

TEST_F(HoldersTest, ApprovesNoReleaseByItsAuthor) {
  repository_.targets["targets"]["r/release.json"] = "{}";
  statement_ = StatementBy("alice");
  EXPECT_EQ(Check({.required_classes = kClassicalOnly}), "alice bob ");
  EXPECT_FALSE(CheckApprovals(TestProvider(), AsBytes(root()), AsBytes(targets()), kClassicalOnly));
  statement_ = StatementBy("carol");
  EXPECT_EQ(Check({.required_classes = kClassicalOnly}), "alice bob ");
  EXPECT_TRUE(CheckApprovals(TestProvider(), AsBytes(root()), AsBytes(targets()), kClassicalOnly));
}

// Whoever the people's file names could name targets as well, however few they are.
TEST_F(HoldersTest, ApprovesNothingThatDelegates) {
  repository_.targets["targets"]["r/release.json"] = "{}";
  statement_ = StatementBy("carol");
  const auto approve = [&] {
    Check({.required_classes = kClassicalOnly});
    const auto approved = CheckApprovals(TestProvider(), AsBytes(root()), AsBytes(targets()), kClassicalOnly);
    return approved ? "approved" : NameOf(approved.error().code());
  };
  repository_.delegations["targets"] = {{.name = "other", .paths = {"*"}}};
  EXPECT_STREQ(approve(), "unsupported");
  repository_.delegations.clear();
  EXPECT_STREQ(approve(), "approved") << "control";
}

TEST_F(HoldersTest, ReadsAReleaseAsTheLogHasIt) {
  repository_.targets["targets"]["r/release.json"] = "{}";
  statement_ = StatementBy("carol");
  Check({.required_classes = kClassicalOnly});
  const auto statement = ReleaseStatement::Read(TestProvider(), AsBytes(targets()));
  ASSERT_TRUE(statement);
  EXPECT_EQ(statement->entry().author, "carol");
  EXPECT_EQ(statement->entry().version.sequence.value, 7U);
  EXPECT_EQ(statement->entry().targets_version, repository_.versions["targets"]);
  EXPECT_TRUE(formats::DecodeReleaseEntry(statement->content()));
}

TEST_F(HoldersTest, ReadsNoReleaseThatNamesNoTarget) {
  statement_ = StatementBy("carol");
  Check({.required_classes = kClassicalOnly});
  EXPECT_FALSE(ReleaseStatement::Read(TestProvider(), AsBytes(targets())));
  statement_ = {};
  Check({.required_classes = kClassicalOnly});
  EXPECT_FALSE(ReleaseStatement::Read(TestProvider(), AsBytes(targets())));
}

}  // namespace
}  // namespace edgekeep::release
