// How many of whose signatures count.
#include <gtest/gtest.h>

#include "edgekeep/base/hex.h"
#include "edgekeep/json/text.h"
#include "fixture/device.h"

namespace edgekeep::release::fixture {
namespace {

constexpr const char* kNotEnough = "bad-signature: signatures of a role";

class ThresholdTest : public testing::Test {
 protected:
  // Publishes a snapshot that must have two signatures, and has those of `signers`.
  std::string With(const std::vector<Key>& signers) {
    Repository repository;
    Device device(repository);
    repository.keys["snapshot"] = {a_, b_, c_};
    repository.thresholds["snapshot"] = 2;
    repository.signers["snapshot"] = signers;
    repository.PublishRoot();
    repository.PublishAll();
    return device.Refresh();
  }

  // A file's signatures, changed.
  static void EditSignatures(std::string& file, const std::function<void(json::Array&)>& edit) {
    json::Object object = *json::Parse(file).value().AsObject().value();
    json::Array signatures = *object.Find("signatures")->AsArray().value();
    edit(signatures);
    file = json::Write(object.Set("signatures", signatures));
  }

  Key a_ = NewKey("a");
  Key b_ = NewKey("b");
  Key c_ = NewKey("c");
};

TEST_F(ThresholdTest, AnyTwoOfThreeAreEnough) {
  EXPECT_EQ(With({a_, b_}), "done");
  EXPECT_EQ(With({c_, a_}), "done");
  EXPECT_EQ(With({a_, b_, c_}), "done");
  EXPECT_EQ(With({b_}), kNotEnough);
  EXPECT_EQ(With({}), kNotEnough);
}

TEST_F(ThresholdTest, StrangersCountForNothingAndSpoilNothing) {
  EXPECT_EQ(With({a_, NewKey("d")}), kNotEnough);
  EXPECT_EQ(With({NewKey("d"), a_, NewKey("e"), b_}), "done");
  Key thief = NewKey("b");  // another key under an id of the role
  EXPECT_EQ(With({a_, thief}), kNotEnough);
}

TEST_F(ThresholdTest, AKeyCountsOnceWhateverItIsCalled) {
  b_ = a_;
  b_.id = "b";
  EXPECT_EQ(With({a_, b_}), kNotEnough);
  EXPECT_EQ(With({a_, b_, c_}), "done");
}

TEST_F(ThresholdTest, AKeyIdThatSignsTwiceSpoilsTheWholeFile) {
  EXPECT_EQ(With({a_, a_}), "malformed: key id signs twice");
  EXPECT_EQ(With({a_, b_, a_}), "malformed: key id signs twice");
  EXPECT_EQ(With({a_, b_, NewKey("x"), NewKey("x")}), "malformed: key id signs twice");
}

TEST_F(ThresholdTest, ABadOrEmptySignatureMoreSpoilsNothing) {
  for (const char* other : {"", "00", "zz", "0"}) {
    Repository repository;
    repository.keys["timestamp"].push_back(b_);
    Device device(repository);
    repository.signers["timestamp"] = {b_, repository.keys["timestamp"][0]};
    repository.PublishRoot();
    repository.PublishTimestamp();
    EditSignatures(repository.files()["timestamp.json"], [&](json::Array& signatures) {
      signatures[0] = json::Object().Set("keyid", "b").Set("sig", other);
    });
    EXPECT_EQ(device.Refresh(), "done") << other;
  }
}

TEST_F(ThresholdTest, MoreThanTheKeysThereAreIsNeverReached) {
  Repository repository;
  Device device(repository);
  repository.keys["snapshot"] = {a_, b_, c_};
  repository.signers["snapshot"] = {a_, b_, c_};
  repository.thresholds["snapshot"] = 4;
  repository.PublishRoot();
  repository.PublishAll();
  EXPECT_EQ(device.Refresh(), kNotEnough);
  EXPECT_EQ(device.Trusted(), "root 2, timestamp 2");
}

TEST_F(ThresholdTest, ManySignaturesAreRefused) {
  std::vector<Key> signers(129, a_);
  for (std::size_t i = 0; i < signers.size(); ++i) signers[i].id = "k" + std::to_string(i);
  EXPECT_EQ(With(signers), "too-large: number of signatures");
  signers.resize(126);
  signers.push_back(a_);
  signers.push_back(b_);
  EXPECT_EQ(With(signers), "done");
}

// A key of an unknown type stays in the file, and counts for nothing.
TEST_F(ThresholdTest, UnknownTypesOfKeysCountForNothing) {
  b_.object.Set("keytype", "unheard-of").Set("keyval", json::Object().Set("x", 1));
  EXPECT_EQ(With({a_, b_}), kNotEnough);
  EXPECT_EQ(With({a_, b_, c_}), "done");
}

// A message never chooses its algorithm, and a key has one: the scheme and the bytes must fit each other.
TEST_F(ThresholdTest, KeysOfAnotherSchemeThanTheirBytesCountForNothing) {
  for (const auto& [type, scheme] : {std::pair{"ed25519", "rsassa-pss-sha256"}, std::pair{"rsa", "ed25519"},
                                     std::pair{"ecdsa", "ecdsa-sha2-nistp256"}, std::pair{"ml-dsa", "ml-dsa-44/1"},
                                     std::pair{"ml-dsa", "ml-dsa-44/2"}, std::pair{"ed25519", "ED25519"}}) {
    Key odd = b_;
    odd.object.Set("keytype", type).Set("scheme", scheme);
    std::swap(odd, b_);
    EXPECT_EQ(With({a_, b_}), kNotEnough) << scheme;
    std::swap(odd, b_);
  }
}

TEST_F(ThresholdTest, EveryFlippedBitOfASignatureIsRefused) {
  Repository repository;
  const std::string good = repository.files()["timestamp.json"];
  const std::size_t at = good.find("\"sig\": \"") + 8;
  for (std::size_t bit = 0; bit < 512; ++bit) {
    Device device(repository);
    std::string& file = repository.files()["timestamp.json"];
    file = good;
    char& digit = file[at + bit / 4];
    const auto value = static_cast<unsigned>(digit <= '9' ? digit - '0' : digit - 'a' + 10) ^ (1U << bit % 4);
    digit = "0123456789abcdef"[value];
    EXPECT_EQ(device.Refresh(), kNotEnough) << bit;
  }
  repository.files()["timestamp.json"] = good;
  EXPECT_EQ(Device(repository).Refresh(), "done");
}

}  // namespace
}  // namespace edgekeep::release::fixture
