// StatementSigners: who signed an entry's content, by the keys of the root that was in force when the log took it.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "edgekeep/log/audit.h"

namespace edgekeep::log {

enum class Signed : std::uint8_t { kNot, kByFormerKeys, kRightly };

// Borrows provider and trust.
class StatementSigners {
 public:
  StatementSigners(const crypto::Provider& provider, const AuditTrust& trust);

  // The key ceremony of root number `root` is entry `index`.
  void Announce(std::size_t root, std::uint64_t index);

  bool is_announced(std::size_t root) const { return announced_[root].has_value(); }

  // Which root's people count at entry `index`: the last one announced before it, or one after that of which the log
  // says nothing.
  std::size_t RootAt(std::uint64_t index) const;

  Signed ByHolder(const std::string& name, std::uint64_t index, ByteView content, ByteView statement) const;
  // The notary, or the former one, who signed; nobody otherwise.
  std::optional<std::string> ByNotary(ByteView content, ByteView statement) const;
  // Holders of root number `root` who signed, each in every class.
  std::size_t CountRootHolders(std::size_t root, ByteView content, ByteView statement) const;

 private:
  // A holder's keys, and the roots that have them.
  struct KeySet {
    formats::Holder holder;
    std::vector<std::size_t> roots;
  };

  bool IsBy(const formats::Holder& holder, ByteView content, ByteView statement) const;
  bool IsInForce(const KeySet& keys, std::uint64_t index) const;
  std::size_t FirstInForce(std::uint64_t index) const;

  const crypto::Provider* provider_;
  const AuditTrust* trust_;
  std::map<std::string, std::vector<KeySet>, std::less<>> people_;
  std::vector<std::optional<std::uint64_t>> announced_;
};

}  // namespace edgekeep::log
