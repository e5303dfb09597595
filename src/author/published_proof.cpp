#include "edgekeep/author/published_proof.h"

#include "edgekeep/files/read_file.h"
#include "edgekeep/release/proven_release.h"
#include "edgekeep/release/release_statement.h"
#include "metadata_json.h"
#include "proof_files.h"
#include "replace_public.h"
#include "repository_files.h"

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

}  // namespace

std::string ProofPath(const std::string& repository, const release::ReleaseStatement& statement) {
  const formats::ReleaseEntry& entry = statement.entry();
  std::string path = repository + "/proofs/" + std::string(entry.product.view()) + "/" + std::string(entry.channel);
  return path + "/" + std::to_string(entry.version.sequence.value) + ".ekp";
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
