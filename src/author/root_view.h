// What a root says about people: read again from the file by everyone who looks at it.
#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "edgekeep/author/root_ceremony.h"
#include "metadata_json.h"

namespace edgekeep::author {

struct RoleView {
  std::uint64_t threshold = 0;
  std::map<std::string, std::set<std::string>> keys;  // of each holder, by id
};

// The four roles. Fails with kMalformed where keys of a role are no holder's, or a holder has not exactly one key of
// each class; where people's roles (root, targets) have a threshold below 2, or any role has one that it cannot reach.
Outcome<std::map<std::string, RoleView>> ViewRoles(const MetadataText& root, const std::string& place);

// In words: who and what is different in `after`.
std::vector<std::string> CompareRoots(const std::map<std::string, RoleView>& before,
                                      const std::map<std::string, RoleView>& after);

}  // namespace edgekeep::author
