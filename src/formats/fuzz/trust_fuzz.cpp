#include "edgekeep/formats/device_request.h"
#include "edgekeep/formats/trust_bundle.h"
#include "round_trip.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace edgekeep;
  using namespace edgekeep::formats;
  const ByteView input(data, size);
  CheckRoundTrip(input, DecodeTrustBundle, EncodeTrustBundle);
  CheckRoundTrip(input, DecodeDeviceRequest, EncodeDeviceRequest);
  return 0;
}
