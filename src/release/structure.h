// Structure of what stands in metadata: checked once, when a file is read; everything else may rely on it then.
#pragma once
#include <cstdint>
#include <optional>

#include "edgekeep/json/document.h"

namespace edgekeep::release {

// A whole number from 1 to 2^63 - 1: so that the next version is one too.
Result<std::uint64_t> ReadPositive(json::Node node);

// A key object of any type: "keytype", "scheme", "keyval". Keys of unknown types are kept and count for nothing.
Status CheckKeys(json::Node keys);

// "keyids", each once, and "threshold".
Status CheckRole(json::Node role);

// What one file says about another. `length` is exact where it is given.
struct FileDescription {
  std::uint64_t version = 0;
  std::optional<std::uint64_t> length;
  json::Node hashes;  // none where none are given
};

Result<FileDescription> ReadFileDescription(json::Node node);

// Names of algorithms with digests in hexadecimal, one at least.
Status CheckHashes(json::Node hashes);

// Parts of "signed" that only one type has.
Status CheckRoot(json::Node content);
Status CheckTimestamp(json::Node content);
Status CheckSnapshot(json::Node content);
Status CheckTargets(json::Node content);

}  // namespace edgekeep::release
