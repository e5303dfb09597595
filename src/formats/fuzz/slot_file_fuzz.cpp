#include <algorithm>

#include "edgekeep/formats/slot_file.h"
#include "round_trip.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace edgekeep;
  using namespace edgekeep::formats;
  const ByteView input(data, size);
  CheckRoundTrip<Writer>(input.first(std::min(size, kPreambleSize)), DecodeSlotPreamble, EncodeSlotPreamble);
  CheckRoundTrip(input, DecodeSlotFileHeader, EncodeSlotFileHeader);
  return 0;
}
