// Rehearsals: what a loss of holders would come to, tried out with keys that are thrown away.
#pragma once
#include <string>
#include <vector>

#include "edgekeep/author/context.h"
#include "edgekeep/author/failure.h"

namespace edgekeep::author {

struct RehearsalRequest {
  std::string directory;          // must not exist: everything happens there
  std::string root;               // text of the root as it is; verified
  std::string repository;         // whose current release's approvers are taken; may be empty: then those who are lost
  std::vector<std::string> lost;  // names of holders
};

struct RehearsalStep {
  std::string what;
  bool succeeded = false;
  std::string detail;  // why not
};

// How many of a role there are, and would be left.
struct RehearsedRole {
  std::string role;
  std::uint64_t threshold = 0, holders = 0, lost = 0, recovery = 0;  // recovery: among the holders

  std::uint64_t spare() const { return holders - threshold; }
};

struct Rehearsal {
  std::vector<RehearsedRole> roles;  // root, targets
  std::vector<RehearsalStep> steps;  // up to the first that failed
  bool survives = false;
};

// Makes a root with the same people and thresholds, a release under it, loses the named holders' keys, and does what
// docs/guides/releasing.md says then, by the same functions. No real key is needed or touched; names begin with
// "rehearsal-", roots are signed by none of the real keys and end within a day. Fails for a root that is none, a name
// that it does not have, or a directory that is there.
Outcome<Rehearsal> Rehearse(const Context& context, const RehearsalRequest& request);

}  // namespace edgekeep::author
