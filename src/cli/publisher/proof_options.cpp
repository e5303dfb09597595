#include "proof_options.h"

#include <CLI/CLI.hpp>

#include "arguments.h"
#include "edgekeep/author/signing_folder.h"
#include "log_directory.h"
#include "times.h"

namespace edgekeep::cli::publisher {
namespace {

// A clock that is a little slow makes nothing of a good witness's word.
constexpr std::uint64_t kWitnessTolerance = 300;

}  // namespace

void AddProofOptions(CLI::App& command, ProofOptions& options) {
  CLI::Option* trust = command.add_option("--trust-policy", options.trust_policy,
                                          "what devices demand: verify as they do (spec/trust-policy.md)");
  CLI::Option* policy =
      command
          .add_option("--log-policy", options.policy, "without one: which log and witnesses you believe (spec/log.md)")
          ->excludes(trust);
  command.add_option("--notary", options.notary, "NAME.holder.json of the notary whose verdict a release needs")
      ->needs(policy);
  command
      .add_option("--witnesses", options.witnesses, "how many independent witnesses must have cosigned (default: 0)")
      ->check(WholeNumber(0, release::log::kMaxWitnesses))
      ->needs(policy);
  command
      .add_option("--not-independent", options.not_independent,
                  "name of a witness that is the notary's or the log's: it is no independent one")
      ->needs(policy);
}

ProofBeliefs::ProofBeliefs(release::log::Policy policy, std::vector<author::VerifyingHolder> notaries,
                           const ProofOptions& options, UnixTime not_after)
    : policy_(std::move(policy)),
      notaries_(std::move(notaries)),
      own_(options.not_independent),
      witnesses_(options.witnesses),
      not_after_(not_after) {
  // Elements of vectors stay where they are when the vectors are moved.
  for (const author::VerifyingHolder& notary : notaries_) views_.push_back(notary.view());
  own_views_.assign(own_.begin(), own_.end());
}

author::Outcome<std::optional<ProofBeliefs>> ProofBeliefs::Read(const Session& session, const ProofOptions& options,
                                                                const author::ReviewMeans& means) {
  const UnixTime not_after{session.context.now.value + kWitnessTolerance};
  if (!options.trust_policy.empty()) {
    EK_TRY_ASSIGN(
        const author::RepositoryState state,
        author::VerifyRepository(session.context, means.repository, means.trusted_root, author::Freshness::kOfRoot));
    EK_TRY_ASSIGN(author::AskedPolicy asked,
                  author::AskedPolicy::Read(session.context, options.trust_policy, state.roots));
    return std::optional<ProofBeliefs>(ProofBeliefs(std::move(asked), not_after));
  }
  if (options.policy.empty()) return std::optional<ProofBeliefs>();
  EK_TRY_ASSIGN(release::log::Policy policy, ReadLogPolicy(session, options.policy));
  std::vector<author::VerifyingHolder> notaries;
  if (!options.notary.empty()) {
    EK_TRY_ASSIGN(const author::PublicHolder holder, author::ReadPublicHolder(options.notary));
    EK_TRY_ASSIGN(author::VerifyingHolder notary, author::ToVerifyingHolder(holder));
    notaries.push_back(std::move(notary));
  }
  return std::optional<ProofBeliefs>(ProofBeliefs(std::move(policy), std::move(notaries), options, not_after));
}

release::ProofDemands ProofBeliefs::demands() const {
  if (asked_) return asked_->demands(not_after_);
  return {.log = *policy_,
          .notaries = views_,
          .required_classes = author::kReleaseClasses,
          .min_independent_witnesses = witnesses_,
          .dependent_cosigners = own_views_,
          .not_after = not_after_,
          .danger_without_verdict = views_.empty()};
}

std::string ProofText(const release::VerifiedReleaseProof& proof) {
  const auto& checkpoint = proof.checkpoint();
  std::string text = "Entry " + std::to_string(proof.index()) + " of " + std::string(checkpoint.origin()) +
                     ", logged " + FormatTime(proof.logged_at()) + ", " +
                     std::to_string(proof.num_independent_witnesses()) + " independent witnesses";
  if (checkpoint.cosigned_at().value != 0) text += ", cosigned by a quorum at " + FormatTime(checkpoint.cosigned_at());
  if (proof.has_verdict()) return text + "; the notary's verdict is favourable.";
  return text + ".\nNo notary's verdict was asked for: fit for development only (--notary).";
}

json::Object ProofJson(const release::VerifiedReleaseProof& proof) {
  json::Object object;
  object.Set("origin", proof.checkpoint().origin()).Set("index", proof.index());
  object.Set("logged_at", FormatTime(proof.logged_at())).Set("verdict", proof.has_verdict());
  return object.Set("approvals", proof.num_approvals()).Set("witnesses", proof.num_independent_witnesses());
}

}  // namespace edgekeep::cli::publisher
