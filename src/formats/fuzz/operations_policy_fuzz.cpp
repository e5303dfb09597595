#include "edgekeep/formats/operations_policy.h"
#include "round_trip.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace edgekeep;
  using namespace edgekeep::formats;
  const ByteView input(data, size);
  CheckRoundTrip(input, DecodeOperationsPolicy, EncodeOperationsPolicy);
  if (DecodeOperationsPolicy(input) && !IsOperationsPolicy(input)) std::abort();
  return 0;
}
