#include "edgekeep/release/log/merkle.h"

#include <array>

#include "edgekeep/crypto/digest.h"

namespace edgekeep::release::log {
namespace {

Error NoProof() {
  return Error(ErrorCode::kBadSignature, "log: proof does not lead to the root");
}

// Where a climb from a node to the root stands (RFC 9162 §2.1.3.2): the node's number on its level, and the last one's.
class Climb {
 public:
  Climb(std::uint64_t node, std::uint64_t last) noexcept : node_(node), last_(last) {}

  bool IsAtRoot() const noexcept { return last_ == 0; }

  // True when the next sibling stands to the left.
  bool IsRight() const noexcept { return (node_ & 1) != 0 || node_ == last_; }

  void Up() noexcept {
    // A last node without a sibling is the node above as well.
    while ((node_ & 1) == 0 && node_ == last_ && node_ != 0) Halve();
    Halve();
  }

  void SkipCompleteSubtrees() noexcept {
    while ((node_ & 1) != 0) Halve();
  }

 private:
  void Halve() noexcept {
    node_ >>= 1;
    last_ >>= 1;
  }

  std::uint64_t node_;
  std::uint64_t last_;
};

// Climbs from where both trees share a node: the roots that the path makes of it.
struct BothRoots {
  Digest earlier;
  Digest later;
};

Result<BothRoots> ClimbToBothRoots(const crypto::Provider& provider, Climb climb, const Digest& shared,
                                   std::span<const Digest> path) {
  BothRoots roots{.earlier = shared, .later = shared};
  for (const Digest& sibling : path) {
    if (climb.IsAtRoot()) return NoProof();
    if (climb.IsRight()) {
      EK_TRY_ASSIGN(roots.earlier, NodeHash(provider, sibling, roots.earlier));
      EK_TRY_ASSIGN(roots.later, NodeHash(provider, sibling, roots.later));
    } else {
      EK_TRY_ASSIGN(roots.later, NodeHash(provider, roots.later, sibling));
    }
    climb.Up();
  }
  return climb.IsAtRoot() ? Result<BothRoots>(roots) : NoProof();
}

}  // namespace

Result<Digest> LeafHash(const crypto::Provider& provider, ByteView entry) {
  constexpr std::array<std::uint8_t, 1> kLeaf = {0};
  return crypto::Sha256(provider, {kLeaf, entry});
}

Result<Digest> NodeHash(const crypto::Provider& provider, const Digest& left, const Digest& right) {
  constexpr std::array<std::uint8_t, 1> kNode = {1};
  return crypto::Sha256(provider, {kNode, left.view(), right.view()});
}

Result<Digest> EmptyRoot(const crypto::Provider& provider) {
  return crypto::Sha256(provider, {});
}

Status VerifyInclusion(const crypto::Provider& provider, std::uint64_t index, const Digest& leaf,
                       std::span<const Digest> path, const TreeHead& head) {
  if (index >= head.size) return NoProof();
  Climb climb(index, head.size - 1);
  Digest hash = leaf;
  for (const Digest& sibling : path) {
    if (climb.IsAtRoot()) return NoProof();
    const bool is_right = climb.IsRight();
    EK_TRY_ASSIGN(hash, is_right ? NodeHash(provider, sibling, hash) : NodeHash(provider, hash, sibling));
    climb.Up();
  }
  if (!climb.IsAtRoot() || hash != head.root) return NoProof();
  return {};
}

Status VerifyConsistency(const crypto::Provider& provider, const TreeHead& earlier, const TreeHead& later,
                         std::span<const Digest> path) {
  if (earlier.size > later.size) return NoProof();
  if (later.size == 0) {
    EK_TRY_ASSIGN(const Digest empty, EmptyRoot(provider));
    if (later.root != empty) return NoProof();
  }
  if (earlier.size == later.size || earlier.size == 0) {
    const bool is_same = earlier.size == 0 || earlier.root == later.root;
    return path.empty() && is_same ? Status() : NoProof();
  }
  // The root of a complete tree is a node of the later one, so no proof repeats it (RFC 9162 §2.1.4.1).
  const bool is_complete = (earlier.size & (earlier.size - 1)) == 0;
  if (!is_complete && path.empty()) return NoProof();
  Climb climb(earlier.size - 1, later.size - 1);
  climb.SkipCompleteSubtrees();
  const Digest shared = is_complete ? earlier.root : path.front();
  EK_TRY_ASSIGN(const BothRoots roots, ClimbToBothRoots(provider, climb, shared, is_complete ? path : path.subspan(1)));
  return roots.earlier == earlier.root && roots.later == later.root ? Status() : NoProof();
}

}  // namespace edgekeep::release::log
