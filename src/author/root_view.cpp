#include "root_view.h"

#include <algorithm>
#include <array>

#include "edgekeep/author/holder_keys.h"
#include "edgekeep/release/holders.h"
#include "edgekeep/release/metadata_key.h"

namespace edgekeep::author {
namespace {

constexpr std::array<const char*, 4> kRoles = {"root", "targets", "snapshot", "timestamp"};

Failure NoSense(const std::string& what, const std::string& place) {
  return {ErrorCode::kMalformed, what, place, "do not sign it; start the ceremony anew"};
}

// Two keys of one class would let their holder lose one and keep the role, and nobody could say which one is right.
bool HasOneOfEachClass(const std::vector<release::MetadataKey>& keys) {
  std::vector<std::uint8_t> classes;
  for (const release::MetadataKey& key : keys) {
    const auto row = crypto::FindAlgorithm(key.algorithm, crypto::Kind::kSignature);
    classes.push_back(row ? static_cast<std::uint8_t>(row->security_class) : 0);
  }
  std::ranges::sort(classes);
  return std::ranges::equal(classes, kReleaseClasses);
}

Outcome<Fingerprint> FingerprintOfKeys(const Context& context, const std::string& name,
                                       const std::vector<release::MetadataKey>& keys, const std::string& place) {
  formats::Holder holder{.name = name, .keys = {}};
  for (const release::MetadataKey& key : keys) {
    EK_TRY(At(place, holder.keys.PushBack({static_cast<std::uint16_t>(key.algorithm), key.key})));
  }
  return FingerprintOf(context, holder);
}

Outcome<RoleView> ViewRole(const Context& context, json::Node content, const std::string& name,
                           const std::string& place) {
  const json::Node role = content.Find("roles").Find(name);
  const json::Node keys = content.Find("keys");
  RoleView view;
  std::map<std::string, std::vector<release::MetadataKey>> owned;
  EK_TRY_ASSIGN(view.threshold, At(place, role.Find("threshold").AsUnsigned()));
  const json::Node ids = role.Find("keyids");
  for (std::size_t i = 0; i < ids.size(); ++i) {
    EK_TRY_ASSIGN(const std::string_view id, At(place, ids[i].AsText()));
    const Result<std::string_view> holder = keys.Find(id).Find("x-edgekeep-holder").AsText();
    if (!holder || !IsName(*holder)) return NoSense("a key of role " + name + " that is nobody's", place);
    Result<release::MetadataKey> key = release::ReadMetadataKey(keys.Find(id));
    if (!key) return NoSense("a key of role " + name + " that cannot be read", place);
    view.keys[std::string(*holder)].ids.insert(std::string(id));
    owned[std::string(*holder)].push_back(*std::move(key));
  }
  for (auto& [holder, shown] : view.keys) {
    if (!HasOneOfEachClass(owned[holder])) {
      return NoSense(holder + " has not exactly one key of each class in role " + name, place);
    }
    EK_TRY_ASSIGN(shown.fingerprint, FingerprintOfKeys(context, holder, owned[holder], place));
  }
  return view;
}

Done CheckThreshold(const RoleView& role, const std::string& name, const std::string& place) {
  const bool is_people = name == "root" || name == "targets";
  if (is_people && role.threshold < 2) return NoSense("role " + name + " would follow a single person", place);
  const auto recovery = static_cast<std::uint64_t>(
      std::ranges::count_if(role.keys, [](const auto& one) { return release::IsRecoveryName(one.first); }));
  if (role.threshold > role.keys.size() - recovery)
    return NoSense("role " + name + " has fewer holders than it needs", place);
  return {};
}

void CompareHolders(const std::string& name, const RoleView& before, const RoleView& after,
                    std::vector<std::string>& changes) {
  for (const auto& [holder, shown] : after.keys) {
    const auto was = before.keys.find(holder);
    if (was == before.keys.end()) changes.push_back(name + ": " + holder + " is new");
    if (was != before.keys.end() && was->second != shown) changes.push_back(name + ": " + holder + " has other keys");
  }
  for (const auto& [holder, shown] : before.keys) {
    if (!after.keys.contains(holder)) changes.push_back(name + ": " + holder + " is gone");
  }
}

// Whoever has two sets of keys under one name is two.
Done CheckSameEverywhere(const std::map<std::string, RoleView>& roles, const std::string& place) {
  std::map<std::string, Fingerprint> known;
  for (const auto& [role, view] : roles) {
    for (const auto& [holder, shown] : view.keys) {
      const auto [found, is_new] = known.emplace(holder, shown.fingerprint);
      if (found->second == shown.fingerprint) continue;
      return NoSense(holder + " has other keys in role " + role + " than in another", place);
    }
  }
  return {};
}

HolderChange ChangeOf(const std::map<std::string, RoleView>& before, const ListedHolder& listed) {
  if (before.empty()) return HolderChange::kNone;
  HolderChange change = HolderChange::kNew;
  for (const auto& [role, view] : before) {
    const auto was = view.keys.find(listed.name);
    if (was == view.keys.end()) continue;
    if (was->second.fingerprint == listed.fingerprint) return HolderChange::kNone;
    change = HolderChange::kOtherKeys;
  }
  return change;
}

Failure NoNewKeysOf(const std::string& name) {
  return {ErrorCode::kBadArgument, "new keys where the root before does not have those that sign", name,
          "name your own NAME.holder.json as the new one, and sign with the keys before"};
}

}  // namespace

Outcome<std::map<std::string, RoleView>> ViewRoles(const Context& context, const MetadataText& root,
                                                   const std::string& place) {
  std::map<std::string, RoleView> roles;
  for (const std::string name : kRoles) {
    EK_TRY_ASSIGN(RoleView view, ViewRole(context, root.content(), name, place));
    EK_TRY(CheckThreshold(view, name, place));
    roles.emplace(name, std::move(view));
  }
  EK_TRY(At(place, release::CheckRootRules(context.provider, root.bytes())));
  EK_TRY(CheckSameEverywhere(roles, place));
  return roles;
}

bool MayDecide(const std::map<std::string, RoleView>& roles, const std::string& name) {
  if (release::IsRecoveryName(name)) return false;
  return roles.at("targets").keys.contains(name) || roles.at("root").keys.contains(name);
}

std::vector<std::string> CompareRoots(const std::map<std::string, RoleView>& before,
                                      const std::map<std::string, RoleView>& after) {
  std::vector<std::string> changes;
  for (const auto& [name, view] : after) {
    const auto found = before.find(name);
    const RoleView was = found == before.end() ? RoleView() : found->second;
    CompareHolders(name, was, view, changes);
    if (was.threshold != view.threshold) {
      changes.push_back(name + ": " + std::to_string(view.threshold) + " of " + std::to_string(view.keys.size()) +
                        " holders from now on");
    }
  }
  return changes;
}

std::vector<ListedHolder> ListHolders(const std::map<std::string, RoleView>& before,
                                      const std::map<std::string, RoleView>& roles) {
  std::vector<ListedHolder> listed;
  for (const char* const role : kRoles) {
    for (const auto& [name, shown] : roles.at(role).keys) {
      auto found = std::ranges::find_if(
          listed, [&](const auto& one) { return one.name == name && one.fingerprint == shown.fingerprint; });
      if (found == listed.end()) {
        found = listed.insert(found, {.name = name, .roles = {}, .fingerprint = shown.fingerprint});
      }
      found->roles.emplace_back(role);
    }
  }
  for (ListedHolder& one : listed) one.change = ChangeOf(before, one);
  std::ranges::stable_sort(listed, {}, &ListedHolder::name);
  return listed;
}

Done CheckListed(const Context& context, const RootsListing& roots, const SignersKeys& own, const std::string& place) {
  const std::vector<ListedHolder> listed = ListHolders({}, roots.roles);
  const std::string& name = own.now.name;
  EK_TRY_ASSIGN(const Fingerprint mine, FingerprintOf(context, own.now));
  if (own.next == nullptr) return CheckOwnKeys(listed, name, mine, place);
  if (own.next->name != name || roots.before.empty()) return NoNewKeysOf(name);
  const auto& holders_before = roots.before.at("root").keys;
  const auto was = holders_before.find(name);
  if (was == holders_before.end() || !(was->second.fingerprint == mine)) return NoNewKeysOf(name);
  EK_TRY_ASSIGN(const Fingerprint next, FingerprintOf(context, *own.next));
  return CheckOwnKeys(listed, name, next, place);
}

}  // namespace edgekeep::author
