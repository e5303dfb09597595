#include "edgekeep/formats/product_policy.h"
#include "round_trip.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace edgekeep;
  using namespace edgekeep::formats;
  const ByteView input(data, size);
  CheckRoundTrip(input, [](ByteView bytes) { return DecodeProductPolicy(bytes); }, EncodeProductPolicy);
  return 0;
}
