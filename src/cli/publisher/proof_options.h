// Whom somebody believes about the transparency log and the notary: options of the commands that check release proofs.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "edgekeep/author/holder_keys.h"
#include "edgekeep/author/proposal.h"
#include "edgekeep/author/published_proof.h"
#include "session.h"

namespace edgekeep::cli::publisher {

struct ProofOptions {
  std::string trust_policy;
  std::string policy;
  std::string notary;
  std::vector<std::string> not_independent;
  std::uint64_t witnesses = 0;
};

void AddProofOptions(CLI::App& command, ProofOptions& options);

class ProofBeliefs {
 public:
  // Nothing where no policy is named. A trust policy is verified by any root from the one that somebody trusts to the
  // newest of the repository: it outlives changes of people, on devices too.
  static author::Outcome<std::optional<ProofBeliefs>> Read(const Session& session, const ProofOptions& options,
                                                           const author::ReviewMeans& means);

  // Borrows from this.
  release::ProofDemands demands() const;

  std::span<const formats::Holder> notaries() const { return demands().notaries; }

  // Null where no trust policy was named.
  const author::AskedPolicy* trust_policy() const { return asked_ ? &*asked_ : nullptr; }

 private:
  ProofBeliefs(author::AskedPolicy asked, UnixTime not_after) : asked_(std::move(asked)), not_after_(not_after) {}

  ProofBeliefs(release::log::Policy policy, std::vector<author::VerifyingHolder> notaries, const ProofOptions& options,
               UnixTime not_after);

  // One of the two.
  std::optional<author::AskedPolicy> asked_;
  std::optional<release::log::Policy> policy_;
  std::vector<author::VerifyingHolder> notaries_;
  std::vector<formats::Holder> views_;
  std::vector<std::string> own_;
  std::vector<std::string_view> own_views_;
  std::uint64_t witnesses_ = 0;
  UnixTime not_after_;
};

// What a proof that was verified says, in words and for machines.
std::string ProofText(const release::VerifiedReleaseProof& proof);
json::Object ProofJson(const release::VerifiedReleaseProof& proof);

// Said where nobody asked for a log: what is then believed is no more than people's signatures.
inline constexpr const char* kWithoutLog =
    "Neither transparency log nor notary was asked: fit for development only (--trust-policy, or --log-policy and "
    "--notary).";

}  // namespace edgekeep::cli::publisher
