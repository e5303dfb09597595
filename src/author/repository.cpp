#include "edgekeep/author/repository.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "edgekeep/author/root_ceremony.h"
#include "edgekeep/files/read_file.h"
#include "edgekeep/release/client.h"
#include "edgekeep/release/release_statement.h"
#include "edgekeep/release/verified_release.h"
#include "metadata_json.h"
#include "release_rule.h"
#include "repository_files.h"

namespace edgekeep::author {
namespace {

// Keeps what the client accepted, and every root on the way.
class AcceptedFiles final : public ports::MetadataStore {
 public:
  Result<Bytes> Read(std::string_view name, std::size_t max_size) override {
    const auto found = files_.find(name);
    if (found == files_.end()) return Error(ErrorCode::kNotFound, "stored metadata");
    if (found->second.size() > max_size) return Error(ErrorCode::kTooLarge, "stored metadata");
    return Bytes::Copy(AsBytes(found->second));
  }

  Status Replace(std::string_view name, ByteView bytes) override {
    std::string text(AsText(bytes));
    if (name == "root.json") roots_.push_back(text);
    files_[std::string(name)] = std::move(text);
    return {};
  }

  const std::vector<std::string>& roots() const { return roots_; }

  // Empty where there is none.
  std::string Take(const std::string& name) const {
    const auto found = files_.find(name);
    return found == files_.end() ? std::string() : found->second;
  }

