#include "reference_tree.h"

#include <bit>

namespace edgekeep::release::log {
namespace {

std::size_t Split(std::size_t size) {
  return std::bit_floor(size - 1);
}

Digest Node(const Digest& left, const Digest& right) {
  return NodeHash(Cryptography(), left, right).value();
}

std::vector<Digest> Followed(std::vector<Digest> path, const Digest& by) {
  path.push_back(by);
  return path;
}

}  // namespace

Leaves LeavesOf(std::size_t count) {
  Leaves leaves;
  for (std::size_t i = 0; i < count; ++i) {
    leaves.push_back(LeafHash(Cryptography(), AsBytes("entry " + std::to_string(i))).value());
  }
  return leaves;
}

Digest RootOf(std::span<const Digest> leaves) {
  if (leaves.empty()) return EmptyRoot(Cryptography()).value();
  if (leaves.size() == 1) return leaves[0];
  const std::size_t split = Split(leaves.size());
  return Node(RootOf(leaves.first(split)), RootOf(leaves.subspan(split)));
}

TreeHead HeadOf(std::span<const Digest> leaves) {
  return {.size = leaves.size(), .root = RootOf(leaves)};
}

std::vector<Digest> InclusionPath(std::size_t index, std::span<const Digest> leaves) {
  if (leaves.size() == 1) return {};
  const std::size_t split = Split(leaves.size());
  const auto left = leaves.first(split);
  const auto right = leaves.subspan(split);
  if (index < split) return Followed(InclusionPath(index, left), RootOf(right));
  return Followed(InclusionPath(index - split, right), RootOf(left));
}

std::vector<Digest> ConsistencyPath(std::size_t earlier, std::span<const Digest> leaves, bool whole) {
  if (earlier == leaves.size()) return whole ? std::vector<Digest>() : std::vector<Digest>{RootOf(leaves)};
  const std::size_t split = Split(leaves.size());
  const auto left = leaves.first(split);
  const auto right = leaves.subspan(split);
  if (earlier <= split) return Followed(ConsistencyPath(earlier, left, whole), RootOf(right));
  return Followed(ConsistencyPath(earlier - split, right, false), RootOf(left));
}

}  // namespace edgekeep::release::log
