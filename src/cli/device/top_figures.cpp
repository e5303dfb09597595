#include "top_figures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string_view>
#include <thread>

namespace edgekeep::cli::device {
namespace {

using Latencies = std::array<std::uint64_t, EK_LATENCY_BUCKETS>;

constexpr int kTries = 10;
constexpr std::chrono::milliseconds kPause{200};

double Percentile(std::span<const std::uint64_t> latencies, std::uint64_t total, double part) {
  const double wanted = std::max(1.0, std::ceil(part * static_cast<double>(total)));
  double below = 0;
  for (std::size_t i = 0; i < latencies.size(); ++i) {
    const auto here = static_cast<double>(latencies[i]);
    const double begin = i == 0 ? 0 : static_cast<double>(ek_latency_bucket_end(i - 1));
    if (here > 0 && below + here >= wanted) {
      if (i + 1 == latencies.size()) return begin;
      return begin + (static_cast<double>(ek_latency_bucket_end(i)) - begin) * (wanted - below) / here;
    }
    below += here;
  }
  return static_cast<double>(ek_latency_bucket_end(latencies.size() - 2));
}

// A count that went back is another beginning's.
std::uint64_t Since(std::uint64_t now, std::uint64_t before) {
  return now >= before ? now - before : now;
}

const ek_cell_figures* FindBefore(const ek_cell_figures& cell, const Reading* before) {
  if (before == nullptr) return nullptr;
  const std::span cells(before->statistics->cells, before->statistics->num_cells);
  const auto found = std::ranges::find_if(cells, [&](const ek_cell_figures& other) {
    return std::string_view(other.product) == cell.product && other.version_sequence == cell.version_sequence &&
           other.is_read != 0 && other.seconds <= cell.seconds && other.calls.answered <= cell.calls.answered;
  });
  return found == cells.end() ? nullptr : &*found;
}

const ek_session_figures* FindBefore(const ek_session_figures& session, const Reading* before) {
  if (before == nullptr) return nullptr;
  const std::span sessions(before->statistics->sessions, before->statistics->num_sessions);
  const auto found = std::ranges::find(sessions, session.number, &ek_session_figures::number);
  return found == sessions.end() ? nullptr : &*found;
}

// What began between two readings had less time than lies between them, but no less than a moment.
double SpanOf(const Reading& now, const Reading* before, bool was_there, std::uint64_t age) {
  constexpr double kMoment = 0.001;
  const double whole = std::max(static_cast<double>(age), kMoment);
  if (before == nullptr) return std::max(whole, 1.0);
  const double between = std::chrono::duration<double>(now.at - before->at).count();
  return std::max(was_there ? between : std::min(between, std::max(whole, 1.0)), kMoment);
}

Recent RecentOf(const ek_call_counts& now, const ek_call_counts& before, double seconds) {
  const std::uint64_t answered = Since(now.answered, before.answered);
  Recent recent{.per_second = static_cast<double>(answered) / seconds, .latency = {}, .mean_us = {}};
  if (answered != 0) {
    recent.mean_us = static_cast<double>(Since(now.microseconds, before.microseconds)) / static_cast<double>(answered);
  }
  return recent;
}

Latencies LatenciesBetween(const ek_cell_figures& now, const ek_cell_figures* before) {
  Latencies between{};
  for (std::size_t i = 0; i < between.size(); ++i) {
    between[i] = Since(now.latencies[i], before == nullptr ? 0 : before->latencies[i]);
  }
  return between;
}

SessionRow RowOf(const ek_session_figures& session, const Reading& now, const Reading* before) {
  const ek_session_figures* const was = FindBefore(session, before);
  const double seconds = SpanOf(now, before, was != nullptr, session.seconds);
  return {&session, RecentOf(session.calls, was == nullptr ? ek_call_counts{} : was->calls, seconds)};
}

CellRow RowOf(const ek_cell_figures& cell, const Reading& now, const Reading* before) {
  const ek_cell_figures* const was = FindBefore(cell, before);
  const double seconds = SpanOf(now, before, was != nullptr, cell.seconds);
  CellRow row{&cell, RecentOf(cell.calls, was == nullptr ? ek_call_counts{} : was->calls, seconds), 0, {}};
  row.recent.latency = PercentilesOf(LatenciesBetween(cell, was));
  return row;
}

}  // namespace

Outcome<Reading> Read(const Session& session) {
  const auto client = session.OpenClient();
  if (!client) return client.error();
  const ek_statistics* statistics = nullptr;
  ek_error error;
  for (int tried = 1;; ++tried) {
    const ek_code code = ek_admin_statistics(client->get(), &statistics, &error);
    if (code == EK_OK) return Reading{StatisticsPointer(statistics), std::chrono::steady_clock::now()};
    if (code != EK_BUSY || tried == kTries) return session.Refusal(app::Error(error), "asking for the statistics");
    std::this_thread::sleep_for(kPause);
  }
}

std::optional<Percentiles> PercentilesOf(std::span<const std::uint64_t> latencies) {
  const std::uint64_t total = std::accumulate(latencies.begin(), latencies.end(), std::uint64_t{0});
  if (total == 0) return std::nullopt;
  return Percentiles{Percentile(latencies, total, 0.5), Percentile(latencies, total, 0.95),
                     Percentile(latencies, total, 0.99)};
}

std::vector<CellRow> RowsOf(const Reading& now, const Reading* before) {
  std::vector<CellRow> rows;
  for (const ek_cell_figures& cell : std::span(now.statistics->cells, now.statistics->num_cells)) {
    rows.push_back(RowOf(cell, now, before));
  }
  for (const ek_session_figures& session : std::span(now.statistics->sessions, now.statistics->num_sessions)) {
    CellRow& row = rows[session.cell];
    row.waiting += session.waiting;
    row.sessions.push_back(RowOf(session, now, before));
  }
  return rows;
}

}  // namespace edgekeep::cli::device
