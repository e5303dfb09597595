// TreeReader: hashes, entries and proofs of a log out of its tiles.
#pragma once
#include <map>
#include <string>
#include <utility>

#include "edgekeep/crypto/provider.h"
#include "edgekeep/log/storage.h"
#include "edgekeep/log/tiles.h"
#include "edgekeep/release/log/merkle.h"

namespace edgekeep::log {

// Reads the tree of one size. Borrows storage and provider. Nothing that is read is believed: proofs verify under a
// checkpoint or they do not. Keeps the tiles it has read.
class TreeReader {
 public:
  // `prefix` stands before every path: "public/".
  TreeReader(const crypto::Provider& provider, const Storage& storage, std::string prefix, std::uint64_t size)
      : provider_(&provider), storage_(&storage), prefix_(std::move(prefix)), size_(size) {}

  std::uint64_t size() const noexcept { return size_; }

  // Of the first `size` entries; requires size <= size().
  Result<Digest> Root(std::uint64_t size);
  // That entry `index` is in the tree of `size`; requires index < size <= size().
  Result<Hashes> InclusionPath(std::uint64_t index, std::uint64_t size);
  // Requires earlier <= later <= size().
  Result<Hashes> ConsistencyPath(std::uint64_t earlier, std::uint64_t later);
  // The bundle's entries, from number index * kTileWidth on.
  Result<std::vector<std::string>> Bundle(std::uint64_t index) const;
  Result<std::string> Entry(std::uint64_t index) const;
  Result<Hashes> Tile(unsigned level, std::uint64_t index);

 private:
  Result<std::string> ReadTileFile(const std::string& partial, const std::string& whole, std::size_t max_size) const;
  Result<Digest> RangeRoot(std::uint64_t begin, std::uint64_t end);
  Result<Digest> SubtreeRoot(unsigned height, std::uint64_t index);

  const crypto::Provider* provider_;
  const Storage* storage_;
  std::string prefix_;
  std::uint64_t size_;
  std::map<std::pair<unsigned, std::uint64_t>, Hashes> tiles_;
};

// Whether the tree of `head`, which is what `tree` reads, begins with that of `earlier`, by a proof that holds whatever
// is read: who serves other tiles than before deceives nobody. Requires earlier.size <= head.size.
Result<bool> Continues(const crypto::Provider& provider, TreeReader& tree, const release::log::TreeHead& earlier,
                       const release::log::TreeHead& head);

// The root of hashes that are neighbours, as many as a power of two.
Result<Digest> RootOfComplete(const crypto::Provider& provider, std::span<const Digest> hashes);

}  // namespace edgekeep::log
