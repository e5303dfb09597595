// What `top` shows, worked out of two readings of a device's statistics.
#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "session.h"

namespace edgekeep::cli::device {

struct FreeStatistics {
  void operator()(const ek_statistics* statistics) const noexcept { ek_statistics_free(statistics); }
};

using StatisticsPointer = std::unique_ptr<const ek_statistics, FreeStatistics>;

// What a device said, and when.
struct Reading {
  StatisticsPointer statistics;
  std::chrono::steady_clock::time_point at;
};

// While another one is reading a device, waits for its turn.
Outcome<Reading> Read(const Session& session);

// In microseconds; of a bucket's calls it is taken that they lie evenly in it.
struct Percentiles {
  double p50 = 0;
  double p95 = 0;
  double p99 = 0;
};

// `latencies` as a cell counts them, EK_LATENCY_BUCKETS of them. None without a call.
std::optional<Percentiles> PercentilesOf(std::span<const std::uint64_t> latencies);

// Calls of a span of time: since the reading before, or since their beginning.
struct Recent {
  double per_second = 0;
  std::optional<Percentiles> latency;
  std::optional<double> mean_us;
};

struct SessionRow {
  const ek_session_figures* now = nullptr;
  Recent recent;
};

struct CellRow {
  const ek_cell_figures* now = nullptr;
  Recent recent;
  std::uint32_t waiting = 0;
  std::vector<SessionRow> sessions;
};

// Points into `now`.
std::vector<CellRow> RowsOf(const Reading& now, const Reading* before);

}  // namespace edgekeep::cli::device
