#include "edgekeep/release/log/merkle.h"

#include "reference_tree.h"
#include "signing.h"

namespace edgekeep::release::log {
namespace {

constexpr std::size_t kMaxSize = 33;

class Merkle : public testing::Test {
 protected:
  bool IsIncluded(std::size_t index, const Digest& leaf, const std::vector<Digest>& path, const TreeHead& head) const {
    return VerifyInclusion(Cryptography(), index, leaf, path, head).has_value();
  }

  bool IsConsistent(const TreeHead& earlier, const TreeHead& later, const std::vector<Digest>& path) const {
    return VerifyConsistency(Cryptography(), earlier, later, path).has_value();
  }

  std::span<const Digest> UpTo(std::size_t size) const { return std::span(leaves_).first(size); }

  Leaves leaves_ = LeavesOf(kMaxSize);
};

TEST_F(Merkle, EveryEntryOfEverySizeIsIncluded) {
  for (std::size_t size = 1; size <= kMaxSize; ++size) {
    const TreeHead head = HeadOf(UpTo(size));
    for (std::size_t index = 0; index < size; ++index) {
      EXPECT_TRUE(IsIncluded(index, leaves_[index], InclusionPath(index, UpTo(size)), head)) << index << " of " << size;
    }
  }
}

TEST_F(Merkle, ProofsOfOtherEntriesIndicesAndSizesAreRefused) {
  for (std::size_t size = 2; size <= kMaxSize; ++size) {
    const TreeHead head = HeadOf(UpTo(size));
    for (std::size_t index = 0; index < size; ++index) {
      const std::vector<Digest> path = InclusionPath(index, UpTo(size));
      const std::size_t other = (index + 1) % size;
      EXPECT_FALSE(IsIncluded(index, leaves_[other], path, head));
      EXPECT_FALSE(IsIncluded(other, leaves_[index], path, head));
      EXPECT_FALSE(IsIncluded(index, leaves_[index], path, {.size = index, .root = head.root}));
      EXPECT_FALSE(IsIncluded(index, leaves_[index], {path.begin(), path.end() - 1}, head));
      std::vector<Digest> longer = path;
      longer.push_back(path.front());
      EXPECT_FALSE(IsIncluded(index, leaves_[index], longer, head));
    }
  }
}

TEST_F(Merkle, EveryHashOfAPathCounts) {
  const TreeHead head = HeadOf(UpTo(21));
  for (std::size_t index = 0; index < 21; ++index) {
    std::vector<Digest> path = InclusionPath(index, UpTo(21));
    for (Digest& hash : path) {
      hash.mutable_view()[5] ^= 1;
      EXPECT_FALSE(IsIncluded(index, leaves_[index], path, head));
      hash.mutable_view()[5] ^= 1;
    }
    EXPECT_TRUE(IsIncluded(index, leaves_[index], path, head));
  }
}

TEST_F(Merkle, EverySizeIsConsistentWithEveryLaterOne) {
  for (std::size_t later = 1; later <= kMaxSize; ++later) {
    for (std::size_t earlier = 1; earlier <= later; ++earlier) {
      const std::vector<Digest> path = ConsistencyPath(earlier, UpTo(later));
      EXPECT_TRUE(IsConsistent(HeadOf(UpTo(earlier)), HeadOf(UpTo(later)), path)) << earlier << " to " << later;
    }
    EXPECT_TRUE(IsConsistent(HeadOf({}), HeadOf(UpTo(later)), {}));
    EXPECT_FALSE(IsConsistent(HeadOf({}), HeadOf(UpTo(later)), {leaves_[0]}));
  }
}

TEST_F(Merkle, AForkIsConsistentWithNothing) {
  Leaves forked = leaves_;
  forked[2] = leaves_[3];
  for (std::size_t later = 4; later <= kMaxSize; ++later) {
    for (std::size_t earlier = 3; earlier < later; ++earlier) {
      const std::vector<Digest> path = ConsistencyPath(earlier, std::span(forked).first(later));
      const TreeHead fork = HeadOf(std::span(forked).first(later));
      EXPECT_TRUE(IsConsistent(HeadOf(std::span(forked).first(earlier)), fork, path));
      EXPECT_FALSE(IsConsistent(HeadOf(UpTo(earlier)), fork, path)) << earlier << " to " << later;
    }
  }
}

TEST_F(Merkle, ConsistencyNeedsItsWholePath) {
  for (std::size_t later = 2; later <= kMaxSize; ++later) {
    for (std::size_t earlier = 1; earlier < later; ++earlier) {
      std::vector<Digest> path = ConsistencyPath(earlier, UpTo(later));
      const TreeHead old_head = HeadOf(UpTo(earlier));
      const TreeHead new_head = HeadOf(UpTo(later));
      EXPECT_FALSE(IsConsistent(old_head, new_head, {}));
      EXPECT_FALSE(IsConsistent(old_head, new_head, {path.begin(), path.end() - 1}));
      path.push_back(path.front());
      EXPECT_FALSE(IsConsistent(old_head, new_head, path));
    }
  }
}

TEST_F(Merkle, SameSizeMeansSameRootAndNoPath) {
  EXPECT_TRUE(IsConsistent(HeadOf(UpTo(7)), HeadOf(UpTo(7)), {}));
  EXPECT_FALSE(IsConsistent(HeadOf(UpTo(7)), HeadOf(UpTo(7)), {leaves_[0]}));
  EXPECT_FALSE(IsConsistent(HeadOf(UpTo(7)), {.size = 7, .root = leaves_[0]}, {}));
  EXPECT_FALSE(IsConsistent(HeadOf(UpTo(8)), HeadOf(UpTo(7)), {}));
  EXPECT_FALSE(IsConsistent({.size = 0, .root = leaves_[0]}, {.size = 0, .root = leaves_[0]}, {}));
  EXPECT_TRUE(IsConsistent(HeadOf({}), HeadOf({}), {}));
}

// A proof for a tree of 2^62 and more entries: numbers do not overflow.
TEST_F(Merkle, NearTheEndOfNumbers) {
  const std::uint64_t size = INT64_MAX;
  EXPECT_FALSE(VerifyInclusion(Cryptography(), size - 1, leaves_[0], std::vector<Digest>(63, leaves_[1]),
                               {.size = size, .root = leaves_[2]}));
  EXPECT_FALSE(VerifyConsistency(Cryptography(), {.size = size - 1, .root = leaves_[0]},
                                 {.size = size, .root = leaves_[2]}, std::vector<Digest>(63, leaves_[1])));
}

}  // namespace
}  // namespace edgekeep::release::log
