// What a root ceremony is about: the content that people will sign.
#include <algorithm>

#include "edgekeep/author/root_ceremony.h"
#include "edgekeep/release/release_statement.h"
#include "root_view.h"

namespace edgekeep::author {
namespace {

struct NamedRole {
  const char* name;
  const Role* role;
};

Outcome<json::Object> RoleObject(const Context& context, const Role& role, json::Object& keys) {
  json::Array ids;
  for (const PublicHolder& holder : role.holders) {
    for (const json::Object& key : holder.keys) {
      EK_TRY_ASSIGN(const std::string id, KeyIdText(context, key));
      keys.Set(id, key);
      ids.emplace_back(id);
    }
  }
  return json::Object().Set("keyids", ids).Set("threshold", role.threshold);
}

Outcome<json::Object> ContentOf(const Context& context, const RootContent& wanted, std::uint64_t version) {
  json::Object keys;
  json::Object roles;
  for (const NamedRole& named : {NamedRole{"root", &wanted.root}, NamedRole{"snapshot", &wanted.snapshot},
                                 NamedRole{"targets", &wanted.targets}, NamedRole{"timestamp", &wanted.timestamp}}) {
    EK_TRY_ASSIGN(const json::Object role, RoleObject(context, *named.role, keys));
    roles.Set(named.name, role);
  }
  json::Object content;
  content.Set("_type", "root").Set("consistent_snapshot", true).Set("expires", DateTimeText(wanted.expires));
  return content.Set("keys", keys).Set("roles", roles).Set("spec_version", "1.0.34").Set("version", version);
}

// The holders of a role, with their keys as the root before has them.
Role RoleIn(const MetadataText& root, const RoleView& view) {
  Role role{.holders = {}, .threshold = view.threshold};
  for (const auto& [holder, shown] : view.keys) {
    PublicHolder named{holder, {}};
    for (const std::string& id : shown.ids) {
      const json::Value key = ValueOf(root.content().Find("keys").Find(id));
      if (const Result<const json::Object*> object = key.AsObject()) named.keys.push_back(**object);
    }
    role.holders.push_back(std::move(named));
  }
  return role;
}

PublicHolder* Find(Role& role, const std::string& name) {
  const auto found = std::ranges::find(role.holders, name, &PublicHolder::name);
  return found == role.holders.end() ? nullptr : &*found;
}

Failure Nobody(const std::string& name) {
  return {ErrorCode::kNotFound, "no holder of this name in the root", name, "check the name"};
}

Done Apply(RootContent& content, const RootChange& change) {
  const std::vector<Role*> roles = {&content.root, &content.targets, &content.snapshot, &content.timestamp};
  for (const PublicHolder& holder : change.replace) {
    bool found = false;
    for (Role* role : roles) {
      PublicHolder* old = Find(*role, holder.name);
      if (old == nullptr) continue;
      *old = holder;
      found = true;
    }
    if (!found) return Nobody(holder.name);
  }
  for (const std::string& name : change.remove) {
    std::size_t removed = 0;
    for (Role* role : roles) {
      removed += std::erase_if(role->holders, [&](const PublicHolder& holder) { return holder.name == name; });
    }
    if (removed == 0) return Nobody(name);
  }
  for (const PublicHolder& holder : change.add) {
    content.root.holders.push_back(holder);
    if (!release::IsRecoveryName(holder.name)) content.targets.holders.push_back(holder);
  }
  return {};
}

Done StartCeremony(const Context& context, const std::string& folder, const RootContent& wanted, std::uint64_t version,
                   const std::vector<SigningFolder::NamedFile>& files) {
  EK_TRY_ASSIGN(const json::Object content, ContentOf(context, wanted, version));
  EK_TRY_ASSIGN(const MetadataText file, WriteMetadata(context, content, {}));
  EK_TRY(ViewRoles(context, file, folder));
  if (wanted.expires <= context.now) return Describe(Error(ErrorCode::kExpired, "root metadata"), folder);
  EK_TRY(At(folder, release::CountHolders(context.provider, file.bytes(), "root", file.bytes())));
  return SigningFolder::Create(folder, content, files);
}

}  // namespace

Done StartRoot(const Context& context, const std::string& folder, const RootContent& content) {
  return StartCeremony(context, folder, content, 1, {});
}

Done StartRootChange(const Context& context, const std::string& folder, const std::string& root,
                     const RootChange& change) {
  EK_TRY_ASSIGN(const MetadataText before, ParseMetadata(context, root, "root"));
  EK_TRY_ASSIGN(const auto roles, ViewRoles(context, before, "root"));
  EK_TRY_ASSIGN(const auto facts, At("root", release::ReadMetadataFacts("root", before.bytes())));
  RootContent content{.root = RoleIn(before, roles.at("root")),
                      .targets = RoleIn(before, roles.at("targets")),
                      .snapshot = RoleIn(before, roles.at("snapshot")),
                      .timestamp = RoleIn(before, roles.at("timestamp")),
                      .expires = change.expires};
  EK_TRY(Apply(content, change));
  return StartCeremony(context, folder, content, facts.version + 1, {{"before.json", root}});
}

}  // namespace edgekeep::author
