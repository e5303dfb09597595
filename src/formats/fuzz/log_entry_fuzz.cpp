#include "edgekeep/formats/log_entry.h"
#include "round_trip.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace edgekeep;
  using namespace edgekeep::formats;
  const ByteView input(data, size);
  (void)KindOfLogContent(input);
  CheckRoundTrip(input, DecodeLogEntry, EncodeLogEntry);
  CheckRoundTrip(input, DecodeReleaseEntry, EncodeReleaseEntry);
  CheckRoundTrip(input, DecodeApproval, EncodeApproval);
  CheckRoundTrip(input, DecodeRejection, EncodeRejection);
  CheckRoundTrip(input, DecodeVerdict, EncodeVerdict);
  CheckRoundTrip(input, DecodeKeyCeremony, EncodeKeyCeremony);
  CheckRoundTrip(input, DecodePolicyChange, EncodePolicyChange);
  CheckRoundTrip(input, DecodeEpochChange, EncodeEpochChange);
  CheckRoundTrip(input, DecodeRetirement, EncodeRetirement);
  return 0;
}
