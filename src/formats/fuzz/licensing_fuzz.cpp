#include "edgekeep/formats/grant.h"
#include "edgekeep/formats/licence.h"
#include "edgekeep/formats/licence_report.h"
#include "round_trip.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace edgekeep;
  using namespace edgekeep::formats;
  const ByteView input(data, size);
  CheckRoundTrip(input, DecodeGrant, EncodeGrant);
  CheckRoundTrip(input, DecodeLicence, EncodeLicence);
  CheckRoundTrip(input, DecodeLicenceReport, EncodeLicenceReport);
  return 0;
}
