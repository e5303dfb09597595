#include "notary_settings.h"

#include <algorithm>
#include <functional>
#include <map>

#include "edgekeep/json/text.h"
#include "times.h"

namespace edgekeep::cli::publisher {
namespace {

constexpr std::uint64_t kDefaultPatience = 14 * kSecondsPerDay;
constexpr std::uint64_t kSecondsPerHour = 3600;

using Setters = std::map<std::string_view, std::function<Status(const json::Value&)>>;

// A number of seconds, or of anything that is counted: more than a century of the former is a mistake.
constexpr std::uint64_t kLargest = 3'200'000'000;

template <typename Field>
std::function<Status(const json::Value&)> Unsigned(Field& field, std::uint64_t max = kLargest) {
  return [&field, max](const json::Value& value) -> Status {
    EK_TRY_ASSIGN(const std::uint64_t number, value.AsUnsigned());
    if (number > max) return Error(ErrorCode::kBadArgument, "number");
    if constexpr (std::is_same_v<Field, unsigned>) {
      field = static_cast<unsigned>(number);
    } else {
      field = number;
    }
    return {};
  };
}

std::function<Status(const json::Value&)> Flag(bool& field) {
  return [&field](const json::Value& value) -> Status {
    EK_TRY_ASSIGN(field, value.AsBool());
    return {};
  };
}

// Fails where a member has no setter, or one that does not take it.
author::Done Set(const json::Value& value, const Setters& setters, const std::string& place) {
  const auto object = value.AsObject();
  if (!object) return author::Describe(object.error(), place);
  for (const json::Member& member : (*object)->members()) {
    const auto setter = setters.find(member.key);
    if (setter != setters.end() && setter->second(member.value)) continue;
    return author::Failure{ErrorCode::kBadArgument,
                           setter == setters.end() ? "unknown setting" : "not what this setting takes",
                           place + ": " + member.key, "docs/guides/releasing.md has every setting"};
  }
  return {};
}

Status SetHours(const json::Value& value, log::RuleSettings& rules) {
  log::ApprovalHours hours;
  const Setters setters = {
      {"first", Unsigned(hours.first, 23)}, {"last", Unsigned(hours.last, 24)}, {"weekends", Flag(hours.on_weekends)}};
  if (!Set(value, setters, "hours") || hours.first >= hours.last) return Error(ErrorCode::kBadArgument, "hours");
  rules.hours = hours;
  return {};
}

Status SetRules(const json::Value& value, log::RuleSettings& rules) {
  const Setters setters = {{"min_seconds_between_approvals", Unsigned(rules.min_seconds_between_approvals)},
                           {"hold_first_time_approvers", Flag(rules.holds_first_time_approvers)},
                           {"hours", [&rules](const json::Value& hours) { return SetHours(hours, rules); }},
                           {"max_size_factor", Unsigned(rules.max_size_factor)},
                           {"hold_new_dependencies", Flag(rules.holds_new_dependencies)},
                           {"hold_changed_interfaces", Flag(rules.holds_changed_interfaces)},
                           {"max_version_step", Unsigned(rules.max_version_step)},
                           {"min_seconds_to_expiry", Unsigned(rules.min_seconds_to_expiry)},
                           {"max_seconds_behind_cosigners", Unsigned(rules.max_seconds_behind)},
                           {"overruled_by", Unsigned(rules.overruled_by, formats::kMaxApprovals)}};
  return Set(value, setters, "rules") ? Status() : Error(ErrorCode::kBadArgument, "rules");
}

author::Outcome<bool> IsForProduction(const json::Value& value, const std::string& place) {
  EK_TRY_ASSIGN(const json::Object* object, author::At(place, value.AsObject()));
  const json::Value* profile = object->Find("profile");
  if (profile == nullptr) return true;
  const Result<std::string_view> name = profile->AsText();
  if (name && *name == "production") return true;
  if (name && *name == "development") return false;
  return author::Failure{ErrorCode::kBadArgument, "not what this setting takes", place + ": profile",
                         "production (the default) or development"};
}

log::NotaryPolicy ForProduction() {
  log::NotaryPolicy policy;
  policy.waiting_seconds = kSecondsPerDay;
  log::RuleSettings& rules = policy.rules;
  rules.min_seconds_between_approvals = 60;
  rules.holds_first_time_approvers = true;
  rules.max_size_factor = 3;
  rules.holds_new_dependencies = true;
  rules.holds_changed_interfaces = true;
  rules.max_version_step = 1;
  rules.min_seconds_to_expiry = 30 * kSecondsPerDay;
  return policy;
}

// What a setting has to be for production: within these, or the rule holds nothing that happens (decision 0164).
struct ProductionBound {
  const char* name;
  std::optional<std::uint64_t> value;
  std::uint64_t least;
  std::uint64_t most;
};

std::optional<std::uint64_t> HoursOf(const log::RuleSettings& rules) {
  if (!rules.hours) return {};
  return rules.hours->last - rules.hours->first;
}

std::vector<ProductionBound> ProductionBounds(const log::NotaryPolicy& policy) {
  const log::RuleSettings& rules = policy.rules;
  const auto flag = [](bool holds) { return std::optional<std::uint64_t>(holds ? 1 : 0); };
  return {{"quorum", policy.quorum, 2, formats::kMaxApprovals},
          {"waiting_seconds", policy.waiting_seconds, kSecondsPerHour, kLargest},
          {"min_seconds_between_approvals", rules.min_seconds_between_approvals, 10, kLargest},
          {"hold_first_time_approvers", flag(rules.holds_first_time_approvers), 1, 1},
          {"hours", HoursOf(rules), 1, 16},
          {"max_size_factor", rules.max_size_factor, 1, 10},
          {"hold_new_dependencies", flag(rules.holds_new_dependencies), 1, 1},
          {"hold_changed_interfaces", flag(rules.holds_changed_interfaces), 1, 1},
          {"max_version_step", rules.max_version_step, 1, 10},
          {"min_seconds_to_expiry", rules.min_seconds_to_expiry, 7 * kSecondsPerDay, kLargest}};
}

std::string Allowed(const ProductionBound& bound) {
  if (bound.least == bound.most) return "true";
  if (bound.name == std::string_view("hours")) return "at most 16 hours a day";
  const std::string least = "at least " + std::to_string(bound.least);
  return bound.most == kLargest ? least : least + " and at most " + std::to_string(bound.most);
}

author::Done CheckForProduction(const log::NotaryPolicy& policy, const std::string& place) {
  for (const ProductionBound& bound : ProductionBounds(policy)) {
    if (bound.value && *bound.value >= bound.least && *bound.value <= bound.most) continue;
    return author::Failure{ErrorCode::kForbidden, "for production this rule holds too little",
                           place + ": " + bound.name,
                           "set it (" + Allowed(bound) + R"(), or say "profile": "development")"};
  }
  return {};
}

bool SharesKey(const author::VerifyingHolder& one, const author::VerifyingHolder& other) {
  return std::ranges::any_of(one.keys, [&](const auto& key) {
    return std::ranges::any_of(other.keys, [&](const auto& its) { return Equal(key.bytes.view(), its.bytes.view()); });
  });
}

}  // namespace

author::Outcome<NotarySettings> ParseNotarySettings(std::string_view text, const std::string& place) {
  EK_TRY_ASSIGN(const json::Value value, author::At(place, json::Parse(text)));
  EK_TRY_ASSIGN(const bool is_production, IsForProduction(value, place));
  NotarySettings settings{is_production, is_production ? ForProduction() : log::NotaryPolicy{}};
  log::NotaryPolicy& policy = settings.policy;
  policy.patience_seconds = kDefaultPatience;
  const Setters setters = {{"profile", [](const json::Value&) { return Status(); }},  // read already
                           {"quorum", Unsigned(policy.quorum, formats::kMaxApprovals)},
                           {"waiting_seconds", Unsigned(policy.waiting_seconds)},
                           {"patience_seconds", Unsigned(policy.patience_seconds)},
                           {"rules", [&policy](const json::Value& rules) { return SetRules(rules, policy.rules); }}};
  EK_TRY(Set(value, setters, place));
  if (is_production) EK_TRY(CheckForProduction(policy, place));
  return settings;
}

author::Outcome<log::NotaryPolicy> WithPeople(NotarySettings given, const author::RootPeople& people,
                                              const author::VerifyingHolder& notary) {
  log::NotaryPolicy settings = std::move(given.policy);
  for (const author::VerifyingHolder& one : people.people) {
    if (one.name == notary.name || SharesKey(one, notary)) {
      return author::Failure{ErrorCode::kForbidden, "the notary is one of the people it judges", one.name,
                             "give the notary keys and a name of its own"};
    }
    if (one.is_recovery) continue;
    settings.holders.push_back({.name = one.name, .is_approver = one.is_approver, .keys_expire = people.expires});
  }
  settings.notary = notary.name;
  settings.quorum = std::max<std::size_t>(settings.quorum, people.approvals);
  if (given.is_production) {
    settings.rules.overruled_by = settings.rules.overruled_by.value_or(settings.quorum + 1);
    if (*settings.rules.overruled_by <= settings.quorum) {
      return author::Failure{ErrorCode::kForbidden, "the quorum itself would overrule every rule", "overruled_by",
                             "name more people than the " + std::to_string(settings.quorum) + " who have to approve"};
    }
  }
  return settings;
}

}  // namespace edgekeep::cli::publisher
