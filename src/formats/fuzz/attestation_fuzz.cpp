#include "edgekeep/formats/appraisal_policy.h"
#include "edgekeep/formats/attestation.h"
#include "edgekeep/formats/enrolment.h"
#include "round_trip.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace edgekeep;
  using namespace edgekeep::formats;
  const ByteView input(data, size);
  CheckRoundTrip(input, DecodeEvidence, EncodeEvidence);
  CheckRoundTrip(input, DecodeMeasuredEvent, EncodeMeasuredEvent);
  CheckRoundTrip(input, DecodeChallenge, EncodeChallenge);
  CheckRoundTrip(input, DecodeAttestationKeys, EncodeAttestationKeys);
  CheckRoundTrip(input, DecodeActivation, EncodeActivation);
  CheckRoundTrip(input, DecodeEnrolment, EncodeEnrolment);
  CheckRoundTrip(input, DecodeAppraisalPolicy, EncodeAppraisalPolicy);
  return 0;
}
