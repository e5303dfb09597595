#include "edgekeep/author/rehearsal.h"

#include "edgekeep/author/root_ceremony.h"
#include "edgekeep/release/holders.h"
#include "support.h"

namespace edgekeep::author {
namespace {

// Five people, three of them for the root and two for a release, a service, and two recovery keys for some roots.
struct Organisation {
  Organisation() {
    for (const char* name :
         {"alice", "bob", "carol", "dave", "erin", "online", "recovery-1", "recovery-2", "recovery-3"}) {
      if (!CreateReleaseKeys(TestContext(), {directory / name, name, Profile::kGeneral}, TestPassphrase()))
        std::abort();
    }
    plain = MakeRoot("plain", {});
    with_recovery = MakeRoot("with-recovery", {"recovery-1", "recovery-2"});
  }

  PublicHolder Public(const std::string& name) const {
    return ReadPublicHolder(directory / name + "/" + name + ".holder.json").value();
  }

  RootContent Content(const std::vector<std::string>& recovery) const {
    std::vector<PublicHolder> people;
    for (const char* name : {"alice", "bob", "carol", "dave", "erin"}) people.push_back(Public(name));
    RootContent content{.root = {people, 3},
                        .targets = {people, 2},
                        .snapshot = {{Public("online")}, 1},
                        .timestamp = {{Public("online")}, 1},
                        .expires = {kNow.value + 1000}};
    for (const std::string& name : recovery) content.root.holders.push_back(Public(name));
    return content;
  }

  std::string MakeRoot(const std::string& folder, const std::vector<std::string>& recovery) const {
    const std::string path = directory / folder;
    if (!StartRoot(TestContext(), path, Content(recovery))) std::abort();
    const auto review = ReviewRoot(TestContext(), path, "");
    for (const char* name : {"alice", "bob", "carol"}) {
      const auto keys = OpenReleaseKeys(TestContext(), directory / name, TestPassphrase());
      if (!SignRoot(TestContext(), path, "", review->digest, *keys)) std::abort();
    }
    return FinishRoot(TestContext(), path, "").value();
  }

  Directory directory;
  std::string plain, with_recovery;
};

const Organisation& SharedOrganisation() {
  static const Organisation organisation;
  return organisation;
}

Outcome<Rehearsal> RehearseLossOf(const std::string& root, const std::vector<std::string>& lost,
                                  const std::string& directory) {
  return Rehearse(TestContext(), {.directory = directory, .root = root, .repository = {}, .lost = lost});
}

std::string LastOf(const Rehearsal& rehearsal) {
  return rehearsal.steps.back().what + ": " + rehearsal.steps.back().detail;
}

TEST(Rehearsal, SurvivesTheLossOfTwoRootHoldersAndNotOfThree) {
  const Organisation& organisation = SharedOrganisation();
  const Directory directory;
  const auto two = RehearseLossOf(organisation.plain, {"alice", "bob"}, directory / "two");
  EK_ASSERT_DONE(two);
  EXPECT_TRUE(two->survives) << LastOf(*two);
  ASSERT_EQ(two->roles.size(), 2U);
  EXPECT_EQ(two->roles[0].spare(), 2U);
  EXPECT_EQ(two->roles[1].spare(), 3U);
  EXPECT_EQ(two->roles[1].lost, 2U);
  const auto three = RehearseLossOf(organisation.plain, {"alice", "bob", "carol"}, directory / "three");
  EK_ASSERT_DONE(three);
  EXPECT_FALSE(three->survives);
  EXPECT_FALSE(three->steps.back().succeeded);
}

TEST(Rehearsal, SurvivesMoreWithRecoveryKeys) {
  const Organisation& organisation = SharedOrganisation();
  const Directory directory;
  // Of five and two, three sign: one person and both recovery keys. But one alone approves no release any more.
  const auto three = RehearseLossOf(organisation.with_recovery, {"alice", "recovery-1", "recovery-2"}, directory / "a");
  EK_ASSERT_DONE(three);
  EXPECT_TRUE(three->survives) << LastOf(*three);
  EXPECT_EQ(three->roles[0].spare(), 4U);
  EXPECT_EQ(three->roles[0].recovery, 2U);
  const auto four = RehearseLossOf(organisation.with_recovery, {"alice", "bob", "carol", "dave"}, directory / "b");
  EK_ASSERT_DONE(four);
  EXPECT_FALSE(four->survives);
  EXPECT_NE(LastOf(*four).find("1 of 2 approv"), std::string::npos) << LastOf(*four);
}

TEST(Rehearsal, SurvivesTheLossOfTheService) {
  const Directory directory;
  const auto rehearsal = RehearseLossOf(SharedOrganisation().plain, {"online"}, directory / "r");
  EK_ASSERT_DONE(rehearsal);
  EXPECT_TRUE(rehearsal->survives) << LastOf(*rehearsal);
}

TEST(Rehearsal, LeavesNothingThatADeviceCouldTakeForReal) {
  const Organisation& organisation = SharedOrganisation();
  const Directory directory;
  EK_ASSERT_DONE(RehearseLossOf(organisation.plain, {"dave"}, directory / "r"));
  for (const char* version : {"1", "2"}) {
    const Buffer bytes = ReadAll(directory / "r/repository/metadata/" + std::string(version) + ".root.json");
    const ByteView root(bytes);
    EXPECT_TRUE(
        release::CheckHolders(TestContext().provider, root, "root", root, {.required_classes = kReleaseClasses}));
    const auto votes = release::CountHolders(TestContext().provider, AsBytes(organisation.plain), "root", root);
    ASSERT_TRUE(votes);
    EXPECT_TRUE(votes->empty()) << "signed by a real holder";
    EXPECT_EQ(AsText(root).find("\"alice\""), std::string_view::npos);
    EXPECT_NE(AsText(root).find("rehearsal-1-alice"), std::string_view::npos);
  }
  EXPECT_TRUE(std::filesystem::exists(directory / "r/REHEARSAL.txt"));
  ExpectFailure(RehearseLossOf(organisation.plain, {"dave"}, directory / "r"), ErrorCode::kAlreadyExists);
  ExpectFailure(RehearseLossOf(organisation.plain, {"zoe"}, directory / "s"), ErrorCode::kNotFound, "no holder");
  EXPECT_EQ(directory.Entries().size(), 1U);
}

TEST(RecoveryKeys, SignRootsAloneAndNeverByThemselves) {
  const Organisation& organisation = SharedOrganisation();
  const Directory directory;
  EK_ASSERT_DONE(StartRoot(TestContext(), directory / "two", organisation.Content({"recovery-1", "recovery-2"})));
  ExpectFailure(
      StartRoot(TestContext(), directory / "three", organisation.Content({"recovery-1", "recovery-2", "recovery-3"})),
      ErrorCode::kBadArgument, "recovery keys alone");
  RootContent approving = organisation.Content({});
  approving.targets.holders.push_back(organisation.Public("recovery-1"));
  ExpectFailure(StartRoot(TestContext(), directory / "approving", approving), ErrorCode::kBadArgument,
                "sign roots and nothing else");
}

}  // namespace
}  // namespace edgekeep::author
