// Release proofs of a repository: proofs/PRODUCT/CHANNEL/SEQUENCE.ekp (spec/release-proof.md §3).
#pragma once
#include <string>

#include "edgekeep/author/repository.h"
#include "edgekeep/release/release_proof.h"
#include "edgekeep/release/trust_policy.h"

namespace edgekeep::author {

// A repair of time that devices have.
struct AskedRepair {
  std::uint64_t number = 0;
  Digest fingerprint;  // SHA-256 over its payload
};

// A trust policy (spec/trust-policy.md), as somebody asks it who is no device.
class AskedPolicy {
 public:
  // Believed where the quorum of one of `roots` signed it, all of which are believed. Fails as VerifyTrustPolicy.
  static Outcome<AskedPolicy> Read(const Context& context, const std::string& path,
                                   const std::vector<std::string>& roots);

  std::uint64_t version() const noexcept { return policy_.policy().version; }

  const Digest& fingerprint() const noexcept { return policy_.fingerprint(); }

  // Believed where the quorum of one of `roots` signed it, in every class that this policy demands.
  Outcome<AskedRepair> ReadRepair(const Context& context, const std::string& path,
                                  const std::vector<std::string>& roots) const;

  // Borrows from this.
  release::ProofDemands demands(UnixTime not_after) const;

  // That as many people as it demands, in every class that it demands, approved `targets` under `root`.
  Done CheckApprovals(const Context& context, const std::string& root, const std::string& targets) const;

 private:
  explicit AskedPolicy(release::VerifiedTrustPolicy policy) noexcept : policy_(std::move(policy)) {}

  release::VerifiedTrustPolicy policy_;
};

// A proof that a repository has, and the content of the release that it is of.
struct StoredProof {
  std::string path;  // below the repository
  Bytes content;
};

// A release of which there is no proof that can be read.
struct UnreadProof {
  std::string path;  // below the repository
  std::string why;
};

struct StoredProofs {
  std::vector<StoredProof> read;
  std::vector<UnreadProof> unread;
};

// Of all that `state` has released, in the order of their paths. Fails with kNotFound where nothing is released.
Outcome<StoredProofs> ProofsOf(const Context& context, const std::string& repository, const RepositoryState& state);

// Puts `proof` in the place of the one that there was, once it satisfies `demands`; one act at a time has a repository.
Done ReplaceProof(const Context& context, const std::string& repository, const release::ProofDemands& demands,
                  const StoredProof& stored, const std::string& proof);

// The proof of what `state` has released, as a device checks it. Fails with kNotFound where the repository has none;
// where the verdict is unfavourable, in words of the notary's.
Outcome<release::VerifiedReleaseProof> VerifyPublishedProof(const Context& context, const std::string& repository,
                                                            const RepositoryState& state,
                                                            const release::ProofDemands& demands);

}  // namespace edgekeep::author
