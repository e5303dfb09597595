// The tree of RFC 6962 §2.1 by its recursive definitions: what the module's iterations are compared with.
#pragma once
#include <vector>

#include "edgekeep/release/log/merkle.h"
#include "signing.h"

namespace edgekeep::release::log {

using Leaves = std::vector<Digest>;

// Leaf hashes of "entry 0", "entry 1" …
Leaves LeavesOf(std::size_t count);
Digest RootOf(std::span<const Digest> leaves);
TreeHead HeadOf(std::span<const Digest> leaves);
std::vector<Digest> InclusionPath(std::size_t index, std::span<const Digest> leaves);
std::vector<Digest> ConsistencyPath(std::size_t earlier, std::span<const Digest> leaves, bool whole = true);

}  // namespace edgekeep::release::log
