#include "edgekeep/author/rehearsal.h"

#include "edgekeep/author/policy_ceremony.h"
#include "edgekeep/author/proposal.h"
#include "edgekeep/author/publication.h"
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
      ErrorCode::kMalformed, "recovery keys alone");
  RootContent approving = organisation.Content({});
  approving.targets.holders.push_back(organisation.Public("recovery-1"));
  ExpectFailure(StartRoot(TestContext(), directory / "approving", approving), ErrorCode::kMalformed,
                "sign roots and nothing else");
}

// Whoever writes the content by hand starts no ceremony with these tools: who reviews and signs checks it all the same.
TEST(RecoveryKeys, AreHeldToTheirRulesWhereARootIsReviewedSignedAndFinished) {
  const Organisation& organisation = SharedOrganisation();
  const Directory directory;
  const std::string folder = directory / "ceremony";
  EK_ASSERT_DONE(StartRoot(TestContext(), folder, organisation.Content({"recovery-1", "recovery-2"})));
  const auto review = ReviewRoot(TestContext(), folder, "");  // control
  EK_ASSERT_DONE(review);
  const Buffer bytes = ReadAll(folder + "/content.json");
  std::string text(bytes.begin(), bytes.end());
  for (std::size_t at = text.find("\"dave\""); at != std::string::npos; at = text.find("\"dave\"")) {
    text.replace(at, 6, "\"recovery-dave\"");  // dave approves too
  }
  WriteAll(folder + "/content.json", Buffer(text.begin(), text.end()));
  const auto keys = OpenReleaseKeys(TestContext(), organisation.directory / "alice", TestPassphrase());
  EK_ASSERT_DONE(keys);
  ExpectFailure(ReviewRoot(TestContext(), folder, ""), ErrorCode::kMalformed, "sign roots and nothing else");
  ExpectFailure(SignRoot(TestContext(), folder, "", review->digest, *keys), ErrorCode::kMalformed, "nothing else");
  ExpectFailure(FinishRoot(TestContext(), folder, ""), ErrorCode::kMalformed, "sign roots and nothing else");
}

TEST(RecoveryKeys, SignNoPolicy) {
  const Organisation& organisation = SharedOrganisation();
  const Directory directory;
  const std::string folder = directory / "policy";
  const PolicyRoots roots{.root = organisation.with_recovery, .root_before = {}};
  const PolicyContent content{.authority = "acme",
                              .profile = formats::PolicyProfile::kDevelopment,
                              .issued_at = kNow,
                              .notaries = {},
                              .min_independent_witnesses = 0,
                              .dependent_cosigners = {},
                              .log_policy = "quorum none\n"};
  EK_ASSERT_DONE(StartPolicy(TestContext(), folder, content));
  const auto review = ReviewPolicy(TestContext(), folder, roots);
  EK_ASSERT_DONE(review);
  EXPECT_EQ(review->tallies.at(0).holders.size(), 5U);
  const auto sign = [&](const char* name) {
    const auto keys = OpenReleaseKeys(TestContext(), organisation.directory / name, TestPassphrase());
    return SignPolicy(TestContext(), folder, roots, review->digest, *keys);
  };
  ExpectFailure(sign("recovery-1"), ErrorCode::kForbidden, "sign roots and nothing else");
  EK_ASSERT_DONE(sign("alice"));  // control
}

TEST(RecoveryKeys, AreNoAuthorsAndRejectNothing) {
  const Organisation& organisation = SharedOrganisation();
  const Directory directory;
  const std::string repository = directory / "repository";
  EK_ASSERT_DONE(PublishRoot(TestContext(), repository, organisation.with_recovery, nullptr));
  WriteAll(directory / "notes.txt", Buffer{'n', 'e', 'w'});
  const auto keys_of = [&](const char* name) {
    return OpenReleaseKeys(TestContext(), organisation.directory / name, TestPassphrase()).value();
  };
  const ReleaseKeys recovery = keys_of("recovery-1");
  const ReleaseKeys alice = keys_of("alice");
  ProposalRequest request;
  request.repository = repository;
  request.folder = directory / "proposal";
  request.product = Product();
  request.version = {.sequence = {1}, .display = VersionText::From("1").value()};
  request.files = {directory / "notes.txt"};
  request.expires = {kNow.value + 100};
  ExpectFailure(Propose(TestContext(), request, organisation.with_recovery, recovery), ErrorCode::kForbidden,
                "recovery keys");
  EK_ASSERT_DONE(Propose(TestContext(), request, organisation.with_recovery, alice));  // control
  const ReviewMeans means{organisation.with_recovery, repository, directory / ".", {}, {}};
  ExpectFailure(Reject(TestContext(), request.folder, means, "because", recovery), ErrorCode::kForbidden);
  const auto rejections = [&] { return ReviewProposal(TestContext(), request.folder, means)->rejections.size(); };
  EXPECT_EQ(rejections(), 0U);
  EK_ASSERT_DONE(Reject(TestContext(), request.folder, means, "because", keys_of("bob")));
  EXPECT_EQ(rejections(), 1U);
}

}  // namespace
}  // namespace edgekeep::author
