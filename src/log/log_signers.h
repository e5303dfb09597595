// LogSigners: who signed an entry's content, by the keys of the root that was in force when the log took it, or by the
// notary of then.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "edgekeep/log/notary_desk.h"
#include "edgekeep/log/trust.h"

namespace edgekeep::log {

enum class Signed : std::uint8_t { kNot, kByFormerKeys, kRightly };

// Borrows provider and trust.
class LogSigners {
 public:
  LogSigners(const crypto::Provider& provider, const LogTrust& trust);

  // Goes through a log for key ceremonies, which say from which entry on whose signatures count.
  Status FindCeremonies(const LogView& view);
  // The same of one entry, for whoever goes through them in their order: it counts from the next one on.
  void See(std::uint64_t index, ByteView content, ByteView statement);

  bool is_announced(std::size_t root) const { return announced_[root].has_value(); }

  // The root that has this digest.
  std::optional<std::size_t> RootWith(const Digest& digest) const;
  // A ceremony says of a role of people what root number `root` itself says: nobody announces another one's people.
  bool Restates(std::size_t root, const formats::KeyCeremony& ceremony) const;
  // Restates it, by the quorum of root number `root` and by that of the one before, as the root itself is.
  bool IsAnnouncement(std::size_t root, ByteView content, ByteView statement) const;

  // Which root is in force for entry `index`, and for who judges the first `index` entries: the last one announced in
  // these, else the first that is trusted. No entry that comes later changes it.
  std::size_t RootAt(std::uint64_t index) const;

  // The one whom the content names, or the notary (by the name of the one that judges now), if they signed entry
  // `index`; nobody where its kind is the root's.
  std::optional<std::string> At(std::uint64_t index, ByteView content, ByteView statement) const;

  Signed ByHolder(const std::string& name, std::uint64_t index, ByteView content, ByteView statement) const;
  // The notary, or the one before it that judged then; nobody otherwise.
  std::optional<std::string> ByNotary(std::uint64_t index, ByteView content, ByteView statement) const;
  // By as many people of root number `root` as it takes, each in every class; without recovery keys, which sign roots,
  // and what the log is told of them, and nothing else.
  bool IsByRoot(std::size_t root, ByteView content, ByteView statement) const;
  // Of those who change root number `root`, with recovery keys, who signed in every class.
  std::vector<formats::Holder> RootHoldersWhoSigned(std::size_t root, ByteView content, ByteView statement) const;

 private:
  // A holder's keys, and the roots that have them.
  struct KeySet {
    formats::Holder holder;
    std::vector<std::size_t> roots;
  };

  // Of a key ceremony, the root that no entry announces yet.
  std::optional<std::size_t> NewRootOf(ByteView content) const;
  bool IsBy(const formats::Holder& holder, ByteView content, ByteView statement) const;

  const crypto::Provider* provider_;
  const LogTrust* trust_;
  std::map<std::string, std::vector<KeySet>, std::less<>> people_;
  std::vector<std::optional<std::uint64_t>> announced_;
};

}  // namespace edgekeep::log
