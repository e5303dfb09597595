#include "root_view.h"

#include <array>

namespace edgekeep::author {
namespace {

constexpr std::array<const char*, 4> kRoles = {"root", "targets", "snapshot", "timestamp"};

Failure NoSense(const std::string& what, const std::string& place) {
  return {ErrorCode::kMalformed, what, place, "do not sign it; start the ceremony anew"};
}

bool IsPostQuantum(json::Node key) {
  const Result<std::string_view> type = key.Find("keytype").AsText();
  return type && *type == "ml-dsa";
}

// Two keys of one class would let their holder lose one and keep the role, and nobody could say which one is right.
bool HasOneOfEachClass(json::Node keys, const std::set<std::string>& ids) {
  std::size_t post_quantum = 0;
  for (const std::string& id : ids) post_quantum += IsPostQuantum(keys.Find(id)) ? 1U : 0U;
  return ids.size() == 2 && post_quantum == 1;
}

Outcome<RoleView> ViewRole(json::Node content, const std::string& name, const std::string& place) {
  const json::Node role = content.Find("roles").Find(name);
  const json::Node keys = content.Find("keys");
  RoleView view;
  EK_TRY_ASSIGN(view.threshold, At(place, role.Find("threshold").AsUnsigned()));
  const json::Node ids = role.Find("keyids");
  for (std::size_t i = 0; i < ids.size(); ++i) {
    EK_TRY_ASSIGN(const std::string_view id, At(place, ids[i].AsText()));
    const Result<std::string_view> holder = keys.Find(id).Find("x-edgekeep-holder").AsText();
    if (!holder || !IsName(*holder)) return NoSense("a key of role " + name + " that is nobody's", place);
    view.keys[std::string(*holder)].insert(std::string(id));
  }
  for (const auto& [holder, own] : view.keys) {
    if (!HasOneOfEachClass(keys, own)) {
      return NoSense(holder + " has not exactly one key of each class in role " + name, place);
    }
  }
  return view;
}

Done CheckThreshold(const RoleView& role, const std::string& name, const std::string& place) {
  const bool is_people = name == "root" || name == "targets";
  if (is_people && role.threshold < 2) return NoSense("role " + name + " would follow a single person", place);
  if (role.threshold > role.keys.size()) return NoSense("role " + name + " has fewer holders than it needs", place);
  return {};
}

void CompareHolders(const std::string& name, const RoleView& before, const RoleView& after,
                    std::vector<std::string>& changes) {
  for (const auto& [holder, ids] : after.keys) {
    const auto was = before.keys.find(holder);
    if (was == before.keys.end()) changes.push_back(name + ": " + holder + " is new");
    if (was != before.keys.end() && was->second != ids) changes.push_back(name + ": " + holder + " has other keys");
  }
  for (const auto& [holder, ids] : before.keys) {
    if (!after.keys.contains(holder)) changes.push_back(name + ": " + holder + " is gone");
  }
}

}  // namespace

Outcome<std::map<std::string, RoleView>> ViewRoles(const MetadataText& root, const std::string& place) {
  std::map<std::string, RoleView> roles;
  for (const std::string name : kRoles) {
    EK_TRY_ASSIGN(RoleView view, ViewRole(root.content(), name, place));
    EK_TRY(CheckThreshold(view, name, place));
    roles.emplace(name, std::move(view));
  }
  return roles;
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

}  // namespace edgekeep::author