 private:
  std::map<std::string, std::string, std::less<>> files_;
  std::vector<std::string> roots_;
};

Result<release::Progress> Serve(release::Client& client, const std::string& metadata) {
  const release::WantedFile& wanted = client.wanted();
  const Result<Bytes> file = files::ReadFile(metadata + "/" + wanted.name.c_str(), wanted.max_size);
  if (file) return client.TakeFile(file->view());
  if (file.error().code() == ErrorCode::kNotFound) return client.TakeNotFound();
  return file.error();
}

Status Refresh(const Context& context, const std::string& metadata, AcceptedFiles& store, UnixTime now) {
  EK_TRY_ASSIGN(const auto client,
                release::Client::Open({.provider = context.provider, .store = store, .now = now, .limits = {}}));
  Result<release::Progress> progress = client->Refresh();
  while (progress && *progress == release::Progress::kNeedsFile) progress = Serve(*client, metadata);
  return progress ? Status() : Status(progress.error());
}

// Each root stands by the quorum of the one before, and by its own.
Status CheckRoots(const Context& context, const std::vector<std::string>& roots) {
  for (std::size_t i = 0; i < roots.size(); ++i) {
    const ByteView root = AsBytes(roots[i]);
    EK_TRY(release::CheckHolders(context.provider, root, "root", root, kReleaseRule));
    if (i > 0) EK_TRY(release::CheckHolders(context.provider, AsBytes(roots[i - 1]), "root", root, kReleaseRule));
  }
  return {};
}

Outcome<std::uint64_t> CheckService(const Context& context, const std::string& root, const std::string& role,
                                    const std::string& file, const std::string& place) {
  EK_TRY(At(place, release::CheckHolders(context.provider, AsBytes(root), role, AsBytes(file), kReleaseRule)));
  EK_TRY_ASSIGN(const auto facts, At(place, release::ReadMetadataFacts(role, AsBytes(file))));
  return facts.version;
}

Done TakeRelease(const Context& context, const AcceptedFiles& store, const std::string& place, RepositoryState& state) {
  state.targets = store.Take("targets.json");
  const auto approvals = At(place + "/targets.json", release::CheckApprovals(context.provider, AsBytes(state.root),
                                                                             AsBytes(state.targets), kReleaseClasses));
  if (!approvals) return approvals.error();
  for (const release::HolderVote& vote : *approvals) state.approvers.emplace_back(vote.holder.view());
  std::ranges::sort(state.approvers);
  EK_TRY_ASSIGN(const auto facts, At(place, release::ReadMetadataFacts("targets", AsBytes(state.targets))));
  state.targets_version = facts.version;
  EK_TRY_ASSIGN(state.snapshot_version,
                CheckService(context, state.root, "snapshot", store.Take("snapshot.json"), place + "/snapshot.json"));
  EK_TRY_ASSIGN(state.timestamp_version, CheckService(context, state.root, "timestamp", store.Take("timestamp.json"),
                                                      place + "/timestamp.json"));
  return {};
}

// The first one, or the one that is trusted: without both it is no repository of theirs, and whoever was to look at it
// would have looked at nothing.
Done CheckIsThere(const std::string& directory, std::string_view trusted_root) {
  EK_TRY_ASSIGN(const auto facts, At("trusted root", release::ReadMetadataFacts("root", AsBytes(trusted_root))));
  for (const std::uint64_t version : {std::uint64_t{1}, facts.version}) {
    std::error_code error;
    if (std::filesystem::exists(MetadataPath(directory, version, "root"), error)) return {};
  }
  return Failure{ErrorCode::kNotFound, "no repository here: it has no root", directory,
                 "name the directory that is served, or a copy of it"};
}

bool HasRelease(const std::string& metadata) {
  const Result<Bytes> file = files::ReadFile(metadata + "/timestamp.json", release::Limits().timestamp_bytes);
  return file || file.error().code() != ErrorCode::kNotFound;
}

}  // namespace

Outcome<RepositoryState> VerifyRepository(const Context& context, const std::string& directory,
                                          const std::string& trusted_root, Freshness freshness) {
  const std::string metadata = directory + "/metadata";
  AcceptedFiles store;
  EK_TRY(CheckIsThere(directory, trusted_root));
  EK_TRY(At("trusted root", release::Initialise(context.provider, store, AsBytes(trusted_root))));
  const UnixTime now = freshness == Freshness::kOfAll ? context.now : UnixTime{0};
  const bool has_release = HasRelease(metadata);
  const Status refreshed = Refresh(context, metadata, store, now);
  // Before the first release the chain of roots is all there is, and the client ends where the timestamp is missing.
  const bool only_roots = !has_release && !refreshed && refreshed.error().code() == ErrorCode::kNotFound;
  if (!refreshed && !only_roots) return Describe(refreshed.error(), metadata);
  EK_TRY(At(metadata, CheckRoots(context, store.roots())));
  RepositoryState state;
  state.root = store.Take("root.json");
  state.roots = store.roots();
  EK_TRY(CheckTrustedRoot(context, state.root, metadata));
  EK_TRY_ASSIGN(const auto facts, At(metadata, release::ReadMetadataFacts("root", AsBytes(state.root))));
  state.root_version = facts.version;
  if (has_release) EK_TRY(TakeRelease(context, store, metadata, state));
  // Whoever goes on from a release that devices refuse can still release a better one.
  if (has_release && freshness == Freshness::kOfAll) {
    EK_TRY(At(metadata, release::CheckReleasedTargets(context.provider, AsBytes(state.root), AsBytes(state.targets))));
  }
  return state;
}

Outcome<std::optional<formats::ContentDigest>> PublishedRelease(const Context& context, const std::string& directory,
                                                                const std::string& trusted_root) {
  EK_TRY_ASSIGN(const RepositoryState state, VerifyRepository(context, directory, trusted_root, Freshness::kOfRoot));
  if (state.targets.empty()) return std::optional<formats::ContentDigest>();
  const ByteView targets = AsBytes(state.targets);
  EK_TRY(At(directory, release::CheckReleasedTargets(context.provider, AsBytes(state.root), targets)));
  EK_TRY_ASSIGN(const auto statement, At(directory, release::ReleaseStatement::Read(context.provider, targets)));
  return std::optional(statement.digest());
}

}  // namespace edgekeep::author
