#include "statement_signers.h"

#include <algorithm>

#include "edgekeep/log/statement.h"

namespace edgekeep::log {
namespace {

bool SameKeys(const formats::Holder& a, const formats::Holder& b) {
  return std::ranges::equal(a.keys, b.keys, [](const formats::PublicKey& one, const formats::PublicKey& other) {
    return one.algorithm == other.algorithm && Equal(one.bytes, other.bytes);
  });
}

}  // namespace

StatementSigners::StatementSigners(const crypto::Provider& provider, const AuditTrust& trust)
    : provider_(&provider), trust_(&trust), announced_(trust.roots.size()) {
  for (std::size_t root = 0; root < trust.roots.size(); ++root) {
    for (const formats::Holder& holder : trust.roots[root].holders) {
      std::vector<KeySet>& sets = people_[std::string(holder.name)];
      auto found = std::ranges::find_if(sets, [&](const KeySet& set) { return SameKeys(set.holder, holder); });
      if (found == sets.end()) found = sets.insert(found, {holder, {}});
      found->roots.push_back(root);
    }
  }
}

void StatementSigners::Announce(std::size_t root, std::uint64_t index) {
  if (!announced_[root]) announced_[root] = index;
}

std::size_t StatementSigners::FirstInForce(std::uint64_t index) const {
  std::size_t first = 0;
  for (std::size_t root = 0; root < announced_.size(); ++root) {
    if (announced_[root] && *announced_[root] < index) first = root;
  }
  return first;
}

std::size_t StatementSigners::RootAt(std::uint64_t index) const {
  std::size_t root = FirstInForce(index);
  while (root + 1 < announced_.size() && !announced_[root + 1]) ++root;
  return root;
}

bool StatementSigners::IsInForce(const KeySet& keys, std::uint64_t index) const {
  const std::size_t first = FirstInForce(index);
  const std::size_t last = RootAt(index);
  return std::ranges::any_of(keys.roots, [&](std::size_t root) { return root >= first && root <= last; });
}

bool StatementSigners::IsBy(const formats::Holder& holder, ByteView content, ByteView statement) const {
  return IsSignedBy(*provider_, content, statement, holder, trust_->required_classes);
}

Signed StatementSigners::ByHolder(const std::string& name, std::uint64_t index, ByteView content,
                                  ByteView statement) const {
  const auto found = people_.find(name);
  if (found == people_.end()) return Signed::kNot;
  Signed best = Signed::kNot;
  for (const KeySet& keys : found->second) {
    if (!IsBy(keys.holder, content, statement)) continue;
    if (IsInForce(keys, index)) return Signed::kRightly;
    best = Signed::kByFormerKeys;
  }
  return best;
}

std::optional<std::string> StatementSigners::ByNotary(ByteView content, ByteView statement) const {
  return SignerOf(*provider_, content, statement, {.people = {}, .notaries = trust_->notaries},
                  trust_->required_classes);
}

std::size_t StatementSigners::CountRootHolders(std::size_t root, ByteView content, ByteView statement) const {
  const AuditedRoot& named = trust_->roots[root];
  return static_cast<std::size_t>(std::ranges::count_if(named.holders, [&](const formats::Holder& holder) {
    return std::ranges::find(named.root_holders, holder.name) != named.root_holders.end() &&
           IsBy(holder, content, statement);
  }));
}

}  // namespace edgekeep::log
