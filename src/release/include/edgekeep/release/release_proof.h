// The check of a release proof (spec/release-proof.md): that a release is in a log, and that the notary found nothing
// against it there. A pure function: no clock, no files.
#pragma once
#include <optional>
#include <span>
#include <string_view>

#include "edgekeep/formats/release_proof.h"
#include "edgekeep/formats/trust_bundle.h"
#include "edgekeep/release/log/policy.h"

namespace edgekeep::release {

// Whom the reader of a proof believes, and what must be in it. All of it is configured; no proof brings it along.
struct ProofDemands {
  const log::Policy& log;                                      // which log, and which quorum of cosigners
  std::span<const formats::Holder> notaries;                   // one of them gave the verdict
  std::span<const std::uint8_t> required_classes;              // crypto::Class: the notary signs in each
  std::size_t min_independent_witnesses = 0;                   // beside the log policy's quorum
  std::span<const std::string_view> dependent_cosigners = {};  // names that are no independent witnesses: the notary's
  std::optional<UnixTime> not_after = {};                      // later cosignatures do not count
  // For development: a release counts by its entry alone. A verdict that is there is not looked at.
  bool danger_without_verdict = false;
};

// A release that is in the log under a favourable verdict. Only VerifyReleaseProof makes one.
class VerifiedReleaseProof {
 public:
  const formats::ContentDigest& release() const noexcept { return release_; }

  // When the log took the release's entry: the log's word.
  UnixTime logged_at() const noexcept { return logged_at_; }

  std::uint64_t index() const noexcept { return index_; }

  // False only where the demands said that none is needed.
  bool has_verdict() const noexcept { return num_approvals_ > 0; }

  // That the verdict counted, by their entries.
  std::size_t num_approvals() const noexcept { return num_approvals_; }

  // Its cosigned_at() is a quorum's word about time.
  const log::TrustedCheckpoint& checkpoint() const noexcept { return checkpoint_; }

  std::size_t num_independent_witnesses() const noexcept { return num_independent_; }

 private:
  friend class ReleaseProofCheck;
  formats::ContentDigest release_;
  UnixTime logged_at_;
  std::uint64_t index_ = 0;
  std::size_t num_approvals_ = 0;
  std::size_t num_independent_ = 0;
  log::TrustedCheckpoint checkpoint_;
};

// That `proof` is of the release whose entry has the content `release`, as ReleaseStatement gives it. The error's text
// says what is missing; beside those of decoding and of log::Policy::Verify:
//   kWrongProduct  another release's proof, or the verdict is about another entry, or another log's
//   kBadSignature  release or verdict is not in the log, or the notary did not sign in every required class
//   kUntrusted     no notary that is believed signed, or too few independent witnesses
//   kNotFound      no verdict
//   kForbidden     the verdict is unfavourable: ReadVerdict says why
//   kMalformed     the verdict does not follow what it judged
Result<VerifiedReleaseProof> VerifyReleaseProof(const crypto::Provider& provider, const ProofDemands& demands,
                                                ByteView proof, ByteView release);

// The verdict in `proof`, believed by nobody: for telling people what was found. Fails with kNotFound where there is
// none. Views borrow from `proof`.
Result<formats::Verdict> ReadVerdict(ByteView proof);

}  // namespace edgekeep::release
