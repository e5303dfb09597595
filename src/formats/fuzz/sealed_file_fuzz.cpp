#include <algorithm>

#include "edgekeep/formats/sealed_file.h"
#include "round_trip.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace edgekeep;
  using namespace edgekeep::formats;
  const ByteView input(data, size);
  CheckRoundTrip<Writer>(input.first(std::min(size, kPreambleSize)), DecodePreamble, EncodePreamble);
  CheckRoundTrip(input, DecodeSealedHeader, EncodeSealedHeader);
  CheckRoundTrip(input, DecodeSealRecord, EncodeSealRecord);
  return 0;
}
