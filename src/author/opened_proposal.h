// A proposal beside the repository that it changes: what review, approval and publication all look at.
#pragma once
#include "edgekeep/author/proposal.h"
#include "edgekeep/release/release_statement.h"
#include "log_signing.h"
#include "release_targets.h"
#include "root_view.h"

namespace edgekeep::author {

struct OpenedProposal {
  SigningFolder folder;
  MetadataText content;
  release::ReleaseStatement statement;
  RepositoryState state;
  MetadataText root;
  std::map<std::string, RoleView> roles;
  Targets targets;
  Targets before;
};

// Fails with kWrongVersion unless the proposal follows what the repository holds, kExpired, kBadSignature where its
// author, a holder of the root, did not sign its entry.
Outcome<OpenedProposal> OpenProposal(const Context& context, const std::string& folder, const ReviewMeans& means);

}  // namespace edgekeep::author
