// A release's manifest, against the statement that its author signed and against what a reviewer can see.
#pragma once
#include "opened_proposal.h"

namespace edgekeep::author {

// Reads `folder`'s manifest. Fails unless it is the one that the statement names, says of the release and of `files`
// what statement and files say, and, where a plain model or a bill of materials is at hand, has what these have.
Outcome<Manifest> CheckManifest(const Context& context, const OpenedProposal& proposal, const ReviewMeans& means,
                                const std::string& folder, const std::vector<ReleasedFile>& files);

// Everything in the manifest that nobody can see in a sealed file, with what stands behind it.
std::vector<StatedFact> FactsIn(const Manifest& manifest, const ReviewMeans& means,
                                const std::vector<ReleasedFile>& files);

}  // namespace edgekeep::author
