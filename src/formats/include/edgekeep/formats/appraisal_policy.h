// The appraisal policy: what a verifier demands of evidence beyond that it is genuine (spec/attestation.md §7).
#pragma once
#include "edgekeep/formats/evidence.h"

namespace edgekeep::formats {

inline constexpr std::size_t kMaxAppraisalPolicySize = 64 * 1024;
inline constexpr std::uint64_t kMaxEvidenceAge = 7 * 24 * 3600;
inline constexpr std::size_t kMaxMeasuredRules = 32;
inline constexpr std::size_t kMaxReleaseRules = 256;
inline constexpr std::size_t kMaxQuarantined = 32;
inline constexpr std::size_t kMaxBootStates = 16;

// One file of one product that may be installed. A product that no rule names may have any.
struct ReleaseRule {
  std::string_view product;
  SealedFileId sealed_file;
};

// Chips of a maker whose firmware is in the range, both ends included.
struct QuarantinedChips {
  std::uint32_t manufacturer = 0;
  std::uint64_t first_firmware = 0;
  std::uint64_t last_firmware = 0;
};

// Large. Views borrow from what was decoded. An empty list demands nothing.
struct AppraisalPolicy {
  std::uint64_t max_age = 600;     // seconds from the challenge to the appraisal
  bool allow_development = false;  // a software anchor
  Isolation min_level = Isolation::kProcess;
  // Of each kind that a rule names, at least one event was measured, and all that were are among the rules: the same
  // text, or one that begins with it and "/"; and the digest, where the rule has one.
  InlineVector<MeasuredEvent, kMaxMeasuredRules> measured;
  InlineVector<PolicyClaim, kMaxPolicyClaims> policies;  // each claimed exactly so
  InlineVector<ReleaseRule, kMaxReleaseRules> releases;  // ascending
  InlineVector<QuarantinedChips, kMaxQuarantined> quarantined;
  InlineVector<Digest, kMaxBootStates> boot_states;  // ascending; none: the one of the enrolment
};

Result<AppraisalPolicy> DecodeAppraisalPolicy(ByteView bytes);
Status EncodeAppraisalPolicy(const AppraisalPolicy& policy, CborWriter& out);

}  // namespace edgekeep::formats
