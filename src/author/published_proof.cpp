#include "edgekeep/author/published_proof.h"

#include <algorithm>
#include <filesystem>

#include "edgekeep/files/descriptor.h"
#include "edgekeep/files/read_file.h"
#include "edgekeep/release/proven_release.h"
#include "edgekeep/release/release_statement.h"
#include "metadata_json.h"
#include "proof_files.h"
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

Outcome<std::vector<StoredProof>> ProofsOf(const Context& context, const std::string& repository) {
  namespace fs = std::filesystem;
  std::error_code error;
  std::vector<std::string> places;
  fs::recursive_directory_iterator walk(repository + "/proofs", error);
  for (; !error && walk != fs::recursive_directory_iterator(); walk.increment(error)) {
    if (context.stop_requested()) return Describe(Error(ErrorCode::kPeerGone), repository);
    if (walk->path().extension() == ".ekp") places.push_back(walk->path().lexically_relative(repository).string());
  }
  if (error) return Describe(files::FromErrno(error.value(), "proofs"), repository);
  std::ranges::sort(places);
  std::vector<StoredProof> proofs;
  for (const std::string& place : places) {
    EK_TRY_ASSIGN(StoredProof stored, ReadStored(repository, place));
    proofs.push_back(std::move(stored));
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
