// Release proofs of a repository: proofs/DIGEST.ekp (spec/release-proof.md §3).
#pragma once
#include <string>

#include "edgekeep/author/repository.h"
#include "edgekeep/release/release_proof.h"

namespace edgekeep::author {

// The proof of what `state` has released, as a device checks it. Fails with kNotFound where the repository has none;
// where the verdict is unfavourable, in words of the notary's.
Outcome<release::VerifiedReleaseProof> VerifyPublishedProof(const Context& context, const std::string& repository,
                                                            const RepositoryState& state,
                                                            const release::ProofDemands& demands);

}  // namespace edgekeep::author
