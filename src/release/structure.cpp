#include "structure.h"

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <new>
#include <string_view>

#include "edgekeep/release/limits.h"

namespace edgekeep::release {
namespace {

using json::Node;

Error Malformed(const char* where) {
  return Error(ErrorCode::kMalformed, where);
}

// True when no two of the texts are equal. Fails with kMalformed for what is no text, kNoMemory.
template <typename TextAt>
Result<bool> AreDistinct(std::size_t count, TextAt text_at) {
  const std::unique_ptr<std::string_view[]> texts(new (std::nothrow) std::string_view[count]);
  if (!texts) return Error(ErrorCode::kNoMemory, "release metadata");
  for (std::size_t i = 0; i < count; ++i) {
    EK_TRY_ASSIGN(texts[i], text_at(i));
  }
  std::sort(texts.get(), texts.get() + count);
  return std::adjacent_find(texts.get(), texts.get() + count) == texts.get() + count;
}

Status CheckTexts(Node list, const char* where) {
  if (!list.is_array()) return Malformed(where);
  for (std::size_t i = 0; i < list.size(); ++i) EK_TRY(list[i].AsText());
  return {};
}

Status CheckKey(Node key) {
  EK_TRY(key.Find("keytype").AsText());
  EK_TRY(key.Find("scheme").AsText());
  return key.Find("keyval").is_object() ? Status() : Status(Malformed("key"));
}

Status CheckTarget(Node target) {
  EK_TRY(target.Find("length").AsUnsigned());
  return CheckHashes(target.Find("hashes"));
}

bool IsTopLevel(std::string_view role) {
  return role == "root" || role == "timestamp" || role == "snapshot" || role == "targets";
}

Status CheckDelegatedRole(Node role) {
  EK_TRY(CheckRole(role));
  EK_TRY_ASSIGN(const std::string_view name, role.Find("name").AsText());
  if (name.empty() || IsTopLevel(name)) return Malformed("delegated role's name");
  // The specification's own example leaves it out.
  if (role.Find("terminating")) EK_TRY(role.Find("terminating").AsBool());
  const Node paths = role.Find("paths");
  const Node prefixes = role.Find("path_hash_prefixes");
  if (paths && prefixes) return Malformed("delegated role's paths");
  // Neither covers no target.
  return paths || prefixes ? CheckTexts(paths ? paths : prefixes, "delegated role's paths") : Status();
}

Status CheckDelegatedRoles(Node roles) {
  if (!roles.is_array()) return Malformed("delegated roles");
  for (std::size_t i = 0; i < roles.size(); ++i) EK_TRY(CheckDelegatedRole(roles[i]));
  EK_TRY_ASSIGN(const bool distinct, AreDistinct(roles.size(), [&](auto i) { return roles[i].Find("name").AsText(); }));
  return distinct ? Status() : Status(Malformed("delegated role twice"));
}

// TAP 15.
Status CheckHashBins(Node bins) {
  EK_TRY(CheckRole(bins));
  EK_TRY_ASSIGN(const std::uint64_t bits, bins.Find("bit_length").AsUnsigned());
  if (bits < 1 || bits > 32) return Malformed("hash bins");
  EK_TRY(bins.Find("name_prefix").AsText());
  return {};
}

Status CheckDelegations(Node delegations) {
  EK_TRY(CheckKeys(delegations.Find("keys")));
  const Node roles = delegations.Find("roles");
  const Node bins = delegations.Find("succinct_roles");
  if (!roles == !bins) return Malformed("delegations");
  return roles ? CheckDelegatedRoles(roles) : CheckHashBins(bins);
}

}  // namespace

Result<std::uint64_t> ReadPositive(Node node) {
  EK_TRY_ASSIGN(const std::uint64_t number, node.AsUnsigned());
  if (number < 1 || number > std::numeric_limits<std::int64_t>::max()) return Malformed("number in metadata");
  return number;
}

Status CheckKeys(Node keys) {
  if (!keys.is_object()) return Malformed("keys");
  for (std::size_t i = 0; i < keys.size(); ++i) EK_TRY(CheckKey(keys[i]));
  return {};
}

Status CheckRole(Node role) {
  EK_TRY(ReadPositive(role.Find("threshold")));
  const Node ids = role.Find("keyids");
  if (!ids.is_array()) return Malformed("key ids");
  EK_TRY_ASSIGN(const bool distinct, AreDistinct(ids.size(), [&](auto i) { return ids[i].AsText(); }));
  return distinct ? Status() : Status(Malformed("key id twice"));
}

Result<FileDescription> ReadFileDescription(Node node) {
  FileDescription description;
  EK_TRY_ASSIGN(description.version, ReadPositive(node.Find("version")));
  if (const Node length = node.Find("length")) {
    EK_TRY_ASSIGN(description.length, ReadPositive(length));
  }
  description.hashes = node.Find("hashes");
  if (description.hashes) EK_TRY(CheckHashes(description.hashes));
  return description;
}

Status CheckHashes(Node hashes) {
  if (!hashes.is_object() || hashes.size() == 0) return Malformed("hashes");
  for (std::size_t i = 0; i < hashes.size(); ++i) EK_TRY(hashes[i].AsText());
  return {};
}

Status CheckRoot(Node content) {
  constexpr std::array<std::string_view, 4> kRoles = {"root", "snapshot", "targets", "timestamp"};
  EK_TRY(CheckKeys(content.Find("keys")));
  const Node roles = content.Find("roles");
  for (const std::string_view role : kRoles) EK_TRY(CheckRole(roles.Find(role)));
  if (content.Find("consistent_snapshot")) EK_TRY(content.Find("consistent_snapshot").AsBool());
  return {};
}

Status CheckTimestamp(Node content) {
  EK_TRY(ReadFileDescription(content.Find("meta").Find("snapshot.json")));
  return {};
}

Status CheckSnapshot(Node content) {
  const Node meta = content.Find("meta");
  if (!meta.is_object()) return Malformed("snapshot's list");
  for (std::size_t i = 0; i < meta.size(); ++i) EK_TRY(ReadFileDescription(meta[i]));
  return {};
}

Status CheckTargets(Node content) {
  const Node targets = content.Find("targets");
  if (!targets.is_object()) return Malformed("targets");
  for (std::size_t i = 0; i < targets.size(); ++i) EK_TRY(CheckTarget(targets[i]));
  const Node delegations = content.Find("delegations");
  return delegations ? CheckDelegations(delegations) : Status();
}

}  // namespace edgekeep::release
