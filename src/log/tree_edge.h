// TreeEdge: the rightmost tiles of a tree, which the next entries change.
#pragma once
#include <string>
#include <vector>

#include "edgekeep/crypto/provider.h"
#include "edgekeep/log/tree_reader.h"
#include "edgekeep/release/log/merkle.h"

namespace edgekeep::log {

// A file that is to be written.
struct NewFile {
  std::string path;
  std::string content;
};

class TreeEdge {
 public:
  // Reads the edge of the reader's tree.
  static Result<TreeEdge> Read(TreeReader& tree);

  static TreeEdge Empty() { return {}; }

  std::uint64_t size() const noexcept { return size_; }

  // Whole tiles and bundles that come of it are added to `files`.
  Status Append(const crypto::Provider& provider, ByteView entry, std::vector<NewFile>& files);
  // Adds the tiles and the bundle that are not whole and are other ones than in the tree of `earlier` entries: what an
  // earlier checkpoint needs is never written again, for a cut could tear it.
  void WritePartial(std::uint64_t earlier, std::vector<NewFile>& files) const;
  Result<release::log::TreeHead> Head(const crypto::Provider& provider) const;

 private:
  Status Push(const crypto::Provider& provider, const Digest& leaf, std::vector<NewFile>& files);

  std::uint64_t size_ = 0;
  std::vector<Hashes> levels_;  // fewer than kTileWidth hashes each
  std::string bundle_;
};

}  // namespace edgekeep::log
