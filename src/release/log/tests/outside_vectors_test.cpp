// A log that another implementation wrote: tessera's testdata (vectors/tlog/tessera beside the checkout).
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "edgekeep/base/reader.h"
#include "reference_tree.h"
#include "signing.h"

namespace edgekeep::release::log {
namespace {

constexpr const char* kKey = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";
constexpr std::size_t kLastSize = 15;

std::filesystem::path Directory() {
  const char* chosen = std::getenv("EDGEKEEP_VECTORS");
  const char* source = std::getenv("EDGEKEEP_SOURCE");
  const std::filesystem::path root = source != nullptr ? source : ".";
  return (chosen != nullptr ? std::filesystem::path(chosen) : root / "../shared/vectors") / "tlog/tessera";
}

std::string Read(const std::string& name) {
  std::ifstream file(Directory() / name, std::ios::binary);
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}

class Tessera : public testing::Test {
 protected:
  void SetUp() override {
    if (std::filesystem::exists(Directory())) return;
    GTEST_SKIP() << "SKIP tessera: vectors not found at " << Directory().string();
  }

  TreeHead HeadAt(std::size_t size) {
    const std::string note = Read("checkpoint." + std::to_string(size));
    const auto key = VerifierKey::Parse(Cryptography(), kKey).value();
    const auto verified = VerifyCheckpoint(Cryptography(), note, std::span(&key, 1));
    EXPECT_TRUE(verified) << size;
    return {.size = verified->checkpoint().size, .root = verified->checkpoint().root};
  }

  Leaves TileOf(std::size_t size) {
    const std::string tile = Read("tile/0/000.p/" + std::to_string(size));
    Leaves leaves;
    for (std::size_t at = 0; at < tile.size(); at += Digest::kSize) {
      leaves.push_back(Digest::From(AsBytes(tile).subspan(at, Digest::kSize)).value());
    }
    return leaves;
  }
};

TEST_F(Tessera, CheckpointsTilesAndBundlesAgree) {
  for (std::size_t size = 1; size <= kLastSize; ++size) {
    const TreeHead head = HeadAt(size);
    const Leaves leaves = TileOf(size);
    ASSERT_EQ(head.size, size);
    ASSERT_EQ(leaves.size(), size);
    EXPECT_EQ(RootOf(leaves), head.root);
    const std::string bundle = Read("tile/entries/000.p/" + std::to_string(size));
    Reader in(AsBytes(bundle));
    for (const Digest& leaf : leaves) {
      const std::uint16_t entry_size = in.ReadU16BigEndian().value();
      EXPECT_EQ(LeafHash(Cryptography(), in.ReadBytes(entry_size).value()).value(), leaf);
    }
    EXPECT_TRUE(in.ExpectEnd());
  }
}

TEST_F(Tessera, ProofsOverItsTilesVerifyUnderItsCheckpoints) {
  for (std::size_t size = 1; size <= kLastSize; ++size) {
    const TreeHead head = HeadAt(size);
    const Leaves leaves = TileOf(size);
    for (std::size_t index = 0; index < size; ++index) {
      EXPECT_TRUE(VerifyInclusion(Cryptography(), index, leaves[index], InclusionPath(index, leaves), head));
    }
    for (std::size_t earlier = 1; earlier < size; ++earlier) {
      EXPECT_TRUE(VerifyConsistency(Cryptography(), HeadAt(earlier), head, ConsistencyPath(earlier, leaves)));
    }
  }
}

}  // namespace
}  // namespace edgekeep::release::log
