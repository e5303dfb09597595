// Log entries that the root's holders sign (spec/log-entries.md): who has keys from now on, which policy follows.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "edgekeep/author/root_ceremony.h"
#include "joint_statement.h"
#include "root_view.h"

namespace edgekeep::author {

struct CeremonyContent {
  std::string stem;  // of its file's name
  Bytes content;
};

// What a root says to the log: about the role root always, about the approvers where they are new or others than
// before. `before` is empty for version 1.
Outcome<std::vector<CeremonyContent>> CeremonyContents(std::uint64_t version, const Digest& digest,
                                                       const std::map<std::string, RoleView>& roles,
                                                       const std::map<std::string, RoleView>& before);

// entries/STEM-HOLDER-DIGEST.ekl for each of them.
Done SignCeremonyContents(const Context& context, const std::string& folder,
                          const std::vector<CeremonyContent>& contents, const ReleaseKeys& keys);

// Joins what the holders added. Fails with kBadSignature below the quorum of one of the roots.
Outcome<std::vector<CeremonyEntry>> JoinCeremonyEntries(const Context& context, const std::string& folder,
                                                        const std::vector<CeremonyContent>& contents,
                                                        const CountedRoots& roots);

}  // namespace edgekeep::author
