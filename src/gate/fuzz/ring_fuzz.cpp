// Any bytes as a call in the ring: refused, or tensors inside the ring. The first eight bytes are the ring's size.
#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "edgekeep/gate/ring.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace edgekeep::gate;
  std::uint64_t data_size = 0;
  if (size < sizeof data_size) return 0;
  std::memcpy(&data_size, data, sizeof data_size);
  data_size %= kMaxRingBytes + 1;
  static RingCall call;
  call = {};
  std::memcpy(&call, data + sizeof data_size, std::min(size - sizeof data_size, sizeof call));
  const auto places = TakeCall(call, data_size);
  if (!places) return 0;
  for (const TensorPlace& place : *places) {
    if (place.offset > data_size || place.size > data_size - place.offset) std::abort();
  }
  return 0;
}
