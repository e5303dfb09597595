#include "edgekeep/author/published_proof.h"

#include <set>

#include "edgekeep/crypto/digest.h"
#include "edgekeep/files/read_file.h"
#include "edgekeep/formats/signed_object.h"
#include "edgekeep/release/proven_release.h"
#include "edgekeep/release/release_statement.h"
#include "metadata_json.h"
#include "proof_files.h"
#include "release_targets.h"
#include "replace_public.h"
#include "repository_files.h"
#include "repository_lock.h"

namespace edgekeep::author {
namespace {

// What people have to know is what was found.
Failure DescribeProof(const Error& error, const std::string& proof, const std::string& place) {
  const auto verdict = release::ReadVerdict(AsBytes(proof));
  if (error.code() != ErrorCode::kForbidden || !verdict) {
    return {error.code(), error.where(), place, "see docs/guides/releasing.md: submit, judge, cosign, publish"};
  }
  std::string found;
  for (const formats::VerdictFinding& finding : verdict->findings) {
    found += (found.empty() ? "" : "; ") + std::string(finding.detail);
  }
  return {ErrorCode::kForbidden, "the notary refused it: " + found, place, "remedy it, and have it judged anew"};
}

// Below the repository.
std::string PlaceOf(const formats::ReleaseEntry& entry) {
  return "proofs/" + std::string(entry.product.view()) + "/" + std::string(entry.channel) + "/" +
         std::to_string(entry.version.sequence.value) + ".ekp";
}

Outcome<StoredProof> ReadStored(const std::string& repository, const std::string& place) {
  const std::string path = repository + "/" + place;
  EK_TRY_ASSIGN(const Bytes proof, At(path, files::ReadFile(path, formats::kMaxReleaseProofSize)));
  EK_TRY_ASSIGN(const auto parts, At(path, formats::DecodeReleaseProof(proof.view())));
  EK_TRY_ASSIGN(const auto entry, At(path, formats::DecodeLogEntry(parts.release.entry)));
  EK_TRY_ASSIGN(const auto release, At(path, formats::DecodeReleaseEntry(entry.content)));
  if (PlaceOf(release) != place) return Describe(Error(ErrorCode::kWrongProduct, "proof of another release"), path);
  EK_TRY_ASSIGN(Bytes content, At(path, Bytes::Copy(entry.content)));
  return StoredProof{place, std::move(content)};
}

// Each release has a directory of its own among the targets.
std::set<std::string> PlacesOf(const Targets& released) {
  std::set<std::string> places;
  for (const auto& [target, view] : released) {
    const std::size_t slash = target.rfind('/');
    if (slash != std::string::npos) places.insert("proofs/" + target.substr(0, slash) + ".ekp");
  }
  return places;
}

std::string WhyUnread(const Failure& failure) {
  if (failure.code != ErrorCode::kNotFound) return failure.what;
  return "it has no proof: published without a log, or the file was taken away";
}

}  // namespace

std::string ProofPath(const std::string& repository, const release::ReleaseStatement& statement) {
  return repository + "/" + PlaceOf(statement.entry());
}

Outcome<release::VerifiedReleaseProof> CheckProof(const Context& context, const release::ProofDemands& demands,
                                                  const std::string& proof, const release::ReleaseStatement& statement,
                                                  const std::string& place) {
  auto verified = release::VerifyReleaseProof(context.provider, demands, AsBytes(proof), statement.content());
  if (!verified) return DescribeProof(verified.error(), proof, place);
  return *verified;
}

Done PublishProof(const std::string& repository, const std::string& proof, const release::ReleaseStatement& statement) {
  const std::string path = ProofPath(repository, statement);
  EK_TRY(MakeDirectories(path));
  return ReplacePublicFile(path, proof);
}

Outcome<StoredProofs> ProofsOf(const Context& context, const std::string& repository, const RepositoryState& state) {
  if (state.targets.empty()) {
    return Failure{ErrorCode::kNotFound, "nothing is released, so nothing has a proof", repository, "publish first"};
  }
  EK_TRY_ASSIGN(const MetadataText targets, ParseMetadata(context, state.targets, "targets"));
  EK_TRY_ASSIGN(const Targets released, ViewTargets(targets, "targets"));
  StoredProofs proofs;
  for (const std::string& place : PlacesOf(released)) {
    Outcome<StoredProof> stored = ReadStored(repository, place);
    if (stored) {
      proofs.read.push_back(*std::move(stored));
    } else {
      proofs.unread.push_back({place, WhyUnread(stored.error())});
    }
  }
  return proofs;
}

Done ReplaceProof(const Context& context, const std::string& repository, const release::ProofDemands& demands,
                  const StoredProof& stored, const std::string& proof) {
  const auto verified = release::VerifyReleaseProof(context.provider, demands, AsBytes(proof), stored.content.view());
  if (!verified) return DescribeProof(verified.error(), proof, stored.path);
  EK_TRY_ASSIGN(const RepositoryLock lock, RepositoryLock::Take(context, repository));
  return ReplacePublicFile(repository + "/" + stored.path, proof);
}

Outcome<AskedPolicy> AskedPolicy::Read(const Context& context, const std::string& path,
                                       const std::vector<std::string>& roots) {
  EK_TRY_ASSIGN(const Bytes object, At(path, files::ReadFile(path, formats::kMaxSignedTrustPolicy)));
  Failure last{ErrorCode::kBadArgument, "no root to verify it by", path, "name the root that you trust"};
  for (const std::string& root : roots) {
    auto verified = release::VerifyTrustPolicy(context.provider, object.view(), AsBytes(root));
    if (verified) return AskedPolicy(*std::move(verified));
    last = Describe(verified.error(), path);
  }
  return last;
}

Outcome<AskedRepair> AskedPolicy::ReadRepair(const Context& context, const std::string& path,
                                             const std::vector<std::string>& roots) const {
  EK_TRY_ASSIGN(const Bytes object, At(path, files::ReadFile(path, formats::kMaxSignedTrustPolicy)));
  EK_TRY_ASSIGN(const auto decoded, At(path, formats::DecodeSignedObject(formats::typ::kTimeRepair, object.view())));
  EK_TRY_ASSIGN(const Digest fingerprint, At(path, crypto::Sha256(context.provider, {decoded.payload})));
  Failure last{ErrorCode::kBadArgument, "no root to verify it by", path, "name the root that you trust"};
  for (const std::string& root : roots) {
    const auto repair = release::VerifyTimeRepair(context.provider, policy_, AsBytes(root), object.view());
    if (repair) return AskedRepair{repair->number, fingerprint};
    last = Describe(repair.error(), path);
  }
  return last;
}

release::ProofDemands AskedPolicy::demands(UnixTime not_after) const {
  return release::DemandsOf(policy_, not_after);
}

Done AskedPolicy::CheckApprovals(const Context& context, const std::string& root, const std::string& targets) const {
  return At("targets",
            release::CheckPeople(context.provider, policy_.policy(), "targets", AsBytes(root), AsBytes(targets)));
}

Outcome<release::VerifiedReleaseProof> VerifyPublishedProof(const Context& context, const std::string& repository,
                                                            const RepositoryState& state,
                                                            const release::ProofDemands& demands) {
  EK_TRY_ASSIGN(const auto statement,
                At(repository, release::ReleaseStatement::Read(context.provider, AsBytes(state.targets))));
  const std::string path = ProofPath(repository, statement);
  const Result<Bytes> proof = files::ReadFile(path, formats::kMaxReleaseProofSize);
  if (!proof && proof.error().code() == ErrorCode::kNotFound) {
    return Failure{ErrorCode::kNotFound, "the release has no proof that it is in the log", path,
                   "do not install it: it was released past the notary"};
  }
  if (!proof) return Describe(proof.error(), path);
  return CheckProof(context, demands, std::string(AsText(proof->view())), statement, path);
}

}  // namespace edgekeep::author
