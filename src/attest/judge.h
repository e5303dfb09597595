// Judge: what the checks look at.
#pragma once
#include "edgekeep/attest/appraisal.h"
#include "edgekeep/attest/tpm_statement.h"

namespace edgekeep::attest {

struct Judge {
  const crypto::Provider& provider;
  const AppraisalInput& input;
  Appraisal& appraisal;
  Digest binding;  // of the claims

  // Of its kind, and signed by the chip that was enrolled.
  struct Statements {
    Result<TpmStatement> quote, identity, counter;
  };

  std::optional<Statements> chip;  // where the evidence has a chip's

  const formats::Evidence& claims() const noexcept { return appraisal.claims_; }

  formats::Evidence& claims_for_decoding() noexcept { return appraisal.claims_; }

  void Note(Check check, const Status& outcome) {
    EK_CHECK(appraisal.checks_.PushBack(
        {check, true, outcome ? std::optional<Error>() : std::optional<Error>(outcome.error())}));
  }

  void NoteNotApplicable(Check check) { EK_CHECK(appraisal.checks_.PushBack({check, false, std::nullopt})); }
};

// Appraise, for the challenge of an enrolment as well.
Result<std::unique_ptr<Appraisal>> JudgeEvidence(const crypto::Provider& provider, const AppraisalInput& input);

// Of the chip: quote, binding, identity, counter, PCRs, events, boot state, clock, chip, quarantine.
void JudgeChip(Judge& judge);

// By the policy: level, measured, policies, releases.
Status CheckLevel(const Judge& judge);
Status CheckMeasured(const Judge& judge);
Status CheckPolicies(const Judge& judge);
Status CheckReleases(const Judge& judge);

}  // namespace edgekeep::attest
