// Whom somebody believes about the transparency log and the notary: options of the commands that check release proofs.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "edgekeep/author/holder_keys.h"
#include "edgekeep/author/published_proof.h"
#include "session.h"

namespace edgekeep::cli::publisher {

struct ProofOptions {
  std::string policy;
  std::string notary;
  std::vector<std::string> own_cosigners;
  std::uint64_t witnesses = 0;
};

void AddProofOptions(CLI::App& command, ProofOptions& options);

class ProofBeliefs {
 public:
  // Nothing where no policy of a log is named.
  static author::Outcome<std::optional<ProofBeliefs>> Read(const Session& session, const ProofOptions& options);

  // Borrows from this.
  release::ProofDemands demands() const;

  std::span<const formats::Holder> notaries() const { return views_; }

 private:
  ProofBeliefs(release::log::Policy policy, std::vector<author::VerifyingHolder> notaries, const ProofOptions& options,
               UnixTime not_after);

  release::log::Policy policy_;
  std::vector<author::VerifyingHolder> notaries_;
  std::vector<formats::Holder> views_;
  std::vector<std::string> own_;
  std::vector<std::string_view> own_views_;
  std::uint64_t witnesses_;
  UnixTime not_after_;
};

// What a proof that was verified says, in words and for machines.
std::string ProofText(const release::VerifiedReleaseProof& proof);
json::Object ProofJson(const release::VerifiedReleaseProof& proof);

// Said where nobody asked for a log: what is then believed is no more than people's signatures.
inline constexpr const char* kWithoutLog =
    "Neither transparency log nor notary was asked: fit for development only (--log-policy, --notary).";

}  // namespace edgekeep::cli::publisher
