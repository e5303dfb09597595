#include "opened_proposal.h"

namespace edgekeep::author {
namespace {

Done CheckFollows(const Context& context, const OpenedProposal& proposal, const std::string& place) {
  if (proposal.folder.version() != proposal.state.targets_version + 1) {
    return Failure{ErrorCode::kWrongVersion, "does not follow what is released now", place,
                   "something else was released meanwhile: have it proposed anew"};
  }
  EK_TRY_ASSIGN(const auto facts, At(place, release::ReadMetadataFacts("targets", proposal.content.bytes())));
  if (facts.expires <= context.now) return Describe(Error(ErrorCode::kExpired, "the release"), place);
  const std::string author(proposal.statement.entry().author);
  if (!MayDecide(proposal.roles, author)) {
    return Failure{ErrorCode::kUntrusted, "its author is no holder", author, "do not approve it"};
  }
  EK_TRY(ReadReleaseEntry(context, place, proposal.root.text, proposal.statement.content(), author));
  return {};
}

// Delegations would name further people who can release; nothing here makes or shows them.
Done CheckNoDelegations(const MetadataText& content, const std::string& place) {
  if (!content.content().Find("delegations")) return {};
  return Failure{ErrorCode::kUnsupported, "delegates to others", place, "do not approve it"};
}

}  // namespace

Outcome<OpenedProposal> OpenProposal(const Context& context, const std::string& path, const ReviewMeans& means) {
  EK_TRY_ASSIGN(SigningFolder folder, SigningFolder::Open(context, path));
  if (folder.role() != "targets") return Describe(Error(ErrorCode::kBadArgument, "no proposal of a release"), path);
  EK_TRY_ASSIGN(MetadataText content, ParseMetadata(context, folder.content_text(), path));
  EK_TRY(CheckNoDelegations(content, path));
  EK_TRY_ASSIGN(release::ReleaseStatement statement,
                At(path, release::ReleaseStatement::Read(context.provider, content.bytes())));
  EK_TRY_ASSIGN(RepositoryState state,
                VerifyRepository(context, means.repository, means.trusted_root, Freshness::kOfRoot));
  EK_TRY_ASSIGN(MetadataText root, ParseMetadata(context, state.root, "root"));
  EK_TRY_ASSIGN(auto roles, ViewRoles(context, root, "root"));
  EK_TRY_ASSIGN(Targets targets, ViewTargets(content, path));
  Targets before;
  if (!state.targets.empty()) {
    EK_TRY_ASSIGN(const MetadataText released, ParseMetadata(context, state.targets, "targets"));
    EK_TRY_ASSIGN(before, ViewTargets(released, "targets"));
  }
  OpenedProposal proposal{std::move(folder), std::move(content), std::move(statement), std::move(state),
                          std::move(root),   std::move(roles),   std::move(targets),   std::move(before)};
  EK_TRY(CheckFollows(context, proposal, path));
  return proposal;
}

}  // namespace edgekeep::author
