// What every decoder is fuzzed for: whatever it accepts encodes again to the very bytes that came in.
#pragma once
#include <cstdlib>

#include "../tests/codecs.h"

namespace edgekeep::formats {

template <typename Out = CborWriter, typename Decode, typename Encode>
void CheckRoundTrip(ByteView input, Decode decode, Encode encode) {
  const auto again = Reencoded<Out>(input, decode, encode);
  if (again && !Equal(*again, input)) std::abort();
}

}  // namespace edgekeep::formats
