// Proofs as texts.
#pragma once
#include <span>
#include <string>

#include "edgekeep/base/ids.h"

namespace edgekeep::log {

// A log proof (spec/log.md §7) without extra data.
std::string WriteLogProof(std::uint64_t index, std::span<const Digest> path, std::string_view checkpoint);

// Hashes in base64, one a line: a consistency proof as witnesses take it.
std::string WritePath(std::span<const Digest> path);

}  // namespace edgekeep::log
