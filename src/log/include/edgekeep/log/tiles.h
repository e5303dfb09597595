// Tiles (c2sp.org/tlog-tiles): where hashes and entries of a log lie, and what they hold.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "edgekeep/base/ids.h"

namespace edgekeep::log {

inline constexpr std::uint64_t kTileWidth = 256;
inline constexpr unsigned kTileHeight = 8;
inline constexpr std::size_t kMaxBundleSize = kTileWidth * (2 + std::size_t{UINT16_MAX});

using Hashes = std::vector<Digest>;

// "tile/1/x001/234"; with ".p/17" where the tile has 17 hashes only.
std::string TilePath(unsigned level, std::uint64_t index, std::uint64_t width);
std::string BundlePath(std::uint64_t index, std::uint64_t width);
// "statement/x001/234": where the statement of entry 1234 lies, if it has one (spec/log-entries.md §4).
std::string StatementPath(std::uint64_t index);

// Hashes and whole tiles of a level that a tree of this size has.
constexpr std::uint64_t HashesOnLevel(std::uint64_t tree_size, unsigned level) {
  return level * kTileHeight < 64 ? tree_size >> (level * kTileHeight) : 0;
}

// How wide the tile is in a tree of this size; 0 where there is none.
std::uint64_t WidthOfTile(std::uint64_t tree_size, unsigned level, std::uint64_t index);

std::string WriteHashes(const Hashes& hashes);
// Fails with kMalformed unless there are exactly `width`.
Result<Hashes> ReadHashes(std::string_view bytes, std::uint64_t width);

// Entries with their lengths in front, u16 big-endian. Requires entry.size() <= UINT16_MAX.
void AppendToBundle(ByteView entry, std::string& bundle);
// Fails with kMalformed unless there are exactly `width`.
Result<std::vector<std::string>> ReadBundle(std::string_view bytes, std::uint64_t width);

}  // namespace edgekeep::log
