#include "edgekeep/author/holder_keys.h"

#include "edgekeep/json/text.h"
#include "edgekeep/release/holders.h"
#include "edgekeep/release/metadata_key.h"
#include "edgekeep/release/release_statement.h"
#include "root_view.h"

namespace edgekeep::author {
namespace {

Result<VerifyingHolder::Key> ReadKey(json::Node node) {
  EK_TRY_ASSIGN(const release::MetadataKey key, release::ReadMetadataKey(node));
  EK_TRY_ASSIGN(Bytes bytes, Bytes::Copy(key.key));
  return VerifyingHolder::Key{static_cast<std::uint16_t>(key.algorithm), std::move(bytes)};
}

Result<std::vector<VerifyingHolder>> ReadHolders(json::Node keys) {
  std::vector<VerifyingHolder> holders;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const Result<std::string_view> name = keys[i].Find("x-edgekeep-holder").AsText();
    if (!name) continue;
    auto found = holders.begin();
    while (found != holders.end() && found->name != *name) ++found;
    if (found == holders.end()) {
      found = holders.insert(found, VerifyingHolder{.name = std::string(*name), .keys = {}});
    }
    EK_TRY_ASSIGN(VerifyingHolder::Key key, ReadKey(keys[i]));
    if (found->keys.size() == formats::kMaxHolderKeys) return Error(ErrorCode::kTooLarge, "keys of a holder");
    found->keys.push_back(std::move(key));
  }
  return holders;
}

}  // namespace

formats::Holder VerifyingHolder::view() const {
  formats::Holder holder{.name = name, .keys = {}};
  for (const Key& key : keys) {
    // Never more than fit: ReadHolders counts them.
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
  EK_TRY_ASSIGN(std::vector<VerifyingHolder> holders, At("root", ReadHolders(file.content().Find("keys"))));
  EK_TRY_ASSIGN(const auto facts, At("root", release::ReadMetadataFacts("root", file.bytes())));
  RootPeople people{.people = {}, .approvals = roles.at("targets").threshold, .expires = facts.expires};
  for (VerifyingHolder& holder : holders) {
    holder.is_recovery = release::IsRecoveryName(holder.name);
    holder.is_approver = roles.at("targets").keys.contains(holder.name);
    if (!holder.is_approver && !roles.at("root").keys.contains(holder.name)) continue;
    people.people.push_back(std::move(holder));
  }
  return people;
}

Outcome<VerifyingHolder> ToVerifyingHolder(const PublicHolder& holder) {
  json::Array keys;
  for (const json::Object& key : holder.keys) keys.emplace_back(key);
  const std::string text = json::Write(json::Value(std::move(keys)));
  EK_TRY_ASSIGN(const json::Document document, At(holder.name, json::Document::Parse(AsBytes(text), {})));
  EK_TRY_ASSIGN(std::vector<VerifyingHolder> found, At(holder.name, ReadHolders(document.root())));
  if (found.size() == 1) return std::move(found.front());
  return Failure{ErrorCode::kMalformed, "not the keys of one holder", holder.name, "name one NAME.holder.json"};
}

}  // namespace edgekeep::author
