// What the keep orders a cell that serves a model: sessions come and go, and how it fares (spec/gate.md §6).
#pragma once
#include <array>

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

// Latencies by powers of two: a call is counted in bucket i when it took less than 2^i microseconds and in no lower
// one; the last one has all the rest. From when the cell takes a call until its answer is there.
inline constexpr std::size_t kLatencyBuckets = 32;

// Answer to kReadStatistics. Calls are those of all sessions since the cell began to serve.
struct CellStatistics {
  std::uint64_t sessions = 0;                            // open now
  std::uint64_t answered = 0;                            // calls with outputs
  std::uint64_t refused = 0;                             // calls the model does not take: the application's mistake
  std::uint64_t failed = 0;                              // calls the engine or the cell failed
  std::uint64_t given_up = 0;                            // calls nobody waited for any more, not computed
  std::uint64_t model_bytes = 0;                         // plaintext of the model, in locked memory
  std::uint64_t tensor_bytes = 0;                        // in use by the engine now
  std::array<std::uint64_t, kLatencyBuckets> latency{};  // of the answered ones
};

Result<SessionOrder> DecodeSessionOrder(ByteView body);
Status EncodeSessionOrder(const SessionOrder& order, CborWriter& out);
Result<CellStatistics> DecodeCellStatistics(ByteView body);
Status EncodeCellStatistics(const CellStatistics& statistics, CborWriter& out);

}  // namespace edgekeep::gate
