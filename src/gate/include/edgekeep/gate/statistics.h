// How calls, cells and sessions fare: numbers and nothing else (spec/gate.md §6, §11).
#pragma once
#include <array>
#include <bit>
#include <optional>

#include "edgekeep/gate/admin.h"
#include "edgekeep/gate/cell_sessions.h"

namespace edgekeep::gate {

// Calls since a beginning that the holder names.
struct CallCounts {
  std::uint64_t answered = 0;      // with outputs
  std::uint64_t refused = 0;       // the model does not take them: the application's mistake
  std::uint64_t failed = 0;        // by the engine or the cell, or out of bounds
  std::uint64_t given_up = 0;      // nobody waited for them any more: not computed
  std::uint64_t microseconds = 0;  // that the answered ones took together

  bool operator==(const CallCounts&) const = default;
};

// Latencies log-linearly: each power of two of microseconds in eight equal parts, so that a bucket is at most an eighth
// of its beginning wide. A call takes from when its cell takes it to its answer.
inline constexpr std::size_t kLatencyBuckets = 192;
using Latencies = std::array<std::uint64_t, kLatencyBuckets>;

// The bucket that a call of so many microseconds is counted in; the last one has all longer ones.
constexpr std::size_t LatencyBucket(std::uint64_t microseconds) noexcept {
  if (microseconds < 8) return microseconds;
  const auto octave = static_cast<std::size_t>(std::bit_width(microseconds)) - 1;
  const std::size_t bucket = 8 * (octave - 2) + ((microseconds >> (octave - 3)) & 7);
  return bucket < kLatencyBuckets ? bucket : kLatencyBuckets - 1;
}

// The first microsecond that is in no bucket up to `bucket`; not of the last one.
constexpr std::uint64_t LatencyBucketEnd(std::size_t bucket) noexcept {
  if (bucket < 8) return bucket + 1;
  return std::uint64_t{8 + bucket % 8 + 1} << (bucket / 8 - 1);
}

// The same by powers of two, for what is kept long: entry i has the calls of less than 2^i microseconds and no less
// than half of that, the last one all longer ones.
inline constexpr std::size_t kLatencyOctaves = 27;
using LatencyOctaves = std::array<std::uint64_t, kLatencyOctaves>;

LatencyOctaves OctavesOf(const Latencies& latencies) noexcept;

// One cell since it began to serve, all its sessions together.
struct CellReading {
  CallCounts calls;
  Latencies latencies{};
  std::uint64_t model_bytes = 0;   // plaintext of the model, in locked memory
  std::uint64_t tensor_bytes = 0;  // in use by the engine now
  std::uint64_t ring_bytes = 0;    // of its sessions' rings, shared with them
  std::uint64_t peak_bytes = 0;    // the most memory its process ever had resident
};

struct SessionReading {
  SessionNumber number = 0;
  CallCounts calls;            // since this cell has the session
  std::uint32_t waiting = 0;   // submitted and not begun, now
  std::uint32_t capacity = 0;  // that may be under way at a time
};

// Answer to kReadStatistics, and the body of kReportStatistics.
struct CellStatistics {
  CellReading cell;
  InlineVector<SessionReading, kMaxSessionsOfCell> sessions;
};

Result<CellStatistics> DecodeCellStatistics(ByteView body);
Status EncodeCellStatistics(const CellStatistics& statistics, CborWriter& out);
inline constexpr std::size_t kMaxCellStatisticsSize = 12288;

enum class CellState : std::uint8_t {
  kStarting = 1,
  kServing = 2,
  kLingering = 3,  // without sessions, as its product's policy has it
  kAwaiting = 4,   // the first session: started at boot
  kMoving = 5,     // its sessions go to another cell
  kLost = 6,       // it crashed, and its successor is not there yet
  kEnding = 7,
  kUnresponsive = 8,  // it did not answer when it was asked how it fares
};

struct CellFigures {
  ProductName product;
  Version version;
  CellState state = CellState::kStarting;
  std::uint64_t seconds = 0;  // since it began to serve
  std::uint32_t threads = 0;
  std::optional<CellReading> reading;  // absent: it is in no state to be asked, or did not answer
};

struct SessionFigures {
  std::uint8_t cell = 0;  // its place in the list of cells
  SessionReading reading;
  std::uint32_t user = 0;
  std::uint64_t seconds = 0;  // since it was opened
};

struct ProductFigures {
  ProductName product;
  CallCounts calls;  // of all its cells since the keep began
  LatencyOctaves latencies{};
  std::optional<CrashFacts> crashes;
};

inline constexpr std::size_t kMaxCells = 16;
inline constexpr std::size_t kMaxSessions = 128;

// kStatistics: body is empty. Products of which nothing was opened are not in it.
struct StatisticsAnswer {
  std::uint64_t seconds = 0;  // since the keep began
  InlineVector<CellFigures, kMaxCells> cells;
  InlineVector<SessionFigures, kMaxSessions> sessions;
  InlineVector<ProductFigures, kMaxProducts> products;
};

Result<StatisticsAnswer> DecodeStatisticsAnswer(ByteView body);
Status EncodeStatisticsAnswer(const StatisticsAnswer& answer, CborWriter& out);

}  // namespace edgekeep::gate
