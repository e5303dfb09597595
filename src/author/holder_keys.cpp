#include "edgekeep/author/holder_keys.h"

#include <algorithm>
#include <set>

#include "edgekeep/json/text.h"
#include "edgekeep/release/holders.h"
#include "edgekeep/release/metadata_key.h"
#include "edgekeep/release/release_statement.h"
#include "root_view.h"

namespace edgekeep::author {
namespace {

Status AddKey(VerifyingHolder& holder, json::Node node) {
  EK_TRY_ASSIGN(const release::MetadataKey key, release::ReadMetadataKey(node));
  if (holder.keys.size() == formats::kMaxHolderKeys) return Error(ErrorCode::kTooLarge, "keys of a holder");
  EK_TRY_ASSIGN(Bytes bytes, Bytes::Copy(key.key));
  holder.keys.push_back({static_cast<std::uint16_t>(key.algorithm), std::move(bytes)});
  return {};
}

// By the ids that a role lists: what a root has besides was shown to nobody who signed it.
Outcome<VerifyingHolder> ReadHolder(const std::string& name, const std::set<std::string>& ids, json::Node keys) {
  VerifyingHolder holder{.name = name, .keys = {}, .is_recovery = release::IsRecoveryName(name)};
  for (const std::string& id : ids) EK_TRY(At("root", AddKey(holder, keys.Find(id))));
  return holder;
}

Failure NotOneHolder(const std::string& name) {
  return {ErrorCode::kMalformed, "not the keys of one holder", name, "name one NAME.holder.json"};
}

}  // namespace

formats::Holder VerifyingHolder::view() const {
  formats::Holder holder{.name = name, .keys = {}};
  for (const Key& key : keys) {
    // Never more than fit: AddKey counts them.
    EK_CHECK(holder.keys.PushBack({.algorithm = key.algorithm, .bytes = key.bytes.view()}));
  }
  return holder;
}

std::vector<formats::Holder> RootPeople::views() const {
  std::vector<formats::Holder> all;
  for (const VerifyingHolder& one : people) all.push_back(one.view());
  return all;
}

std::vector<formats::Holder> RootPeople::deciding() const {
  std::vector<formats::Holder> all;
  for (const VerifyingHolder& one : people) {
    if (!one.is_recovery) all.push_back(one.view());
  }
  return all;
}

Outcome<RootPeople> ReadRootPeople(const Context& context, const std::string& root) {
  EK_TRY_ASSIGN(const MetadataText file, ParseMetadata(context, root, "root"));
  EK_TRY_ASSIGN(const auto roles, ViewRoles(context, file, "root"));
  EK_TRY_ASSIGN(const auto facts, At("root", release::ReadMetadataFacts("root", file.bytes())));
  RootPeople people{.people = {}, .approvals = roles.at("targets").threshold, .expires = facts.expires};
  for (const char* const role : {"root", "targets"}) {
    for (const auto& [name, shown] : roles.at(role).keys) {
      // Whoever has both roles has the same keys in both: ViewRoles asked for it.
      if (std::ranges::find(people.people, name, &VerifyingHolder::name) != people.people.end()) continue;
      EK_TRY_ASSIGN(VerifyingHolder holder, ReadHolder(name, shown.ids, file.content().Find("keys")));
      holder.is_approver = roles.at("targets").keys.contains(name);
      people.people.push_back(std::move(holder));
    }
  }
  return people;
}

Outcome<VerifyingHolder> ToVerifyingHolder(const PublicHolder& holder) {
  json::Array keys;
  for (const json::Object& key : holder.keys) keys.emplace_back(key);
  const std::string text = json::Write(json::Value(std::move(keys)));
  EK_TRY_ASSIGN(const json::Document document, At(holder.name, json::Document::Parse(AsBytes(text), {})));
  const json::Node nodes = document.root();
  VerifyingHolder verifying{.name = holder.name, .keys = {}};
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const Result<std::string_view> owner = nodes[i].Find("x-edgekeep-holder").AsText();
    if (!owner || *owner != holder.name) return NotOneHolder(holder.name);
    EK_TRY(At(holder.name, AddKey(verifying, nodes[i])));
  }
  if (verifying.keys.empty()) return NotOneHolder(holder.name);
  return verifying;
}

}  // namespace edgekeep::author
