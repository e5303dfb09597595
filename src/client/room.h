// What a caller is told when inputs and outputs find no room in the ring.
#pragma once
#include "answer.h"

namespace edgekeep::client {

// `needed`: bytes of room one call takes, 0 where nobody said. It may be a cell's word: it goes into a text for people
// and nowhere else.
gate::Failure TooLittleRoom(std::uint64_t needed);

}  // namespace edgekeep::client
