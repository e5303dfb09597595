#include <algorithm>

#include "edgekeep/author/publication.h"
#include "edgekeep/release/release_statement.h"
#include "opened_proposal.h"
#include "proof_files.h"
#include "release_files.h"
#include "repository_files.h"
#include "repository_lock.h"

namespace edgekeep::author {
namespace {

Done CopyOnce(const Context& context, const std::string& from, const std::string& to, const HashedFile& expected) {
  EK_TRY(MakeDirectories(to));
  const Outcome<HashedFile> there = HashFile(context, to);
  if (there && there->size == expected.size && there->sha256 == expected.sha256) return {};
  return CopyVerified(context, from, to, expected);
}

Done CopyFiles(const Context& context, const std::string& repository, const ReviewMeans& means,
               const std::string& folder, const ProposalReview& review) {
  for (const ReleasedFile& file : review.files) {
    const std::string to = StoredPath(repository, file.target, HexText(file.sha256.view()));
    EK_TRY(CopyOnce(context, means.files + "/" + file.name, to, {file.size, file.sha256}));
  }
  EK_TRY_ASSIGN(const HashedFile manifest, HashFile(context, folder + "/" + kManifestName));
  const std::string directory = review.files.front().target.substr(0, review.files.front().target.rfind('/') + 1);
  const std::string to = StoredPath(repository, directory + kManifestName, HexText(manifest.sha256.view()));
  return CopyOnce(context, folder + "/" + kManifestName, to, manifest);
}

Done CheckDecided(const ProposalReview& review, const std::string& folder) {
  if (!review.rejections.empty()) {
    return Failure{ErrorCode::kForbidden, "rejected by " + review.rejections.front().first, folder,
                   "propose a better one: " + review.rejections.front().second};
  }
  if (review.is_complete) return {};
  return Failure{ErrorCode::kBadSignature,
                 "approved by " + std::to_string(review.approvals.num_signed()) + " of the " +
                     std::to_string(review.approvals.threshold) + " holders it needs",
                 folder, "have others approve it, each in every class and none of them its author"};
}

struct Snapshot {
  std::uint64_t version = 0;
  std::string text;
};

// The one there is, or its successor where it would end before a timestamp of `seconds` does: a device asks both.
Outcome<Snapshot> SnapshotFor(const Context& context, const std::string& repository, const RepositoryState& state,
                              std::uint64_t seconds, const ReleaseKeys& services) {
  const std::string path = MetadataPath(repository, state.snapshot_version, "snapshot");
  EK_TRY_ASSIGN(const MetadataText there, ReadMetadata(context, path));
  EK_TRY_ASSIGN(const auto facts, At(path, release::ReadMetadataFacts("snapshot", there.bytes())));
  if (facts.expires.value >= context.now.value + seconds) return Snapshot{state.snapshot_version, there.text};
  EK_TRY_ASSIGN(const json::Object described, DescriptionOf(context, state.targets_version, state.targets));
  const ServiceFile next{"snapshot", "targets.json", state.snapshot_version + 1,
                         std::max(seconds, PublicationRequest().snapshot_seconds)};
  EK_TRY_ASSIGN(std::string text, SignService(context, state.root, next, described, services));
  return Snapshot{next.version, std::move(text)};
}

}  // namespace

Outcome<RepositoryState> Publish(const Context& context, const PublicationRequest& request, const ReviewMeans& means,
                                 const ReleaseKeys& services) {
  EK_TRY_ASSIGN(const RepositoryLock lock, RepositoryLock::Take(context, means.repository));
  EK_TRY_ASSIGN(const ProposalReview review, ReviewProposal(context, request.folder, means));
  EK_TRY(CheckDecided(review, request.folder));
  EK_TRY_ASSIGN(const OpenedProposal proposal, OpenProposal(context, request.folder, means));
  const RepositoryState& state = proposal.state;
  if (request.proof_demands != nullptr) {
    EK_TRY(CheckProof(context, *request.proof_demands, request.proof, proposal.statement, request.folder));
  }
  EK_TRY_ASSIGN(const std::string targets, proposal.folder.Assemble(context, {state.root}));
  EK_TRY(CheckDevicesTake("targets", targets, request.folder));
  EK_TRY(At(request.folder,
            release::CheckApprovals(context.provider, AsBytes(state.root), AsBytes(targets), kReleaseClasses)));
  if (request.trust_policy != nullptr) EK_TRY(request.trust_policy->CheckApprovals(context, state.root, targets));
  EK_TRY_ASSIGN(const json::Object described, DescriptionOf(context, review.targets_version, targets));
  EK_TRY_ASSIGN(const std::string snapshot,
                SignService(context, state.root,
                            {"snapshot", "targets.json", state.snapshot_version + 1, request.snapshot_seconds},
                            described, services));
  EK_TRY_ASSIGN(const json::Object snapshot_described, DescriptionOf(context, state.snapshot_version + 1, snapshot));
  const ServiceFile newest{"timestamp", "snapshot.json", state.timestamp_version + 1, request.timestamp_seconds};
  EK_TRY_ASSIGN(const std::string timestamp, SignService(context, state.root, newest, snapshot_described, services));
  EK_TRY(CopyFiles(context, means.repository, means, request.folder, review));
  if (request.proof_demands != nullptr) {
    EK_TRY(PublishProof(means.repository, request.proof, proposal.statement));
  }
  EK_TRY(ReplacePublicFile(MetadataPath(means.repository, review.targets_version, "targets"), targets));
  EK_TRY(ReplacePublicFile(MetadataPath(means.repository, state.snapshot_version + 1, "snapshot"), snapshot));
  EK_TRY(ReplacePublicFile(TimestampPath(means.repository), timestamp));
  return VerifyRepository(context, means.repository, means.trusted_root, Freshness::kOfAll);
}

Outcome<Renewal> RenewTimestamp(const Context& context, const std::string& repository, const std::string& trusted_root,
                                std::uint64_t seconds, const ReleaseKeys& services) {
  EK_TRY_ASSIGN(const RepositoryLock lock, RepositoryLock::Take(context, repository));
  EK_TRY_ASSIGN(const RepositoryState state, VerifyRepository(context, repository, trusted_root, Freshness::kOfRoot));
  if (state.targets.empty()) return Describe(Error(ErrorCode::kNotFound, "no release yet"), repository);
  EK_TRY_ASSIGN(const Snapshot snapshot, SnapshotFor(context, repository, state, seconds, services));
  EK_TRY_ASSIGN(const json::Object described, DescriptionOf(context, snapshot.version, snapshot.text));
  const ServiceFile newest{"timestamp", "snapshot.json", state.timestamp_version + 1, seconds};
  EK_TRY_ASSIGN(const std::string timestamp, SignService(context, state.root, newest, described, services));
  Renewal renewal{.state = {}, .renewed_snapshot = snapshot.version != state.snapshot_version};
  if (renewal.renewed_snapshot) {
    EK_TRY(ReplacePublicFile(MetadataPath(repository, snapshot.version, "snapshot"), snapshot.text));
  }
  EK_TRY(ReplacePublicFile(TimestampPath(repository), timestamp));
  EK_TRY_ASSIGN(renewal.state, VerifyRepository(context, repository, trusted_root, Freshness::kOfAll));
  return renewal;
}

}  // namespace edgekeep::author
