#include "rehearsal_crew.h"

#include "metadata_json.h"

namespace edgekeep::author {
namespace {

constexpr std::size_t kMaxName = 63;

// Shown wherever a name is shown; the number keeps long names apart.
std::string Marked(std::size_t number, const std::string& name) {
  return ("rehearsal-" + std::to_string(number) + "-" + name).substr(0, kMaxName);
}

// They are in memory alone, and wiped with it.
Outcome<ReleaseKeys> MakeThrowAwayKeys(const Context& context, const std::string& marked) {
  ReleaseKeys made;
  made.holder.name = marked;
  for (const crypto::AlgorithmId algorithm : {crypto::AlgorithmId::kEd25519, crypto::AlgorithmId::kMlDsa65}) {
    EK_TRY_ASSIGN(crypto::KeyPair pair, At(marked, context.provider.GenerateSigningKey(algorithm)));
    made.holder.keys.push_back(KeyObject(algorithm, pair.public_key.view(), marked));
    signer::StoredKey key{"rehearsal", algorithm, std::move(pair.public_key), std::move(pair.private_key)};
    EK_TRY_ASSIGN(signer::FileSigningKey signing,
                  At(marked, signer::FileSigningKey::Create(context.provider, std::move(key))));
    made.keys.keys.push_back(std::make_unique<signer::FileSigningKey>(std::move(signing)));
  }
  return made;
}

}  // namespace

Outcome<RehearsalCrew> RehearsalCrew::Create(const Context& context, const std::map<std::string, RoleView>& roles,
                                             const std::vector<std::string>& lost) {
  RehearsalCrew crew;
  crew.roles_ = roles;
  crew.service_ = roles.at("snapshot").keys.begin()->first;
  for (const auto& [role, view] : roles) {
    for (const auto& [name, ids] : view.keys) {
      if (crew.marked_.contains(name)) continue;
      const std::string marked = Marked(crew.marked_.size() + 1, name);
      EK_TRY_ASSIGN(ReleaseKeys keys, MakeThrowAwayKeys(context, marked));
      crew.marked_.emplace(name, marked);
      crew.keys_.emplace(name, std::move(keys));
    }
  }
  for (const std::string& name : lost) {
    if (!crew.marked_.contains(name)) {
      return Failure{ErrorCode::kNotFound, "no holder of this name in the root", name, "check the name"};
    }
    crew.lost_.insert(name);
  }
  return crew;
}

std::vector<std::string> RehearsalCrew::Everybody(const std::string& role) const {
  std::vector<std::string> names;
  for (const auto& [name, ids] : roles_.at(role).keys) names.push_back(name);
  return names;
}

std::vector<std::string> RehearsalCrew::Staying(const std::string& role) const {
  std::vector<std::string> names;
  for (const std::string& name : Everybody(role)) {
    if (!is_lost(name)) names.push_back(name);
  }
  return names;
}

Role RehearsalCrew::RoleOf(const std::string& role) const {
  Role made{.holders = {}, .threshold = roles_.at(role).threshold};
  for (const std::string& name : Everybody(role)) made.holders.push_back(keys_.at(name).holder);
  return made;
}

// One service does what services do.
RootContent RehearsalCrew::Content(UnixTime expires) const {
  const Role services{.holders = {keys_.at(service_).holder}, .threshold = 1};
  return {.root = RoleOf("root"),
          .targets = RoleOf("targets"),
          .snapshot = services,
          .timestamp = services,
          .expires = expires};
}

Outcome<std::vector<PublicHolder>> RehearsalCrew::ReplaceLost(const Context& context) {
  std::vector<PublicHolder> replaced;
  for (const std::string& name : lost_) {
    EK_TRY_ASSIGN(ReleaseKeys keys, MakeThrowAwayKeys(context, marked_.at(name)));
    replaced.push_back(keys.holder);
    keys_.insert_or_assign(name, std::move(keys));
  }
  return replaced;
}

}  // namespace edgekeep::author
