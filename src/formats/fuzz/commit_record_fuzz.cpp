#include "edgekeep/formats/commit_record.h"
#include "edgekeep/formats/stored_values.h"
#include "round_trip.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace edgekeep;
  using namespace edgekeep::formats;
  const ByteView input(data, size);
  CheckRoundTrip(input, DecodeCommitRecord, EncodeCommitRecord);
  CheckRoundTrip(input, DecodeStoredValues, EncodeStoredValues);
  return 0;
}
