// What the targets of a release say by themselves: no more than people, notary and log judged. Each with a control.
#include "fixture/released_device.h"

namespace edgekeep::keep {
namespace {

using ReleasedTargets = fixture::ReleasedDevice;
using fixture::ReleaseWorld;
using Released = ReleaseWorld::Released;

// One author could raise the floor past everything that will ever be released.
TEST_F(ReleasedTargets, ATargetOfAnotherEpochThanItsReleaseIsRefused) {
  for (const std::uint64_t epoch : {std::uint64_t{0}, std::uint64_t{2}, ~std::uint64_t{0}}) {
    world_.target_epoch = epoch;
    Release();
    EXPECT_EQ(Update(), "malformed") << epoch;
  }
  world_.target_epoch.reset();
  Release();
  EXPECT_EQ(Update(), "installed") << "control";
}

TEST_F(ReleasedTargets, AnEarlierTargetAboveTheReleasesEpochIsRefused) {
  world_.places = {{"acme/label-ocr/stable/2/", 2}};
  Release();
  EXPECT_EQ(Update(), "malformed");
  world_.places = {{"acme/label-ocr/stable/2/", 1}, {"acme/other/stable/2/", 2}};
  Release();
  EXPECT_EQ(Update(), "installed") << "control";
}

// What lies in several directories counts where it lies rightly.
TEST_F(ReleasedTargets, AFileIsFoundBesideOthersLikeIt) {
  world_.places = {{"acme/another/stable/3/", 1}, {"acme/label-ocr/beta/1/", 1}, {"acme/label-ocr/stable/03/", 1}};
  Release();
  EXPECT_EQ(Update(), "installed");
}

TEST_F(ReleasedTargets, ASealedFileIsOfItsDirectorysVersion) {
  for (const std::uint64_t sequence : {std::uint64_t{2}, std::uint64_t{4}}) {
    world_.Release(sequence, {package_.file, grant_});
    EXPECT_EQ(Update(), "wrong-version");
    EXPECT_TRUE(device_.journal.Mentions("released as another version"));
  }
  Release();
  EXPECT_EQ(Update(), "installed") << "control";
}

TEST_F(ReleasedTargets, NothingIsNewerThanTheNewestRelease) {
  world_.places = {{"acme/label-ocr/stable/3/", 1}};
  world_.Release(2, {package_.file, grant_});
  EXPECT_EQ(Update(), "wrong-version");
  EXPECT_TRUE(device_.journal.Mentions("newer than the newest release"));
  world_.Release(4, {package_.file, grant_});
  world_.ProveAt(world_.places.front(), {package_.file, grant_});
  EXPECT_EQ(Update("acme/label-ocr/stable/3"), "installed") << "control";
}

// A quorum signs targets in which a file stands that nobody else ever heard of: in another product's directory, or in
// an earlier release's.
TEST_F(ReleasedTargets, AFileOfAnotherReleaseNeedsThatOnesProof) {
  const ReleaseWorld::Place place{"acme/label-ocr/stable/3/", 1, Released{package_.file, grant_, 1}};
  const Released files{package_.file, grant_, 1};
  world_.places = {place};
  world_.Release(4, {fixture::Pattern(100, 1), fixture::Pattern(100, 2)});
  EXPECT_EQ(Update(), "untrusted");
  EXPECT_TRUE(device_.journal.Mentions("no proof of the one that this file is of"));
  EXPECT_EQ(Update("acme/label-ocr/stable/3"), "not-found") << "no proof at all";
  world_.proof.has_verdict = false;
  world_.ProveAt(place, files);
  EXPECT_EQ(Update("acme/label-ocr/stable/3"), "not-found") << "no verdict";
  world_.proof.has_verdict = true;
  world_.proof.findings = {{formats::VerdictReason::kRejected, "dave: no"}};
  world_.ProveAt(place, files);
  EXPECT_EQ(Update("acme/label-ocr/stable/3"), "forbidden");
  world_.proof.findings.clear();
  world_.ProveAt(place, files);
  EXPECT_EQ(Update(), "untrusted") << "nobody asked for it";
  EXPECT_EQ(Update("acme/label-ocr/stable/3"), "installed") << "control";
}

TEST_F(ReleasedTargets, AnotherReleasesProofIsForItsOwnFilesEpochAndPlace) {
  const ReleaseWorld::Place place{"acme/label-ocr/stable/3/", 1, Released{package_.file, grant_, 1}};
  world_.places = {place};
  world_.Release(4, {fixture::Pattern(100, 1), fixture::Pattern(100, 2)});
  world_.ProveAt(place, {fixture::Pattern(5000, 9), grant_, 1});
  EXPECT_EQ(Update("acme/label-ocr/stable/3"), "untrusted") << "a file that was not in that release";
  world_.ProveAt(place, {package_.file, fixture::Pattern(100, 3), 1});
  EXPECT_EQ(Update("acme/label-ocr/stable/3"), "untrusted") << "a grant that was not";
  world_.ProveAt(place, {package_.file, grant_, 0});
  EXPECT_EQ(Update("acme/label-ocr/stable/3"), "untrusted") << "lifted over the floor by the targets";
  world_.ProveAt({"acme/label-ocr/stable/2/", 1}, {package_.file, grant_, 1});
  world_.served["proofs/acme/label-ocr/stable/3.ekp"] = world_.served["proofs/acme/label-ocr/stable/2.ekp"];
  EXPECT_EQ(Update("acme/label-ocr/stable/3"), "wrong-product") << "another one's proof";
  world_.ProveAt(place, {package_.file, grant_, 1});
  EXPECT_EQ(Update("acme/label-ocr/stable/3"), "installed") << "control";
}

TEST_F(ReleasedTargets, AManifestIsTheOneThatWasProven) {
  const ReleaseWorld::Place place{"acme/label-ocr/stable/3/", 1, Released{package_.file, grant_, 1}};
  world_.places = {place};
  world_.Release(4, {fixture::Pattern(100, 1), fixture::Pattern(100, 2)});
  world_.ProveAt(place, {package_.file, grant_, 1});
  for (auto& [name, bytes] : world_.served) {
    if (!name.ends_with(".release.json")) continue;
    const fixture::Buffer good = bytes;
    bytes.push_back(' ');
    EXPECT_EQ(Update("acme/label-ocr/stable/3"), "bad-signature");
    bytes = fixture::Buffer(1'000'001);
    EXPECT_EQ(Update("acme/label-ocr/stable/3"), "too-large");
    bytes = good;
  }
  for (const char* nowhere : {"acme", "acme/label-ocr/stable/", "acme/label-ocr/../3", "acme/label-ocr/stable/03"})
    EXPECT_EQ(world_.Refresh(device_, nowhere), "malformed") << nowhere;
  EXPECT_EQ(Update("acme/label-ocr/stable/3"), "installed") << "control";
}

// What a later release left behind is not what a device begins with.
TEST_F(ReleasedTargets, AnEpochBelowTheNewestReleasesIsForWhoHasItAlready) {
  world_.places = {{"acme/label-ocr/stable/3/", 1}};
  world_.Release(4, {package_.file, grant_, 2});
  world_.ProveAt(world_.places.front(), {package_.file, grant_});
  EXPECT_EQ(Update("acme/label-ocr/stable/3"), "wrong-version");
  EXPECT_TRUE(device_.journal.Mentions("below the newest release's"));
  world_.places.clear();
  Release();
  EXPECT_EQ(Update(), "installed") << "control";
  world_.places = {{"acme/label-ocr/stable/3/", 1}};
  world_.Release(4, {package_.file, grant_, 2});
  world_.ProveAt(world_.places.front(), {package_.file, grant_});
  EXPECT_EQ(Update("acme/label-ocr/stable/3"), "installed") << "the same again";
}

// Erin wrote it, and approves as if she had not.
TEST_F(ReleasedTargets, AnAuthorWhomNobodyKnowsIsRefused) {
  world_.approvals = release::fixture::KeysOf({&world_.alice, &world_.erin});
  for (const char* author : {"ghost", "online", "mallory"}) {
    world_.author = author;
    Release();
    EXPECT_EQ(Update(), "untrusted") << author;
  }
  world_.author = "dave";
  Release();
  EXPECT_EQ(Update(), "installed") << "control";
}

TEST_F(ReleasedTargets, RecoveryKeysOfTheRootAreNoAuthor) {
  const fixture::ReleaseWorld::Person recovery("recovery-1");
  world_.repository.keys["root"] =
      release::fixture::KeysOf({&world_.alice, &world_.bob, &world_.carol, &world_.dave, &world_.erin, &recovery});
  world_.repository.PublishRoot();
  world_.author = "recovery-1";
  Release();
  EXPECT_EQ(Update(), "untrusted");
  world_.author = "dave";
  Release();
  EXPECT_EQ(Update(), "installed") << "control";
}

// The root's quorum signed it, and TUF, which counts keys, takes it.
class NextRoot : public ReleasedTargets {
 protected:
  std::string UpdateWithAlicesKeyAs(const std::string& holder) {
    release::fixture::Key key = release::fixture::KeysOf({&world_.alice})[0];
    key.id += "-again";
    key.object.Set("x-edgekeep-holder", holder);
    world_.repository.keys["snapshot"].push_back(key);
    world_.repository.PublishRoot();
    Release();
    return Update();
  }
};

TEST_F(NextRoot, WithOneKeyUnderTwoNamesIsNotFollowed) {
  EXPECT_EQ(UpdateWithAlicesKeyAs("zoe"), "malformed");
}

TEST_F(NextRoot, ControlWithOneNameIsFollowed) {
  EXPECT_EQ(UpdateWithAlicesKeyAs("alice"), "installed");
}

}  // namespace
}  // namespace edgekeep::keep
