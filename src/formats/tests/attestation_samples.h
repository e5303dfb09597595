// Samples of what attestation consists of, and their fields for the vectors: under the numbers of their keys.
#pragma once
#include "described.h"
#include "edgekeep/formats/appraisal_policy.h"
#include "edgekeep/formats/attestation.h"
#include "edgekeep/formats/enrolment.h"
#include "edgekeep/formats/sign1.h"
#include "samples.h"

namespace edgekeep::formats {

Evidence SampleEvidence();  // of a chip, with every field
AppraisalPolicy SampleAppraisalPolicy();
Enrolment SampleEnrolment();

std::vector<ObjectKind> AttestationObjects();

Json Describe(const Evidence& evidence);
Json Describe(const MeasuredEvent& event);
Json Describe(const Challenge& challenge);
Json Describe(const AttestationKeys& keys);
Json Describe(const Activation& activation);
Json Describe(const Enrolment& enrolment);
Json Describe(const AppraisalPolicy& policy);

}  // namespace edgekeep::formats
