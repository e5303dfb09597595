#include <algorithm>

#include "edgekeep/author/proposal.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/files/new_directory.h"
#include "edgekeep/json/text.h"
#include "edgekeep/release/release_statement.h"
#include "log_signing.h"
#include "operations_release.h"
#include "release_files.h"
#include "release_targets.h"
#include "repository_files.h"
#include "root_view.h"

namespace edgekeep::author {
namespace {

struct Draft {
  const Context& context;
  const ProposalRequest& request;
  std::string author;
  std::string directory;  // of the release's targets
  std::vector<ReleasedFile> files;
  std::optional<json::Object> interface;
  std::optional<std::vector<std::string>> components;
};

json::Array ToArray(const std::vector<std::string>& texts) {
  json::Array array;
  for (const std::string& text : texts) array.emplace_back(text);
  return array;
}

// Canonical bytes of something small, and their SHA-256.
struct Canonical {
  std::string text;
  std::string sha256;
};

Outcome<Canonical> CanonicalText(const Context& context, const json::Value& value) {
  const std::string plain = json::Write(value, json::Layout::kOneLine);
  EK_TRY_ASSIGN(const json::Document document, At("release", json::Document::Parse(AsBytes(plain), {})));
  EK_TRY_ASSIGN(const Bytes canonical, At("release", json::Canonical(document.root())));
  EK_TRY_ASSIGN(const Digest digest, At("release", crypto::Sha256(context.provider, {canonical.view()})));
  return Canonical{std::string(AsText(canonical.view())), HexText(digest.view())};
}

json::Object ManifestOf(const Draft& draft) {
  const ProposalRequest& request = draft.request;
  json::Array files;
  for (const ReleasedFile& file : draft.files) {
    files.emplace_back(json::Object()
                           .Set("kind", file.kind)
                           .Set("length", file.size)
                           .Set("path", file.target)
                           .Set("sha256", HexText(file.sha256.view())));
  }
  json::Object manifest;
  manifest.Set("author", draft.author).Set("channel", request.channel).Set("files", files);
  manifest.Set("product", request.product.view()).Set("security-epoch", request.security_epoch);
  manifest.Set("sequence", request.version.sequence.value).Set("version", request.version.display.view());
  if (draft.interface) manifest.Set("interface", *draft.interface);
  if (draft.components) manifest.Set("components", ToArray(*draft.components));
  return manifest;
}

json::Object TargetObject(const Draft& draft, std::uint64_t size, const std::string& sha256, const std::string& kind) {
  json::Object said;
  said.Set("kind", kind).Set("security-epoch", draft.request.security_epoch);
  return json::Object()
      .Set("custom", json::Object().Set("edgekeep", said))
      .Set("hashes", json::Object().Set("sha256", sha256))
      .Set("length", size);
}

Outcome<json::Object> StatementOf(const Draft& draft) {
  const ProposalRequest& request = draft.request;
  std::uint64_t size = 0;
  for (const ReleasedFile& file : draft.files) size += file.size;
  json::Object statement;
  statement.Set("author", draft.author).Set("channel", request.channel);
  statement.Set("manifest", draft.directory + kManifestName).Set("product", request.product.view());
  statement.Set("security-epoch", request.security_epoch).Set("sequence", request.version.sequence.value);
  statement.Set("size", size).Set("version", request.version.display.view());
  if (draft.interface) {
    EK_TRY_ASSIGN(const Canonical canonical, CanonicalText(draft.context, *draft.interface));
    statement.Set("interface", canonical.sha256);
  }
  if (draft.components) {
    EK_TRY_ASSIGN(const Canonical canonical, CanonicalText(draft.context, ToArray(*draft.components)));
    statement.Set("dependencies", canonical.sha256);
  }
  return statement;
}

// What was released before stays a target.
Outcome<json::Object> EarlierTargets(const Context& context, const std::string& targets) {
  json::Object all;
  if (targets.empty()) return all;
  EK_TRY_ASSIGN(const MetadataText before, ParseMetadata(context, targets, "targets"));
  const json::Node list = before.content().Find("targets");
  for (std::size_t i = 0; i < list.size(); ++i) all.Append(std::string(list.KeyAt(i)), ValueOf(list[i]));
  return all;
}

Outcome<Targets> TargetsBefore(const Context& context, const RepositoryState& state) {
  if (state.targets.empty()) return Targets();
  EK_TRY_ASSIGN(const MetadataText before, ParseMetadata(context, state.targets, "targets"));
  return ViewTargets(before, "targets");
}

// Devices refuse a release of a product that is of a lower security epoch than an earlier one.
Done CheckEpoch(const Targets& before, const ProposalRequest& request) {
  const std::uint64_t highest = HighestEpoch(before, request.product);
  if (request.security_epoch >= highest) return {};
  return Failure{ErrorCode::kWrongVersion, "a lower security epoch than was released",
                 std::string(request.product.view()), "it is " + std::to_string(highest) + " or more from now on"};
}

Outcome<json::Object> ContentOf(const Draft& draft, const RepositoryState& state, const Canonical& manifest) {
  EK_TRY_ASSIGN(json::Object targets, EarlierTargets(draft.context, state.targets));
  for (const ReleasedFile& file : draft.files) {
    if (targets.Find(file.target) != nullptr) {
      return Describe(Error(ErrorCode::kAlreadyExists, "released before"), file.target);
    }
    targets.Set(file.target, TargetObject(draft, file.size, HexText(file.sha256.view()), file.kind));
  }
  targets.Set(draft.directory + kManifestName, TargetObject(draft, manifest.text.size(), manifest.sha256, "manifest"));
  EK_TRY_ASSIGN(const json::Object statement, StatementOf(draft));
  json::Object content;
  content.Set("_type", "targets");
  content.Set("custom", json::Object().Set("edgekeep", json::Object().Set("release", statement)));
  content.Set("expires", DateTimeText(draft.request.expires)).Set("spec_version", "1.0.34");
  return content.Set("targets", targets).Set("version", state.targets_version + 1);
}

Done CheckRequest(const Context& context, const ProposalRequest& request) {
  if (!IsName(request.channel)) {
    return Failure{ErrorCode::kBadArgument, "no name of a channel", "'" + request.channel + "'", "take a-z, 0-9, '-'"};
  }
  if (request.version.sequence.value == 0) {
    return Failure{ErrorCode::kBadArgument, "versions are counted from 1", "version", "take the next number"};
  }
  if (request.expires <= context.now) return Describe(Error(ErrorCode::kExpired, "the release"), "expiry");
  if (request.files.empty()) return Describe(Error(ErrorCode::kBadArgument, "nothing to release"), "release");
  if (request.sbom.empty() || std::ranges::find(request.files, request.sbom) != request.files.end()) return {};
  return Failure{ErrorCode::kBadArgument, "the bill of materials is none of the release's files", request.sbom,
                 "name it among the files too"};
}

Done CheckAuthor(const Context& context, const RepositoryState& state, const std::string& author) {
  EK_TRY_ASSIGN(const MetadataText root, ParseMetadata(context, state.root, "root"));
  EK_TRY_ASSIGN(const auto roles, ViewRoles(context, root, "root"));
  if (MayDecide(roles, author)) return {};
  return Failure{ErrorCode::kForbidden, "no holder of the root, or one of recovery keys", author,
                 "have a holder propose"};
}

Outcome<std::vector<ReleasedFile>> DescribeAll(const Draft& draft) {
  std::vector<ReleasedFile> files;
  for (const std::string& path : draft.request.files) {
    EK_TRY_ASSIGN(ReleasedFile file,
                  DescribeFile(draft.context, path, {draft.request.product, draft.request.version, {}}));
    if (path == draft.request.sbom) file.kind = "sbom";
    file.target = draft.directory + file.name;
    if (std::ranges::find(files, file.target, &ReleasedFile::target) != files.end()) {
      return Describe(Error(ErrorCode::kAlreadyExists, "two files of one name"), path);
    }
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace

// Of eight people in both classes.
constexpr std::size_t kRoomForSignatures = 64 * 1024;

Done Propose(const Context& context, const ProposalRequest& request, const std::string& trusted_root,
             const ReleaseKeys& author) {
  EK_TRY(CheckRequest(context, request));
  EK_TRY_ASSIGN(const RepositoryState state,
                VerifyRepository(context, request.repository, trusted_root, Freshness::kOfRoot));
  EK_TRY(CheckAuthor(context, state, author.holder.name));
  EK_TRY_ASSIGN(const Targets before, TargetsBefore(context, state));
  EK_TRY(CheckEpoch(before, request));
  Draft draft{
      context, request, author.holder.name, DirectoryOf(request.product, request.channel, request.version.sequence), {},
      {},      {}};
  EK_TRY_ASSIGN(draft.files, DescribeAll(draft));
  EK_TRY(CheckOperationsRelease(
      {request.product, InlineString<63>::Truncated(request.channel), request.version.sequence}, draft.files, before));
  if (!request.model.empty()) {
    EK_TRY_ASSIGN(draft.interface, InterfaceOf(request.model));
  }
  if (!request.sbom.empty()) {
    EK_TRY_ASSIGN(draft.components, ComponentsOf(request.sbom));
  }
  EK_TRY_ASSIGN(const Canonical manifest, CanonicalText(context, ManifestOf(draft)));
  // Canonical JSON has no form for control characters: who has them in names is told so here.
  EK_TRY(ParseManifest(manifest.text, kManifestName));
  EK_TRY_ASSIGN(const json::Object content, ContentOf(draft, state, manifest));
  EK_TRY_ASSIGN(const MetadataText file, WriteMetadata(context, content, {}));
  EK_TRY(CheckDevicesTake("targets", file.text, request.repository, kRoomForSignatures));
  EK_TRY_ASSIGN(const auto statement,
                At(request.folder, release::ReleaseStatement::Read(context.provider, file.bytes())));
  EK_TRY(SigningFolder::Create(request.folder, content, {{kManifestName, manifest.text}}));
  return AddReleaseEntry(context, request.folder, statement.content(), author);
}

}  // namespace edgekeep::author
