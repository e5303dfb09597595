#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "edgekeep/author/publication.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/files/new_file.h"
#include "edgekeep/files/read_file.h"
#include "opened_proposal.h"
#include "release_files.h"
#include "replace_public.h"

namespace edgekeep::author {
namespace {

std::string MetadataPath(const std::string& repository, std::uint64_t version, const char* role) {
  return repository + "/metadata/" + std::to_string(version) + "." + role + ".json";
}

Done MakeDirectories(const std::string& path) {
  for (std::size_t slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    const std::string part = path.substr(0, slash);
    if (::mkdir(part.c_str(), 0777) != 0 && errno != EEXIST)
      return Describe(files::FromErrno(errno, "directory"), part);
  }
  return {};
}

// A publication that was cut short left files behind; the same bytes are no harm, others are.
Done WriteOnce(const std::string& path, const std::string& text) {
  EK_TRY(MakeDirectories(path));
  const Status written = files::WriteNewFile(path, files::Access::kPublic, AsBytes(text));
  if (written) return {};
  if (written.error().code() != ErrorCode::kAlreadyExists) return Describe(written.error(), path);
  EK_TRY_ASSIGN(const Bytes there, At(path, files::ReadFile(path, text.size() + 1)));
  if (Equal(there.view(), AsBytes(text))) return {};
  return Describe(written.error(), path);
}

Done CopyOnce(const Context& context, const std::string& from, const std::string& to, const HashedFile& expected) {
  EK_TRY(MakeDirectories(to));
  const Outcome<HashedFile> there = HashFile(context, to);
  if (there && there->size == expected.size && there->sha256 == expected.sha256) return {};
  return CopyVerified(context, from, to, expected);
}

Outcome<json::Object> DescriptionOf(const Context& context, std::uint64_t version, const std::string& file) {
  EK_TRY_ASSIGN(const Digest digest, At("metadata", crypto::Sha256(context.provider, {AsBytes(file)})));
  return json::Object()
      .Set("hashes", json::Object().Set("sha256", HexText(digest.view())))
      .Set("length", file.size())
      .Set("version", version);
}

struct ServiceFile {
  const char* type;
  const char* described;  // the file that it describes
  std::uint64_t version = 0;
  std::uint64_t seconds = 0;
};

// A file of the snapshot's or the timestamp's role, checked as a device will check it.
Outcome<std::string> SignService(const Context& context, const std::string& root, const ServiceFile& wanted,
                                 const json::Object& description, const ReleaseKeys& services) {
  json::Object content;
  content.Set("_type", wanted.type).Set("expires", DateTimeText({context.now.value + wanted.seconds}));
  content.Set("meta", json::Object().Set(wanted.described, description));
  content.Set("spec_version", "1.0.34").Set("version", wanted.version);
  EK_TRY_ASSIGN(std::string file, SignMetadata(context, content, services));
  const auto checked = release::CheckHolders(context.provider, AsBytes(root), wanted.type, AsBytes(file),
                                             {.required_classes = kReleaseClasses});
  if (checked) return file;
  return Failure{ErrorCode::kForbidden, std::string("not the keys of the ") + wanted.type, services.holder.name,
                 "name the keys of the service that the root has"};
}

Done PublishTimestamp(const Context& context, const std::string& repository, const std::string& root,
                      const json::Object& snapshot, std::uint64_t version, std::uint64_t seconds,
                      const ReleaseKeys& services) {
  EK_TRY_ASSIGN(const std::string file,
                SignService(context, root, {"timestamp", "snapshot.json", version, seconds}, snapshot, services));
  return ReplacePublicFile(repository + "/metadata/timestamp.json", file);
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

}  // namespace

Outcome<RepositoryState> Publish(const Context& context, const PublicationRequest& request, const ReviewMeans& means,
                                 const ReleaseKeys& services) {
  EK_TRY_ASSIGN(const ProposalReview review, ReviewProposal(context, request.folder, means));
  EK_TRY(CheckDecided(review, request.folder));
  EK_TRY_ASSIGN(const OpenedProposal proposal, OpenProposal(context, request.folder, means));
  const RepositoryState& state = proposal.state;
  EK_TRY_ASSIGN(const std::string targets, proposal.folder.Assemble(context, {state.root}));
  EK_TRY(At(request.folder,
            release::CheckApprovals(context.provider, AsBytes(state.root), AsBytes(targets), kReleaseClasses)));
  EK_TRY_ASSIGN(const json::Object described, DescriptionOf(context, review.targets_version, targets));
  EK_TRY_ASSIGN(const std::string snapshot,
                SignService(context, state.root,
                            {"snapshot", "targets.json", state.snapshot_version + 1, request.snapshot_seconds},
                            described, services));
  EK_TRY_ASSIGN(const json::Object snapshot_described, DescriptionOf(context, state.snapshot_version + 1, snapshot));
  EK_TRY(CopyFiles(context, means.repository, means, request.folder, review));
  EK_TRY(ReplacePublicFile(MetadataPath(means.repository, review.targets_version, "targets"), targets));
  EK_TRY(ReplacePublicFile(MetadataPath(means.repository, state.snapshot_version + 1, "snapshot"), snapshot));
  EK_TRY(PublishTimestamp(context, means.repository, state.root, snapshot_described, state.timestamp_version + 1,
                          request.timestamp_seconds, services));
  return VerifyRepository(context, means.repository, means.trusted_root, Freshness::kOfAll);
}

Done PublishRoot(const Context& context, const std::string& repository, const std::string& root) {
  EK_TRY(CheckTrustedRoot(context, root, "root"));
  EK_TRY_ASSIGN(const auto facts, At("root", release::ReadMetadataFacts("root", AsBytes(root))));
  if (facts.version == 1) return WriteOnce(MetadataPath(repository, 1, "root"), root);
  const std::string before_path = MetadataPath(repository, facts.version - 1, "root");
  EK_TRY_ASSIGN(const MetadataText before, ReadMetadata(context, before_path));
  EK_TRY_ASSIGN(const RepositoryState state, VerifyRepository(context, repository, before.text, Freshness::kOfRoot));
  EK_TRY(At("root", release::CheckHolders(context.provider, before.bytes(), "root", AsBytes(root),
                                          {.required_classes = kReleaseClasses})));
  const auto still_approved =
      release::CheckApprovals(context.provider, AsBytes(root), AsBytes(state.targets), kReleaseClasses);
  if (!state.targets.empty() && !still_approved) {
    return Failure{ErrorCode::kBadSignature, "the current release has no quorum under this root", repository,
                   "first release once more, approved by holders who stay; then change the root"};
  }
  return WriteOnce(MetadataPath(repository, facts.version, "root"), root);
}

Outcome<RepositoryState> RenewTimestamp(const Context& context, const std::string& repository,
                                        const std::string& trusted_root, std::uint64_t seconds,
                                        const ReleaseKeys& services) {
  EK_TRY_ASSIGN(const RepositoryState state, VerifyRepository(context, repository, trusted_root, Freshness::kOfRoot));
  if (state.targets.empty()) return Describe(Error(ErrorCode::kNotFound, "no release yet"), repository);
  EK_TRY_ASSIGN(const MetadataText snapshot,
                ReadMetadata(context, MetadataPath(repository, state.snapshot_version, "snapshot")));
  EK_TRY_ASSIGN(const json::Object described, DescriptionOf(context, state.snapshot_version, snapshot.text));
  EK_TRY(PublishTimestamp(context, repository, state.root, described, state.timestamp_version + 1, seconds, services));
  return VerifyRepository(context, repository, trusted_root, Freshness::kOfAll);
}

}  // namespace edgekeep::author
