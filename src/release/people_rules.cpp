#include "people_rules.h"

#include <algorithm>
#include <array>

#include "edgekeep/base/inline_vector.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/release/holders.h"
#include "edgekeep/release/metadata_key.h"
#include "signatures.h"

namespace edgekeep::release {
namespace {

using json::Node;

// Two keys of every holder in each of four roles.
constexpr std::size_t kMaxOwnedKeys = 2 * 4 * kMaxHolders;

constexpr std::array<std::string_view, 4> kRoles = {"root", "targets", "snapshot", "timestamp"};

// Whose each key is. Ids are labels, so two of them may stand for one key; it must not make two people of one.
class Owners {
 public:
  Status Add(const crypto::Provider& provider, Node keys, Node role) {
    const Node ids = role.Find("keyids");
    for (std::size_t i = 0; i < ids.size(); ++i) EK_TRY(AddKey(provider, keys.Find(*ids[i].AsText())));
    return {};
  }

 private:
  struct Owned {
    KeyId id;
    std::string_view holder;
  };

  Status AddKey(const crypto::Provider& provider, Node node) {
    const Result<MetadataKey> key = ReadMetadataKey(node);
    if (!key) return {};
    EK_TRY_ASSIGN(const KeyId id, crypto::KeyIdOf(provider, key->algorithm, key->key));
    const std::string_view holder = HolderNamedBy(node);
    const auto same = std::ranges::find(seen_, id, &Owned::id);
    if (same == seen_.end()) return seen_.PushBack({id, holder});
    return same->holder == holder ? Status() : Status(Error(ErrorCode::kMalformed, "one key, two holders"));
  }

  InlineVector<Owned, kMaxOwnedKeys> seen_;
};

Status CheckNoRecovery(Node keys, Node role) {
  const Node ids = role.Find("keyids");
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (IsRecoveryName(HolderNamedBy(keys.Find(*ids[i].AsText()))))
      return Error(ErrorCode::kMalformed, "recovery keys sign roots and nothing else");
  }
  return {};
}

Status CheckFewRecovery(Node keys, Node role) {
  InlineVector<std::string_view, kMaxHolders> names;
  const Node ids = role.Find("keyids");
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const std::string_view name = HolderNamedBy(keys.Find(*ids[i].AsText()));
    if (IsRecoveryName(name) && std::ranges::find(names, name) == names.end()) EK_TRY(names.PushBack(name));
  }
  EK_TRY_ASSIGN(const std::uint64_t threshold, role.Find("threshold").AsUnsigned());
  if (names.size() < threshold) return {};
  return Error(ErrorCode::kMalformed, "recovery keys alone could change the root");
}

// A key that no role lists is shown to nobody who signs the root, and verifies whoever takes a name's keys together.
Status CheckEachKeyIsListed(Node keys, Node roles) {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto lists = [&](std::string_view role) { return ListsKey(roles.Find(role), keys.KeyAt(i)); };
    if (std::ranges::none_of(kRoles, lists)) return Error(ErrorCode::kMalformed, "a key that no role lists");
  }
  return {};
}

}  // namespace

bool IsRecoveryName(std::string_view name) {
  return name.starts_with("recovery-");
}

std::string_view HolderNamedBy(Node key) {
  const Result<std::string_view> holder = key.Find("x-edgekeep-holder").AsText();
  return holder && IsName(*holder) ? *holder : std::string_view();
}

Status CheckPeopleOfRoot(const crypto::Provider& provider, const MetadataFile& root) {
  const Node keys = root.content().Find("keys");
  const Node roles = root.content().Find("roles");
  EK_TRY(CheckEachKeyIsListed(keys, roles));
  Owners owners;
  for (const std::string_view name : kRoles) {
    EK_TRY(owners.Add(provider, keys, roles.Find(name)));
    if (name != "root") EK_TRY(CheckNoRecovery(keys, roles.Find(name)));
  }
  return CheckFewRecovery(keys, roles.Find("root"));
}

Status CheckPeopleOfDelegations(const crypto::Provider& provider, const MetadataFile& targets) {
  const Node keys = targets.content().Find("delegations").Find("keys");
  const Node roles = targets.content().Find("delegations").Find("roles");
  Owners owners;
  for (std::size_t i = 0; i < roles.size(); ++i) {
    EK_TRY(owners.Add(provider, keys, roles[i]));
    EK_TRY(CheckNoRecovery(keys, roles[i]));
  }
  return {};
}

Status CheckRootRules(const crypto::Provider& provider, ByteView root) {
  EK_TRY_ASSIGN(const MetadataFile file, MetadataFile::Parse(root, FileType::kRoot));
  return CheckPeopleOfRoot(provider, file);
}

}  // namespace edgekeep::release
