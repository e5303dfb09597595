// Root ceremonies and what no root may say; the other profile's algorithms.
#include <sys/stat.h>

#include <algorithm>
#include <functional>

#include "../release_files.h"
#include "../release_targets.h"
#include "edgekeep/author/root_ceremony.h"
#include "edgekeep/formats/log_entry.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/release/root_holders.h"
#include "edgekeep/sealing/signed_object.h"
#include "release_crew.h"

namespace edgekeep::author {
namespace {

TEST(RootCeremony, NeedsItsQuorum) {
  const Crew& crew = SharedCrew();
  const Directory directory;
  const std::string folder = directory / "ceremony";
  EK_ASSERT_DONE(StartRoot(TestContext(), folder, crew.Content()));
  EK_ASSERT_DONE(Sign(folder, "", crew.Keys("alice")));
  ExpectFailure(FinishRoot(TestContext(), folder, ""), ErrorCode::kBadSignature, "too few holders");
  EK_ASSERT_DONE(Sign(folder, "", crew.Keys("alice")));
  ExpectFailure(FinishRoot(TestContext(), folder, ""), ErrorCode::kBadSignature, "too few holders");
  EK_ASSERT_DONE(Sign(folder, "", crew.Keys("carol")));
  const auto root = FinishRoot(TestContext(), folder, "");
  EK_ASSERT_DONE(root);
  EK_ASSERT_DONE(CheckTrustedRoot(TestContext(), *root, "root"));
  ExpectFailure(Sign(folder, "", crew.Keys("online")), ErrorCode::kForbidden, "online is no root holder");
}

// A pipe that nobody writes to is not waited for.
TEST(ReleasedFiles, AreRegularOnes) {
  const Directory directory;
  const std::string path = directory / "pipe";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  ExpectFailure(HashFile(TestContext(), path), ErrorCode::kBadArgument, "not a regular file");
}

TEST(RootCeremony, WorksWithTheOtherProfile) {
  const Crew crew(Profile::kCnsa2);
  const Directory directory;
  const std::string folder = directory / "ceremony";
  EK_ASSERT_DONE(StartRoot(TestContext(), folder, crew.Content()));
  for (const char* name : {"alice", "bob"}) EK_ASSERT_DONE(Sign(folder, "", crew.Keys(name)));
  EK_ASSERT_DONE(FinishRoot(TestContext(), folder, ""));
}

// How many holders of the root signed the log's entry.
std::size_t NumSigners(const CeremonyEntry& entry, const std::string& root) {
  const auto holders = release::RootHolders::Read(AsBytes(root), "root");
  const auto signers = sealing::FindSigners(TestContext().provider, formats::typ::kLogEntry, AsBytes(entry.object),
                                            holders->holders(), kReleaseClasses);
  return signers ? signers->Count() : 0;
}

formats::KeyCeremony CeremonyIn(const CeremonyEntry& entry) {
  const auto object = formats::DecodeSignedObject(formats::typ::kLogEntry, AsBytes(entry.object));
  return formats::DecodeKeyCeremony(object->payload).value();
}

TEST(RootCeremony, SaysToTheLogWhoHasKeysFromNowOn) {
  const Crew& crew = SharedCrew();
  const Directory directory;
  const std::string folder = directory / "ceremony";
  EK_ASSERT_DONE(StartRoot(TestContext(), folder, crew.Content()));
  EK_ASSERT_DONE(Sign(folder, "", crew.Keys("alice")));
  ExpectFailure(CeremonyEntries(TestContext(), folder, ""), ErrorCode::kBadSignature, "too few holders");
  EK_ASSERT_DONE(Sign(folder, "", crew.Keys("carol")));
  const auto entries = CeremonyEntries(TestContext(), folder, "");
  EK_ASSERT_DONE(entries);
  const auto root = FinishRoot(TestContext(), folder, "");
  EK_ASSERT_DONE(root);
  ASSERT_EQ(entries->size(), 2U);
  EXPECT_EQ((*entries)[0].name, "key-ceremony-root.ekl");
  EXPECT_EQ((*entries)[1].name, "key-ceremony-targets.ekl");
  for (const CeremonyEntry& entry : *entries) {
    EXPECT_EQ(NumSigners(entry, *root), 2U);
    const formats::KeyCeremony ceremony = CeremonyIn(entry);
    EXPECT_EQ(ceremony.kind, formats::CeremonyKind::kCreated);
    EXPECT_EQ(ceremony.metadata_version, 1U);
    EXPECT_EQ(ceremony.holders.size(), 3U);
  }
  // A renewal changes nobody: one entry, signed by the quorums of both roots.
  const std::string renewal = directory / "renewal";
  EK_ASSERT_DONE(StartRootChange(TestContext(), renewal, *root,
                                 {.replace = {}, .remove = {}, .add = {}, .expires = {kNow.value + 2000}}));
  for (const char* name : {"bob", "carol"}) EK_ASSERT_DONE(Sign(renewal, *root, crew.Keys(name)));
  const auto renewed = CeremonyEntries(TestContext(), renewal, *root);
  EK_ASSERT_DONE(renewed);
  ASSERT_EQ(renewed->size(), 1U);
  EXPECT_EQ(NumSigners(renewed->front(), *root), 2U);
  EXPECT_EQ(CeremonyIn(renewed->front()).kind, formats::CeremonyKind::kRotated);
}

TEST(RootCeremony, FollowsTheRootBeforeItAlone) {
  const Crew& crew = SharedCrew();
  const Directory directory;
  EK_ASSERT_DONE(StartRoot(TestContext(), directory / "first", crew.Content()));
  for (const char* name : {"alice", "bob"}) EK_ASSERT_DONE(Sign(directory / "first", "", crew.Keys(name)));
  const auto root = FinishRoot(TestContext(), directory / "first", "");
  EK_ASSERT_DONE(root);
  const std::string folder = directory / "second";
  EK_ASSERT_DONE(StartRootChange(TestContext(), folder, *root, {.remove = {"carol"}, .expires = {kNow.value + 2000}}));
  ExpectFailure(ReviewRoot(TestContext(), folder, ""), ErrorCode::kWrongVersion);
  const auto review = ReviewRoot(TestContext(), folder, *root);
  EK_ASSERT_DONE(review);
  EXPECT_NE(std::ranges::find(review->changes, "targets: carol is gone"), review->changes.end());
  for (const char* name : {"alice", "bob"}) EK_ASSERT_DONE(Sign(folder, *root, crew.Keys(name)));
  EK_ASSERT_DONE(FinishRoot(TestContext(), folder, *root));
  ExpectFailure(StartRootChange(TestContext(), directory / "third", *root, {.remove = {"zoe"}}), ErrorCode::kNotFound);
}

struct Nonsense {
  const char* what;
  std::function<void(RootContent&)> make;
};

TEST(RootCeremony, RefusesWhatNobodyShouldSign) {
  const Directory directory;
  const std::vector<Nonsense> cases = {
      {"a single person", [](RootContent& content) { content.targets.threshold = 1; }},
      {"fewer holders", [](RootContent& content) { content.root.threshold = 4; }},
      {"exactly one key of each class", [](RootContent& content) { content.root.holders[0].keys.pop_back(); }},
      {"exactly one key of each class",
       [](RootContent& content) {
         PublicHolder again = SharedCrew().Public("bob");
         for (json::Object& key : again.keys) key.Set("x-edgekeep-holder", "alice");
         content.root.holders.push_back(again);
       }},
      {"nobody's", [](RootContent& content) { content.root.holders[0].keys[0].Set("x-edgekeep-holder", "No Name"); }},
  };
  for (const Nonsense& one : cases) {
    RootContent content = SharedCrew().Content();
    one.make(content);
    ExpectFailure(StartRoot(TestContext(), directory / "ceremony", content), ErrorCode::kMalformed, one.what);
  }
  RootContent expired = SharedCrew().Content();
  expired.expires = kNow;
  ExpectFailure(StartRoot(TestContext(), directory / "ceremony", expired), ErrorCode::kExpired);
  EK_ASSERT_DONE(StartRoot(TestContext(), directory / "ceremony", SharedCrew().Content()));
}

TEST(RootCeremony, SignsOnlyWhatWasReviewed) {
  const Directory directory;
  const std::string folder = directory / "ceremony";
  EK_ASSERT_DONE(StartRoot(TestContext(), folder, SharedCrew().Content()));
  ExpectFailure(SignRoot(TestContext(), folder, "", Digest(), SharedCrew().Keys("bob")), ErrorCode::kWrongVersion);
}

// A target as an author writes it, with something in it that nobody but devices looks at.
TargetView TargetOf(std::uint64_t epoch, const std::string& more = "") {
  const std::string text = R"({"signatures":[],"signed":{"targets":{"x":{"custom":{"edgekeep":{"kind":"sealed-file",)"
                           R"("security-epoch":)" +
                           std::to_string(epoch) + more + R"(}},"hashes":{"sha256":"00"},"length":1}}}})";
  const auto metadata = ParseMetadata(TestContext(), text, "targets");
  if (!metadata) std::abort();
  const auto targets = ViewTargets(*metadata, "targets");
  if (!targets) std::abort();
  return targets->at("x");
}

TEST(ProposalTargets, AreOfTheReleasesEpochAndNoneOfTheEarlierChanges) {
  const formats::ReleaseEntry release{
      .product = Product(), .channel = "stable", .version = {.sequence = {7}, .display = {}}, .security_epoch = 3};
  const std::string old = "acme/label-ocr/stable/6/model.eks", own = "acme/label-ocr/stable/7/model.eks";
  const Targets before = {{old, TargetOf(2)}};
  const auto check = [&](Targets now) { return CompareTargets(before, now, release); };
  ExpectFailure(check({{old, TargetOf(2)}, {own, TargetOf(~0ULL)}}), ErrorCode::kBadSignature,
                "another security epoch");
  ExpectFailure(check({{old, TargetOf(2)}, {own, TargetOf(2)}}), ErrorCode::kBadSignature, "another security epoch");
  ExpectFailure(check({{old, TargetOf(3)}, {own, TargetOf(3)}}), ErrorCode::kBadSignature, "changes what was released");
  ExpectFailure(check({{old, TargetOf(2, R"(,"x":1)")}, {own, TargetOf(3)}}), ErrorCode::kBadSignature, "changes what");
  ExpectFailure(check({{own, TargetOf(3)}}), ErrorCode::kBadSignature, "takes away");
  ExpectFailure(check({{old, TargetOf(2)}, {"acme/label-ocr/beta/7/model.eks", TargetOf(3)}}), ErrorCode::kBadSignature,
                "outside the release's directory");
  EK_ASSERT_DONE(check({{old, TargetOf(2)}, {own, TargetOf(3)}}));
}

TEST(ProposalTargets, OfNoReleaseOfTheProductAreAboveIt) {
  formats::ReleaseEntry release{
      .product = Product(), .channel = "stable", .version = {.sequence = {7}, .display = {}}, .security_epoch = 1};
  const Targets before = {{"acme/label-ocr/beta/6/model.eks", TargetOf(2)},
                          {"acme/other/beta/6/model.eks", TargetOf(9)}};
  ExpectFailure(CompareTargets(before, before, release), ErrorCode::kBadSignature, "a lower security epoch");
  release.security_epoch = 2;
  EK_ASSERT_DONE(CompareTargets(before, before, release));
}

TEST(ReleaseKeysTest, AreOfOneHolderWithBothClasses) {
  const Crew& crew = SharedCrew();
  const Directory directory;
  const std::string path = directory / "x.holder.json";
  const Buffer bytes = ReadAll(crew.directory / "bob/bob.holder.json");
  const std::string text(bytes.begin(), bytes.end());
  WriteAll(path, Buffer(text.begin(), text.end()));
  EK_ASSERT_DONE(ReadPublicHolder(path));
  std::string renamed = text;
  renamed.replace(renamed.find("\"bob\""), 5, "\"eve\"");
  WriteAll(path, Buffer(renamed.begin(), renamed.end()));
  ExpectFailure(ReadPublicHolder(path), ErrorCode::kMalformed);
  for (std::size_t length = 0; length + 2 < text.size(); length += 97) {
    WriteAll(path, Buffer(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(length)));
    EXPECT_FALSE(ReadPublicHolder(path));
  }
  ExpectFailure(CreateReleaseKeys(TestContext(), {directory / "keys", "Not A Name"}, TestPassphrase()),
                ErrorCode::kBadArgument);
}

}  // namespace
}  // namespace edgekeep::author
