#include "edgekeep/formats/retirement.h"
#include "edgekeep/formats/trust_policy.h"
#include "round_trip.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace edgekeep;
  using namespace edgekeep::formats;
  const ByteView input(data, size);
  CheckRoundTrip(input, DecodeTrustPolicy, EncodeTrustPolicy);
  CheckRoundTrip(input, DecodeTimeRepair, EncodeTimeRepair);
  CheckRoundTrip(input, DecodeOrder, EncodeOrder);
  CheckRoundTrip(input, DecodeOrderAuthority, EncodeOrderAuthority);
  CheckRoundTrip(input, DecodeRetirementCertificate, EncodeRetirementCertificate);
  return 0;
}
