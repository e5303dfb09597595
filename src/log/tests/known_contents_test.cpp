#include "edgekeep/log/known_contents.h"

#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "log_fixture.h"

namespace edgekeep::log {
namespace {

namespace fs = std::filesystem;

class KnownContents : public testing::Test {
 protected:
  void SetUp() override {
    path_ = fs::temp_directory_path() / "edgekeep-known-XXXXXX";
    ASSERT_NE(::mkdtemp(path_.data()), nullptr);
  }

  void TearDown() override { fs::remove_all(path_); }

  std::string Write(const std::string& name, const std::string& text) const {
    const fs::path path = fs::path(path_) / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  std::string path_;
  std::set<formats::ContentDigest> known_;
};

TEST_F(KnownContents, AreThoseOfFoldersAndOfDirectoriesOfThem) {
  const Person bert{"bert"};
  Write("top.ekl", bert.Sign(ContentOf(1)));
  Write("entries/release-1.ekl", bert.Sign(ContentOf(2)));
  Write("proposal/entries/release-2.ekl", bert.Sign(ContentOf(3)));
  Write("a/b/c/deep.ekl", bert.Sign(ContentOf(4)));
  Write("other.bin", bert.Sign(ContentOf(5)));
  Write("broken.ekl", "no object");
  Write("grant.ekl", bert.Sign(ContentOf(6), formats::typ::kGrant));
  ASSERT_TRUE(AddProposed(Cryptography(), path_, known_));
  const std::set<formats::ContentDigest> expected = {DigestOf(ContentOf(1)), DigestOf(ContentOf(2)),
                                                     DigestOf(ContentOf(3))};
  EXPECT_EQ(known_, expected);
  EXPECT_FALSE(AddProposed(Cryptography(), path_ + "/nothing", known_));
}

TEST_F(KnownContents, AreListedByTheirDigests) {
  const std::string digest(64, 'a');
  ASSERT_TRUE(AddListed(Write("list", "# looked into\n\n" + digest + "\n" + std::string(64, 'b')), known_));
  EXPECT_EQ(known_.size(), 2U);
  for (const std::string& wrong : {std::string("abc"), digest + "a", digest + "\r", std::string(64, 'g')}) {
    EXPECT_FALSE(AddListed(Write("wrong", wrong), known_)) << wrong;
  }
}

}  // namespace
}  // namespace edgekeep::log
