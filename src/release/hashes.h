// Digests that one file states of another.
#pragma once
#include <cstdint>

#include "edgekeep/crypto/provider.h"
#include "edgekeep/json/document.h"
#include "structure.h"

namespace edgekeep::release {

// All digests of known algorithms (sha256, sha512) must be right, and one must be known. Fails with kUnsupported where
// none is, kMalformed where one is wrong.
Status CheckHashesOf(const crypto::Provider& provider, json::Node hashes, ByteView bytes);

// Length and hashes, where they are given. What is missing, the version alone must make up for.
Status CheckDescribed(const crypto::Provider& provider, const FileDescription& description, ByteView bytes);

}  // namespace edgekeep::release
