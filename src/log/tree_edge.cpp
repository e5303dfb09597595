#include "tree_edge.h"

#include <bit>

namespace edgekeep::log {

using release::log::LeafHash;
using release::log::NodeHash;
using release::log::TreeHead;

Result<TreeEdge> TreeEdge::Read(TreeReader& tree) {
  TreeEdge edge;
  edge.size_ = tree.size();
  for (unsigned level = 0; HashesOnLevel(tree.size(), level) > 0; ++level) {
    const std::uint64_t on_level = HashesOnLevel(tree.size(), level);
    edge.levels_.emplace_back();
    if (on_level % kTileWidth == 0) continue;
    EK_TRY_ASSIGN(edge.levels_.back(), tree.Tile(level, on_level / kTileWidth));
  }
  if (edge.size_ % kTileWidth == 0) return edge;
  EK_TRY_ASSIGN(const std::vector<std::string> entries, tree.Bundle(edge.size_ / kTileWidth));
  for (const std::string& entry : entries) AppendToBundle(AsBytes(entry), edge.bundle_);
  return edge;
}

Status TreeEdge::Push(const crypto::Provider& provider, const Digest& leaf, std::vector<NewFile>& files) {
  Digest hash = leaf;
  for (unsigned level = 0;; ++level) {
    if (level == levels_.size()) levels_.emplace_back();
    levels_[level].push_back(hash);
    if (levels_[level].size() < kTileWidth) return {};
    const std::uint64_t index = HashesOnLevel(size_, level) / kTileWidth - 1;
    files.push_back({TilePath(level, index, kTileWidth), WriteHashes(levels_[level])});
    EK_TRY_ASSIGN(hash, RootOfComplete(provider, levels_[level]));
    levels_[level].clear();
  }
}

Status TreeEdge::Append(const crypto::Provider& provider, ByteView entry, std::vector<NewFile>& files) {
  EK_TRY_ASSIGN(const Digest leaf, LeafHash(provider, entry));
  AppendToBundle(entry, bundle_);
  ++size_;
  if (size_ % kTileWidth == 0) {
    files.push_back({BundlePath(size_ / kTileWidth - 1, kTileWidth), bundle_});
    bundle_.clear();
  }
  return Push(provider, leaf, files);
}

void TreeEdge::WritePartial(std::uint64_t earlier, std::vector<NewFile>& files) const {
  for (unsigned level = 0; level < levels_.size(); ++level) {
    const Hashes& hashes = levels_[level];
    if (hashes.empty() || HashesOnLevel(earlier, level) == HashesOnLevel(size_, level)) continue;
    const std::uint64_t index = HashesOnLevel(size_, level) / kTileWidth;
    files.push_back({TilePath(level, index, hashes.size()), WriteHashes(hashes)});
  }
  if (!bundle_.empty() && earlier != size_)
    files.push_back({BundlePath(size_ / kTileWidth, size_ % kTileWidth), bundle_});
}

// The edge is the tree's complete subtrees, the largest first: of each level those that its tile's width consists of.
Result<TreeHead> TreeEdge::Head(const crypto::Provider& provider) const {
  Hashes subtrees;
  for (std::size_t level = levels_.size(); level-- > 0;) {
    std::span<const Digest> rest = levels_[level];
    while (!rest.empty()) {
      const std::size_t count = std::bit_floor(rest.size());
      EK_TRY_ASSIGN(const Digest root, RootOfComplete(provider, rest.first(count)));
      subtrees.push_back(root);
      rest = rest.subspan(count);
    }
  }
  if (subtrees.empty()) {
    EK_TRY_ASSIGN(const Digest empty, release::log::EmptyRoot(provider));
    return TreeHead{.size = 0, .root = empty};
  }
  Digest root = subtrees.back();
  for (std::size_t i = subtrees.size() - 1; i-- > 0;) {
    EK_TRY_ASSIGN(root, NodeHash(provider, subtrees[i], root));
  }
  return TreeHead{.size = size_, .root = root};
}

}  // namespace edgekeep::log
