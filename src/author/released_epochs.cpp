// Which epochs of products a repository has grants for.
#include <algorithm>

#include "edgekeep/author/repository.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/files/read_file.h"
#include "edgekeep/formats/grant.h"
#include "edgekeep/formats/signed_object.h"
#include "release_targets.h"

namespace edgekeep::author {
namespace {

constexpr std::size_t kMaxSignedGrant = formats::MaxSignedObjectSize(formats::kMaxGrantSize, formats::kMaxSignatures);

// As people approved it, by the digest that the targets have of it.
Outcome<ReleasedEpoch> EpochIn(const Context& context, const std::string& path, const std::string& sha256) {
  EK_TRY_ASSIGN(const Bytes bytes, At(path, files::ReadFile(path, kMaxSignedGrant)));
  EK_TRY_ASSIGN(const Digest digest, At(path, crypto::Sha256(context.provider, {bytes.view()})));
  if (HexText(digest.view()) != sha256) return Describe(Error(ErrorCode::kBadSignature, "grant"), path);
  EK_TRY_ASSIGN(const auto object, At(path, formats::DecodeSignedObject(formats::typ::kGrant, bytes.view())));
  EK_TRY_ASSIGN(const formats::Grant grant, At(path, formats::DecodeGrant(object.payload)));
  return ReleasedEpoch{grant.product, grant.epoch};
}

}  // namespace

Outcome<std::vector<ReleasedEpoch>> ReleasedEpochs(const Context& context, const std::string& directory,
                                                   const std::string& trusted_root) {
  std::vector<ReleasedEpoch> last;
  EK_TRY_ASSIGN(const RepositoryState state, VerifyRepository(context, directory, trusted_root, Freshness::kOfRoot));
  if (state.targets.empty()) return last;
  EK_TRY_ASSIGN(const MetadataText parsed, ParseMetadata(context, state.targets, directory));
  EK_TRY_ASSIGN(const Targets targets, ViewTargets(parsed, directory));
  for (const auto& [target, view] : targets) {
    if (view.kind != "grant") continue;
    EK_TRY_ASSIGN(const ReleasedEpoch one, EpochIn(context, StoredPath(directory, target, view.sha256), view.sha256));
    const auto same = std::ranges::find(last, one.product, &ReleasedEpoch::product);
    if (same == last.end()) {
      last.push_back(one);
    } else {
      same->epoch = std::max(same->epoch, one.epoch);
    }
  }
  return last;
}

}  // namespace edgekeep::author
