// A target's bytes against what metadata says about them.
#include <gtest/gtest.h>

#include "fixture/device.h"

namespace edgekeep::release::fixture {
namespace {

class TargetCheckTest : public testing::Test {
 protected:
  // Publishes "file" with these hashes, and checks `bytes` against it, piece by piece.
  std::string Check(const json::Object& hashes, const std::string& bytes) {
    repository_.PublishTargets("targets", [&](json::Object& content) {
      const json::Object target = json::Object().Set("length", 7).Set("hashes", hashes).Set("custom", "mine");
      content.Set("targets", json::Object().Set("dir/file", target));
    });
    repository_.PublishSnapshot();
    repository_.PublishTimestamp();
    const std::string found = device_.Find("dir/file");
    if (found != "done") return found;
    TargetCheck check = TargetCheck::Start(TestProvider(), device_.client().target()).value();
    for (const char& byte : bytes) {
      const Status taken = check.Update(AsBytes({&byte, 1}));
      if (!taken) return Said(taken.error());
    }
    const Status finished = check.Finish();
    return finished ? "is it" : Said(finished.error());
  }

  const std::string sha256_ = HexDigest(crypto::AlgorithmId::kSha256, "content");
  const std::string sha512_ = HexDigest(crypto::AlgorithmId::kSha512, "content");
  Repository repository_;
  Device device_{repository_};
};

TEST_F(TargetCheckTest, EachHashAloneAndBothTogether) {
  EXPECT_EQ(Check(json::Object().Set("sha256", sha256_), "content"), "is it");
  EXPECT_EQ(device_.client().target().file_name().view(), "dir/" + sha256_ + ".file");
  EXPECT_EQ(device_.client().target().custom().AsText().value(), "mine");
  EXPECT_EQ(Check(json::Object().Set("sha512", sha512_), "content"), "is it");
  EXPECT_EQ(device_.client().target().file_name().view(), "dir/" + sha512_ + ".file");
  EXPECT_EQ(Check(json::Object().Set("sha256", sha256_).Set("sha512", sha512_), "content"), "is it");
  EXPECT_EQ(Check(json::Object().Set("sha256", sha256_).Set("md5", "00"), "content"), "is it");
}

TEST_F(TargetCheckTest, OtherBytesAreRefused) {
  const json::Object hashes = json::Object().Set("sha256", sha256_).Set("sha512", sha512_);
  EXPECT_EQ(Check(hashes, "contenT"), "malformed: hash of a target");
  EXPECT_EQ(Check(hashes, "conten"), "malformed: length of a target");
  EXPECT_EQ(Check(hashes, "contents"), "too-large: target");
  const std::string other = HexDigest(crypto::AlgorithmId::kSha512, "other");
  EXPECT_EQ(Check(json::Object().Set("sha256", sha256_).Set("sha512", other), "content"),
            "malformed: hash of a target");
}

TEST_F(TargetCheckTest, WithoutAKnownHashThereIsNoTarget) {
  EXPECT_EQ(Check(json::Object().Set("unknown", sha256_), "content"), "unsupported: hash algorithm of a target");
  EXPECT_EQ(Check(json::Object().Set("sha256", "00"), "content"), "malformed: hash of a target");
}

}  // namespace
}  // namespace edgekeep::release::fixture
