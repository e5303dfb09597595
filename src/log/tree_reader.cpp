#include "edgekeep/log/tree_reader.h"

#include <algorithm>
#include <bit>

#include "edgekeep/base/check.h"
#include "edgekeep/release/log/merkle.h"

namespace edgekeep::log {
namespace {

using release::log::EmptyRoot;
using release::log::NodeHash;

// RFC 6962 §2.1: the largest power of two below the number of leaves.
std::uint64_t Split(std::uint64_t begin, std::uint64_t end) {
  return begin + std::bit_floor(end - begin - 1);
}

}  // namespace

Result<Digest> RootOfComplete(const crypto::Provider& provider, std::span<const Digest> hashes) {
  Hashes level(hashes.begin(), hashes.end());
  EK_CHECK(std::has_single_bit(level.size()));
  while (level.size() > 1) {
    for (std::size_t i = 0; i < level.size() / 2; ++i) {
      EK_TRY_ASSIGN(level[i], NodeHash(provider, level[2 * i], level[2 * i + 1]));
    }
    level.resize(level.size() / 2);
  }
  return level.front();
}

// A partial tile may have been removed once the whole one was there.
Result<std::string> TreeReader::ReadTileFile(const std::string& partial, const std::string& whole,
                                             std::size_t max_size) const {
  Result<std::string> read = storage_->Read(prefix_ + partial, max_size);
  if (read || read.error().code() != ErrorCode::kNotFound || partial == whole) return read;
  return storage_->Read(prefix_ + whole, max_size);
}

Result<Hashes> TreeReader::Tile(unsigned level, std::uint64_t index) {
  const auto found = tiles_.find({level, index});
  if (found != tiles_.end()) return found->second;
  const std::uint64_t width = WidthOfTile(size_, level, index);
  EK_TRY_ASSIGN(std::string bytes, ReadTileFile(TilePath(level, index, width), TilePath(level, index, kTileWidth),
                                                kTileWidth * Digest::kSize));
  if (bytes.size() > width * Digest::kSize) bytes.resize(width * Digest::kSize);
  EK_TRY_ASSIGN(const Hashes hashes, ReadHashes(bytes, width));
  tiles_[{level, index}] = hashes;
  return hashes;
}

Result<std::vector<std::string>> TreeReader::Bundle(std::uint64_t index) const {
  const std::uint64_t width = WidthOfTile(size_, 0, index);
  EK_TRY_ASSIGN(const std::string bytes,
                ReadTileFile(BundlePath(index, width), BundlePath(index, kTileWidth), kMaxBundleSize));
  auto entries = ReadBundle(bytes, width);
  if (entries || width == kTileWidth) return entries;
  EK_TRY_ASSIGN(std::vector<std::string> all, ReadBundle(bytes, kTileWidth));
  all.resize(width);
  return all;
}

Result<std::string> TreeReader::Entry(std::uint64_t index) const {
  if (index >= size_) return Error(ErrorCode::kNotFound, "log entry");
  EK_TRY_ASSIGN(std::vector<std::string> entries, Bundle(index / kTileWidth));
  return std::move(entries[index % kTileWidth]);
}

// The complete subtree of 2^height leaves, the index-th of its kind.
Result<Digest> TreeReader::SubtreeRoot(unsigned height, std::uint64_t index) {
  const unsigned level = height / kTileHeight;
  const unsigned within = height % kTileHeight;
  const std::uint64_t first = index << within;
  EK_TRY_ASSIGN(const Hashes tile, Tile(level, first / kTileWidth));
  const std::uint64_t at = first % kTileWidth;
  const std::uint64_t count = std::uint64_t{1} << within;
  if (at + count > tile.size()) return Error(ErrorCode::kMalformed, "log tile: too narrow");
  return RootOfComplete(*provider_, std::span(tile).subspan(at, count));
}

// A range that a tree is split into is complete subtrees, the largest first.
Result<Digest> TreeReader::RangeRoot(std::uint64_t begin, std::uint64_t end) {
  Hashes subtrees;
  while (begin < end) {
    const std::uint64_t count = std::bit_floor(end - begin);
    const auto height = static_cast<unsigned>(std::countr_zero(count));
    EK_TRY_ASSIGN(const Digest root, SubtreeRoot(height, begin >> height));
    subtrees.push_back(root);
    begin += count;
  }
  Digest root = subtrees.back();
  for (std::size_t i = subtrees.size() - 1; i-- > 0;) {
    EK_TRY_ASSIGN(root, NodeHash(*provider_, subtrees[i], root));
  }
  return root;
}

Result<Digest> TreeReader::Root(std::uint64_t size) {
  EK_CHECK(size <= size_);
  return size == 0 ? EmptyRoot(*provider_) : RangeRoot(0, size);
}

// From the root down to the leaf; a path goes the other way.
Result<Hashes> TreeReader::InclusionPath(std::uint64_t index, std::uint64_t size) {
  EK_CHECK(index < size && size <= size_);
  Hashes path;
  std::uint64_t begin = 0;
  for (std::uint64_t end = size; end - begin > 1;) {
    const std::uint64_t split = Split(begin, end);
    const bool is_left = index < split;
    EK_TRY_ASSIGN(const Digest sibling, is_left ? RangeRoot(split, end) : RangeRoot(begin, split));
    path.push_back(sibling);
    (is_left ? end : begin) = split;
  }
  std::ranges::reverse(path);
  return path;
}

// RFC 6962 §2.1.2, from the root down.
Result<Hashes> TreeReader::ConsistencyPath(std::uint64_t earlier, std::uint64_t later) {
  EK_CHECK(earlier <= later && later <= size_);
  Hashes path;
  if (earlier == 0) return path;
  std::uint64_t begin = 0;
  std::uint64_t end = later;
  while (earlier != end) {
    const std::uint64_t split = Split(begin, end);
    const bool is_left = earlier <= split;
    EK_TRY_ASSIGN(const Digest sibling, is_left ? RangeRoot(split, end) : RangeRoot(begin, split));
    path.push_back(sibling);
    (is_left ? end : begin) = split;
  }
  // Where the rest is all of the earlier tree, its root is what the verifier has.
  if (begin > 0) {
    EK_TRY_ASSIGN(const Digest root, RangeRoot(begin, end));
    path.push_back(root);
  }
  std::ranges::reverse(path);
  return path;
}

Result<bool> Continues(const crypto::Provider& provider, TreeReader& tree, const release::log::TreeHead& earlier,
                       const release::log::TreeHead& head) {
  if (earlier.size == 0) {
    EK_TRY_ASSIGN(const Digest empty, EmptyRoot(provider));
    return earlier.root == empty;
  }
  EK_TRY_ASSIGN(const Hashes path, tree.ConsistencyPath(earlier.size, head.size));
  const Status grown = release::log::VerifyConsistency(provider, earlier, head, path);
  if (!grown && grown.error().code() != ErrorCode::kBadSignature) return grown.error();
  return grown.has_value();
}

}  // namespace edgekeep::log
