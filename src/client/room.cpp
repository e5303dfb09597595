#include "room.h"

#include <array>
#include <cinttypes>
#include <cstdio>

#include "edgekeep/base/check.h"

namespace edgekeep::client {

gate::Failure TooLittleRoom(std::uint64_t needed) {
  if (needed == 0) return gate::FailureOf(Error(ErrorCode::kTooLarge, "inputs and outputs do not fit the ring"));
  std::array<char, 96> text{};
  const int length =
      std::snprintf(text.data(), text.size(),
                    "inputs and outputs take %" PRIu64 " bytes; open the model with more ring_bytes", needed);
  EK_CHECK(length > 0);
  return {.code = ErrorCode::kTooLarge, .where = InlineString<96>::Truncated(text.data())};
}

}  // namespace edgekeep::client
