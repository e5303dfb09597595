#include "log_signers.h"

#include <algorithm>

#include "edgekeep/log/directory_check.h"
#include "edgekeep/release/holders.h"

namespace edgekeep::log {
namespace {

bool SameKeys(const formats::Holder& a, const formats::Holder& b) {
  return std::ranges::equal(a.keys, b.keys, [](const formats::PublicKey& one, const formats::PublicKey& other) {
    return one.algorithm == other.algorithm && Equal(one.bytes, other.bytes);
  });
}

}  // namespace

LogSigners::LogSigners(const crypto::Provider& provider, const LogTrust& trust)
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

std::optional<std::size_t> LogSigners::RootWith(const Digest& digest) const {
  const auto found = std::ranges::find(trust_->roots, digest, &TrustedRoot::digest);
  if (found == trust_->roots.end()) return std::nullopt;
  return static_cast<std::size_t>(found - trust_->roots.begin());
}

bool LogSigners::Restates(std::size_t root, const formats::KeyCeremony& ceremony) const {
  const TrustedRoot& named = trust_->roots[root];
  const bool is_root = ceremony.role == "root";
  if (!is_root && ceremony.role != "targets") return false;
  return ceremony.metadata == named.digest && ceremony.metadata_version == named.version &&
         ceremony.threshold == (is_root ? named.root_threshold : named.approvals) &&
         std::ranges::equal(ceremony.holders, is_root ? named.root_holders : named.approvers);
}

bool LogSigners::IsAnnouncement(std::size_t root, ByteView content, ByteView statement) const {
  const auto ceremony = formats::DecodeKeyCeremony(content);
  if (!ceremony || !Restates(root, *ceremony)) return false;
  const auto is_by = [&](std::size_t number) {
    return RootHoldersWhoSigned(number, content, statement).size() >= trust_->roots[number].root_threshold;
  };
  return is_by(root) && (root == 0 || is_by(root - 1));
}

void LogSigners::See(std::uint64_t index, ByteView content, ByteView statement) {
  if (const auto root = NewRootOf(content); root && IsAnnouncement(*root, content, statement)) {
    announced_[*root] = index;
  }
}

std::optional<std::size_t> LogSigners::NewRootOf(ByteView content) const {
  const auto kind = formats::KindOfLogContent(content);
  if (!kind || *kind != formats::LogContentKind::kKeyCeremony) return {};
  const auto ceremony = formats::DecodeKeyCeremony(content);
  const auto root = ceremony ? RootWith(ceremony->metadata) : std::nullopt;
  return root && !is_announced(*root) ? root : std::nullopt;
}

Status LogSigners::FindCeremonies(const LogView& view) {
  const auto see = [&](std::uint64_t index, const formats::LogEntry& entry) -> Status {
    if (!NewRootOf(entry.content)) return {};
    EK_TRY_ASSIGN(const FoundStatement found, ReadStatement(view.storage, view.prefix, index, entry.content));
    See(index, entry.content, AsBytes(found.bytes));
    return {};
  };
  return CheckLogFiles(view.provider, view.storage, view.prefix, view.head, see);
}

std::size_t LogSigners::RootAt(std::uint64_t index) const {
  std::size_t last = 0;
  for (std::size_t root = 0; root < announced_.size(); ++root) {
    if (announced_[root] && *announced_[root] < index) last = root;
  }
  return last;
}

bool LogSigners::IsBy(const formats::Holder& holder, ByteView content, ByteView statement) const {
  return IsSignedBy(*provider_, content, statement, holder, trust_->required_classes);
}

Signed LogSigners::ByHolder(const std::string& name, std::uint64_t index, ByteView content, ByteView statement) const {
  const auto found = people_.find(name);
  if (found == people_.end() || release::IsRecoveryName(name)) return Signed::kNot;
  const std::size_t in_force = RootAt(index);
  Signed best = Signed::kNot;
  for (const KeySet& keys : found->second) {
    if (!IsBy(keys.holder, content, statement)) continue;
    if (std::ranges::find(keys.roots, in_force) != keys.roots.end()) return Signed::kRightly;
    best = Signed::kByFormerKeys;
  }
  return best;
}

std::optional<std::string> LogSigners::ByNotary(std::uint64_t index, ByteView content, ByteView statement) const {
  for (const TrustedNotary& notary : trust_->notaries) {
    const bool judged_then = !notary.until || index < *notary.until;
    if (judged_then && IsBy(notary.holder, content, statement)) return std::string(notary.holder.name);
  }
  return std::nullopt;
}

std::optional<std::string> LogSigners::At(std::uint64_t index, ByteView content, ByteView statement) const {
  const auto kind = formats::KindOfLogContent(content);
  if (kind && *kind == formats::LogContentKind::kVerdict) {
    if (!ByNotary(index, content, statement)) return std::nullopt;
    return std::string(trust_->notaries.front().holder.name);
  }
  const std::optional<std::string> named = NamedBy(content);
  if (!named || ByHolder(*named, index, content, statement) != Signed::kRightly) return std::nullopt;
  return named;
}

bool LogSigners::IsByRoot(std::size_t root, ByteView content, ByteView statement) const {
  const TrustedRoot& named = trust_->roots[root];
  const auto recovery = std::ranges::count_if(named.holders, [&](const formats::Holder& holder) {
    return release::IsRecoveryName(holder.name) && IsBy(holder, content, statement);
  });
  return RootHoldersWhoSigned(root, content, statement).size() >=
         named.root_threshold + static_cast<std::size_t>(recovery);
}

std::vector<formats::Holder> LogSigners::RootHoldersWhoSigned(std::size_t root, ByteView content,
                                                              ByteView statement) const {
  const TrustedRoot& named = trust_->roots[root];
  std::vector<formats::Holder> signed_by;
  for (const formats::Holder& holder : named.holders) {
    const bool is_root_holder = std::ranges::find(named.root_holders, holder.name) != named.root_holders.end();
    if (is_root_holder && IsBy(holder, content, statement)) signed_by.push_back(holder);
  }
  return signed_by;
}

}  // namespace edgekeep::log
