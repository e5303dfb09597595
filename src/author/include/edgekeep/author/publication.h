// Publishing: an approved proposal becomes the next state of a repository. Each act has the repository for itself from
// its first read to its last rename; others wait half a minute, then fail with kBusy.
#pragma once
#include <string>

#include "edgekeep/author/proposal.h"
#include "edgekeep/author/published_proof.h"

namespace edgekeep::author {

struct PublicationRequest {
  std::string folder;
  std::uint64_t snapshot_seconds = 30ULL * 86400;  // how long each holds
  std::uint64_t timestamp_seconds = 7ULL * 86400;
  // That the transparency log has the release, and the notary's favourable verdict. Null demands is for development:
  // people's approvals are then all that is behind a release.
  std::string proof;
  const release::ProofDemands* proof_demands = nullptr;
  const AskedPolicy* trust_policy = nullptr;  // whose demands about people hold too; may be null
};

// Adds files and N.targets.json, then the snapshot, the timestamp last: a client sees the release before or this one.
// Fails as ReviewProposal, and unless the quorum approved, nobody rejected, and the proof holds where one is demanded:
// it is published before the release is. `services` holds the snapshot's and the timestamp's keys.
Outcome<RepositoryState> Publish(const Context& context, const PublicationRequest& request, const ReviewMeans& means,
                                 const ReleaseKeys& services);

// Puts a finished root (root_ceremony.h) into a repository, which may not exist yet. Fails unless it follows what is
// there and leaves the current release its quorum. Where the root has other keys for snapshot or timestamp, `services`
// are these, and both are signed anew; otherwise it may be null. Called again after a cut, it goes on.
Done PublishRoot(const Context& context, const std::string& repository, const std::string& root,
                 const ReleaseKeys* services);

struct Renewal {
  RepositoryState state;
  bool renewed_snapshot = false;
};

// Signs the timestamp anew, before it expires; the snapshot too where it would end before the new timestamp.
Outcome<Renewal> RenewTimestamp(const Context& context, const std::string& repository, const std::string& trusted_root,
                                std::uint64_t seconds, const ReleaseKeys& services);

}  // namespace edgekeep::author
