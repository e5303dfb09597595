// What the keep orders a cell that serves a model: sessions come and go (spec/gate.md §6).
#pragma once
#include <cstdint>

#include "edgekeep/base/cbor_writer.h"
#include "edgekeep/base/result.h"

namespace edgekeep::gate {

// Sessions of one cell at a time.
inline constexpr std::size_t kMaxSessionsOfCell = 96;

// The keep's name for one session; never 0, and used once in a cell's life.
using SessionNumber = std::uint64_t;

// kAddSession: descriptors ring memory and session socket. kEndSession: answered when the cell has let go of the ring;
// what its counters say then is where the session stands. Both answer with an empty body.
struct SessionOrder {
  SessionNumber session = 0;
};

Result<SessionOrder> DecodeSessionOrder(ByteView body);
Status EncodeSessionOrder(const SessionOrder& order, CborWriter& out);

}  // namespace edgekeep::gate
