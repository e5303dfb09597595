// What the targets of a release say by themselves: no more than people, notary and log judged. Each with a control.
#include "fixture/released_device.h"

namespace edgekeep::keep {
namespace {

using ReleasedTargets = fixture::ReleasedDevice;

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
  EXPECT_EQ(Update(), "installed") << "control";
}

// What a later release left behind is not what a device begins with.
TEST_F(ReleasedTargets, AnEpochBelowTheNewestReleasesIsForWhoHasItAlready) {
  world_.places = {{"acme/label-ocr/stable/3/", 1}};
  world_.Release(4, {package_.file, grant_, 2});
  EXPECT_EQ(Update(), "wrong-version");
  EXPECT_TRUE(device_.journal.Mentions("below the newest release's"));
  world_.places.clear();
  Release();
  EXPECT_EQ(Update(), "installed") << "control";
  world_.places = {{"acme/label-ocr/stable/3/", 1}};
  world_.Release(4, {package_.file, grant_, 2});
  EXPECT_EQ(Update(), "installed") << "the same again";
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

}  // namespace
}  // namespace edgekeep::keep
