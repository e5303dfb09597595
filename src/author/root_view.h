// What a root says about people: read again from the file by everyone who looks at it.
#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "edgekeep/author/fingerprint.h"
#include "edgekeep/author/root_ceremony.h"
#include "metadata_json.h"

namespace edgekeep::author {

// Compares by the keys themselves: ids in metadata are labels.
struct HolderView {
  std::set<std::string> ids;  // under which the root has the keys
  Fingerprint fingerprint;

  friend bool operator==(const HolderView& a, const HolderView& b) { return a.fingerprint == b.fingerprint; }
};

struct RoleView {
  std::uint64_t threshold = 0;
  std::map<std::string, HolderView> keys;  // of each holder
};

// The four roles. Fails with kMalformed where keys of a role are no holder's or of no known type, or a holder has not
// exactly one key of each class; where people's roles (root, targets) have a threshold below 2, or any role has one
// that it cannot reach, without recovery keys too; where a name has other keys in one role than in another; and as
// release::CheckRootRules.
Outcome<std::map<std::string, RoleView>> ViewRoles(const Context& context, const MetadataText& root,
                                                   const std::string& place);

// Whether somebody is the author of releases, and rejects them: recovery keys, which sign roots alone, are not.
bool MayDecide(const std::map<std::string, RoleView>& roles, const std::string& name);

// In words: who and what is different in `after`.
std::vector<std::string> CompareRoots(const std::map<std::string, RoleView>& before,
                                      const std::map<std::string, RoleView>& after);

// Everybody in `roles`, by name; `before` is empty where there is no root before.
std::vector<ListedHolder> ListHolders(const std::map<std::string, RoleView>& before,
                                      const std::map<std::string, RoleView>& roles);

struct RootsListing {
  const std::map<std::string, RoleView>& before;  // empty where there is none
  const std::map<std::string, RoleView>& roles;
};

// Whoever makes a root could put keys of their own under somebody else's name: what a signer checks before signing
// under it. Fails as CheckOwnKeys; with kBadArgument for new keys where the root before does not list what is signed
// with.
Done CheckListed(const Context& context, const RootsListing& roots, const SignersKeys& own, const std::string& place);

}  // namespace edgekeep::author
