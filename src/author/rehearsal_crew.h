// RehearsalCrew: doubles of a root's people, with keys that no device knows and nobody keeps.
#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "edgekeep/author/root_ceremony.h"
#include "root_view.h"

namespace edgekeep::author {

class RehearsalCrew {
 public:
  // For everybody in `roles`. Fails with kNotFound for a lost name that is nobody's.
  static Outcome<RehearsalCrew> Create(const Context& context, const std::map<std::string, RoleView>& roles,
                                       const std::vector<std::string>& lost);

  // The same people, thresholds and roles.
  RootContent Content(UnixTime expires) const;

  bool is_lost(const std::string& name) const { return lost_.contains(name); }

  // Names, by the root's, of people of `role`; those who stay, or everybody.
  std::vector<std::string> Everybody(const std::string& role) const;
  std::vector<std::string> Staying(const std::string& role) const;

  const ReleaseKeys& keys(const std::string& name) const { return keys_.at(name); }

  const std::string& service() const { return service_; }

  // New keys for whoever lost theirs; from here on keys() are these.
  Outcome<std::vector<PublicHolder>> ReplaceLost(const Context& context);

  std::size_t num_lost(const std::string& role) const { return Everybody(role).size() - Staying(role).size(); }

 private:
  RehearsalCrew() = default;
  Role RoleOf(const std::string& role) const;

  std::map<std::string, RoleView> roles_;
  std::set<std::string> lost_;
  std::map<std::string, std::string> marked_;  // name: "rehearsal-…"
  std::map<std::string, ReleaseKeys> keys_;
  std::string service_;
};

}  // namespace edgekeep::author
