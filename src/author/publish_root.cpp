// A new root in a repository that may serve a release already.
#include "edgekeep/author/publication.h"
#include "edgekeep/files/read_file.h"
#include "edgekeep/release/release_statement.h"
#include "edgekeep/release/verified_release.h"
#include "repository_files.h"
#include "repository_lock.h"

namespace edgekeep::author {
namespace {

constexpr release::HolderRule kServiceRule{.required_classes = kReleaseClasses};

// What is served now, as its files say: the keys that signed it may be the old root's.
struct Served {
  MetadataText timestamp, snapshot, targets;
  std::uint64_t timestamp_version = 0, snapshot_version = 0, targets_version = 0;
};

Outcome<std::uint64_t> VersionIn(const MetadataText& file, const char* described, const std::string& place) {
  return At(place, file.content().Find("meta").Find(described).Find("version").AsUnsigned());
}

Outcome<std::optional<Served>> ReadServed(const Context& context, const std::string& repository) {
  const std::string path = TimestampPath(repository);
  Outcome<MetadataText> timestamp = ReadMetadata(context, path);
  if (!timestamp && timestamp.error().code == ErrorCode::kNotFound) return std::optional<Served>();
  if (!timestamp) return timestamp.error();
  EK_TRY_ASSIGN(const std::uint64_t timestamp_version, At(path, timestamp->content().Find("version").AsUnsigned()));
  EK_TRY_ASSIGN(const std::uint64_t snapshot_version, VersionIn(*timestamp, "snapshot.json", path));
  EK_TRY_ASSIGN(MetadataText snapshot, ReadMetadata(context, MetadataPath(repository, snapshot_version, "snapshot")));
  EK_TRY_ASSIGN(const std::uint64_t targets_version, VersionIn(snapshot, "targets.json", path));
  EK_TRY_ASSIGN(MetadataText targets, ReadMetadata(context, MetadataPath(repository, targets_version, "targets")));
  Served served{*std::move(timestamp), std::move(snapshot), std::move(targets),
                timestamp_version,     snapshot_version,    targets_version};
  return std::optional<Served>(std::move(served));
}

bool ServicesHold(const Context& context, const std::string& root, const Served& served) {
  const ByteView bytes = AsBytes(root);
  return release::CheckHolders(context.provider, bytes, "snapshot", served.snapshot.bytes(), kServiceRule) &&
         release::CheckHolders(context.provider, bytes, "timestamp", served.timestamp.bytes(), kServiceRule);
}

Done CheckStillTaken(const Context& context, const std::string& repository, const std::string& root,
                     const Served& served) {
  const ByteView targets = served.targets.bytes();
  if (!release::CheckApprovals(context.provider, AsBytes(root), targets, kReleaseClasses)) {
    return Failure{ErrorCode::kBadSignature, "the current release has no quorum under this root", repository,
                   "first release once more, approved by holders who stay; then change the root"};
  }
  const Status taken = release::CheckReleasedTargets(context.provider, AsBytes(root), targets);
  if (taken) return {};
  return Failure{taken.error().code(), "devices refuse the current release under this root", repository,
                 "first release once more, by an author who stays; then change the root"};
}

// Verifies what the new root follows. A publication of this very root that was cut short goes on without.
Done CheckFollowsServed(const Context& context, const std::string& repository, const std::string& root,
                        std::uint64_t version) {
  EK_TRY_ASSIGN(const MetadataText before, ReadMetadata(context, MetadataPath(repository, version - 1, "root")));
  EK_TRY(At("root", release::CheckHolders(context.provider, before.bytes(), "root", AsBytes(root), kServiceRule)));
  const Result<Bytes> there = files::ReadFile(MetadataPath(repository, version, "root"), root.size() + 1);
  if (there && Equal(there->view(), AsBytes(root))) return {};
  const auto state = VerifyRepository(context, repository, before.text, Freshness::kOfRoot);
  return state ? Done() : Done(state.error());
}

struct ServiceFiles {
  std::string snapshot, timestamp;
};

Outcome<ServiceFiles> SignServed(const Context& context, const std::string& root, const Served& served,
                                 const ReleaseKeys& services) {
  const PublicationRequest times;
  const ServiceFile snapshot{"snapshot", "targets.json", served.snapshot_version + 1, times.snapshot_seconds};
  const ServiceFile timestamp{"timestamp", "snapshot.json", served.timestamp_version + 1, times.timestamp_seconds};
  ServiceFiles files;
  EK_TRY_ASSIGN(const json::Object targets, DescriptionOf(context, served.targets_version, served.targets.text));
  EK_TRY_ASSIGN(files.snapshot, SignService(context, root, snapshot, targets, services));
  EK_TRY_ASSIGN(const json::Object described, DescriptionOf(context, snapshot.version, files.snapshot));
  EK_TRY_ASSIGN(files.timestamp, SignService(context, root, timestamp, described, services));
  return files;
}

}  // namespace

Done PublishRoot(const Context& context, const std::string& repository, const std::string& root,
                 const ReleaseKeys* services) {
  EK_TRY(CheckTrustedRoot(context, root, "root"));
  EK_TRY_ASSIGN(const RepositoryLock lock, RepositoryLock::Take(context, repository));
  EK_TRY_ASSIGN(const auto facts, At("root", release::ReadMetadataFacts("root", AsBytes(root))));
  const std::string path = MetadataPath(repository, facts.version, "root");
  if (facts.version == 1) return WriteOnce(path, root);
  EK_TRY(CheckFollowsServed(context, repository, root, facts.version));
  EK_TRY_ASSIGN(const std::optional<Served> served, ReadServed(context, repository));
  if (!served) return WriteOnce(path, root);
  EK_TRY(CheckStillTaken(context, repository, root, *served));
  if (ServicesHold(context, root, *served)) return WriteOnce(path, root);
  if (services == nullptr) {
    return Failure{ErrorCode::kForbidden, "this root has other keys for the service that publishes", repository,
                   "name them with --service-keys: snapshot and timestamp are signed anew"};
  }
  // Signs before it writes anything: wrong keys leave everything as it is.
  EK_TRY_ASSIGN(const ServiceFiles files, SignServed(context, root, *served, *services));
  EK_TRY(WriteOnce(path, root));
  EK_TRY(ReplacePublicFile(MetadataPath(repository, served->snapshot_version + 1, "snapshot"), files.snapshot));
  return ReplacePublicFile(TimestampPath(repository), files.timestamp);
}

}  // namespace edgekeep::author
