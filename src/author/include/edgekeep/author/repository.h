// Repository: a directory that any web server serves: metadata/ and targets/, as a TUF client reads them.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "edgekeep/author/context.h"
#include "edgekeep/author/failure.h"
#include "edgekeep/formats/log_entry.h"
#include "edgekeep/release/holders.h"

namespace edgekeep::author {

// What a repository holds, verified from a trusted root on.
struct RepositoryState {
  std::string root;                // the newest
  std::vector<std::string> roots;  // the chain, from the trusted one to it
  std::uint64_t root_version = 0;
  // Empty before the first release.
  std::string targets;
  std::uint64_t targets_version = 0;
  std::uint64_t snapshot_version = 0;
  std::uint64_t timestamp_version = 0;
  std::vector<std::string> approvers;  // of the targets
};

enum class Freshness : std::uint8_t {
  kOfAll,   // as a device demands it
  kOfRoot,  // for making the next release: what it replaces may have expired
};

// Verifies everything as a device does: the chain of roots, and on each file the quorum of the role's holders, each in
// every class. `trusted_root` is the text of a root that this person trusts. Fails with kNotFound where no
// root is there: nothing would be verified; with kWrongVersion where the repository is older than the trusted root.
Outcome<RepositoryState> VerifyRepository(const Context& context, const std::string& directory,
                                          const std::string& trusted_root, Freshness freshness);

// The release that is published, as the log's entry has it; none before the first. Fails as VerifyRepository does,
// however old the repository is, and where what stands by its targets is not what people, notary and log judged.
Outcome<std::optional<formats::ContentDigest>> PublishedRelease(const Context& context, const std::string& directory,
                                                                const std::string& trusted_root);

struct ReleasedEpoch {
  ProductName product;
  Epoch epoch;
};

// Of each product with grants among what is published the last epoch that one of them is for. Fails as PublishedRelease
// does, and where a grant is not the one that was released; however old the repository is.
Outcome<std::vector<ReleasedEpoch>> ReleasedEpochs(const Context& context, const std::string& directory,
                                                   const std::string& trusted_root);

}  // namespace edgekeep::author
