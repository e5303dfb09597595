// Release proofs as publication checks and writes them.
#pragma once
#include "edgekeep/author/published_proof.h"
#include "edgekeep/release/release_statement.h"

namespace edgekeep::author {

std::string ProofPath(const std::string& repository, const release::ReleaseStatement& statement);

// As a device will check it; the failure says what is missing, or what the notary found.
Outcome<release::VerifiedReleaseProof> CheckProof(const Context& context, const release::ProofDemands& demands,
                                                  const std::string& proof, const release::ReleaseStatement& statement,
                                                  const std::string& place);

Done PublishProof(const std::string& repository, const std::string& proof, const release::ReleaseStatement& statement);

}  // namespace edgekeep::author
