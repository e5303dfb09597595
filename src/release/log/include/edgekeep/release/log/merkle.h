// The tree of a log (RFC 6962 §2.1, SHA-256): hashes, and proofs that an entry is in it or that it only grew.
#pragma once
#include <span>

#include "edgekeep/base/ids.h"
#include "edgekeep/base/inline_vector.h"
#include "edgekeep/crypto/provider.h"

namespace edgekeep::release::log {

inline constexpr std::size_t kMaxPathSize = 63;
using MerklePath = InlineVector<Digest, kMaxPathSize>;

Result<Digest> LeafHash(const crypto::Provider& provider, ByteView entry);
Result<Digest> NodeHash(const crypto::Provider& provider, const Digest& left, const Digest& right);
// The root of a tree without entries.
Result<Digest> EmptyRoot(const crypto::Provider& provider);

struct TreeHead {
  std::uint64_t size = 0;
  Digest root;

  friend bool operator==(const TreeHead&, const TreeHead&) = default;
};

// That `leaf` is number `index` of the tree. Fails with kBadSignature: `head` does not vouch for it.
Status VerifyInclusion(const crypto::Provider& provider, std::uint64_t index, const Digest& leaf,
                       std::span<const Digest> path, const TreeHead& head);

// That the first entries of `later` are those of `earlier`, in their order. Fails with kBadSignature.
Status VerifyConsistency(const crypto::Provider& provider, const TreeHead& earlier, const TreeHead& later,
                         std::span<const Digest> path);

}  // namespace edgekeep::release::log
