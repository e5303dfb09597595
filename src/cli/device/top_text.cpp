#include "top_text.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace edgekeep::cli::device {
namespace {

using Line = std::vector<std::string>;

template <typename... Values>
std::string Formatted(const char* format, Values... values) {
  std::array<char, 64> text{};
  const int size = std::snprintf(text.data(), text.size(), format, values...);
  return {text.data(), static_cast<std::size_t>(std::clamp(size, 0, static_cast<int>(text.size()) - 1))};
}

std::string TimeText(const std::optional<double>& microseconds) {
  if (!microseconds) return "-";
  if (*microseconds < 1000) return Formatted("%.0f us", *microseconds);
  if (*microseconds < 1'000'000) return Formatted("%.1f ms", *microseconds / 1000);
  return Formatted("%.2f s", *microseconds / 1'000'000);
}

std::string BytesText(std::uint64_t bytes) {
  constexpr double kMebi = 1024.0 * 1024.0;
  return Formatted("%.1f MiB", static_cast<double>(bytes) / kMebi);
}

std::string AgeText(std::uint64_t seconds) {
  constexpr std::uint64_t kHour = 3600;
  if (seconds < kHour) return Formatted("%llu:%02llu", seconds / 60ULL, seconds % 60ULL);
  return Formatted("%lluh%02llu", seconds / 1ULL / kHour, seconds / 60ULL % 60ULL);
}

std::uint64_t HeldBytes(const ek_cell_figures& cell) {
  return cell.model_bytes + cell.tensor_bytes + cell.ring_bytes;
}

std::optional<double> At(const std::optional<Percentiles>& latency, double Percentiles::* which) {
  return latency ? std::optional((*latency).*which) : std::nullopt;
}

Line HeadLine() {
  return {"PRODUCT", "VERSION", "STATE",    "AGE", "SESSIONS", "WAITING", "CALLS/S", "CALLS",
          "REFUSED", "FAILED",  "GIVEN UP", "P50", "P95",      "P99",     "MEMORY"};
}

Line LineOf(const CellRow& row) {
  const ek_cell_figures& cell = *row.now;
  const Recent& recent = row.recent;
  return {cell.product,
          cell.version,
          ek_cell_state_name(cell.state),
          AgeText(cell.seconds),
          std::to_string(row.sessions.size()),
          std::to_string(row.waiting),
          Formatted("%.1f", recent.per_second),
          std::to_string(cell.calls.answered),
          std::to_string(cell.calls.refused),
          std::to_string(cell.calls.failed),
          std::to_string(cell.calls.given_up),
          TimeText(At(recent.latency, &Percentiles::p50)),
          TimeText(At(recent.latency, &Percentiles::p95)),
          TimeText(At(recent.latency, &Percentiles::p99)),
          BytesText(HeldBytes(cell))};
}

// Of a session there is a mean only.
Line LineOf(const SessionRow& row) {
  const ek_session_figures& session = *row.now;
  return {"  session " + std::to_string(session.number),
          "",
          "user " + std::to_string(session.user),
          AgeText(session.seconds),
          "",
          std::to_string(session.waiting) + "/" + std::to_string(session.capacity),
          Formatted("%.1f", row.recent.per_second),
          std::to_string(session.calls.answered),
          std::to_string(session.calls.refused),
          std::to_string(session.calls.failed),
          std::to_string(session.calls.given_up),
          row.recent.mean_us ? "mean " + TimeText(row.recent.mean_us) : "-"};
}

// The first three columns are words.
std::string TableText(const std::vector<Line>& lines) {
  constexpr std::size_t kWords = 3;
  std::vector<std::size_t> widths;
  for (const Line& line : lines) {
    widths.resize(std::max(widths.size(), line.size()));
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
  }
  std::string text;
  for (const Line& line : lines) {
    std::string shown;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const std::string padding(widths[i] - line[i].size(), ' ');
      shown += (i == 0 ? "" : "  ") + (i < kWords ? line[i] + padding : padding + line[i]);
    }
    text += "\n" + shown.substr(0, shown.find_last_not_of(' ') + 1);
  }
  return text;
}

// What is not there to be seen in a row.
std::string ProductsText(const ek_statistics& statistics) {
  std::string text;
  for (const ek_product_figures& product : std::span(statistics.products, statistics.num_products)) {
    text += "\n" + std::string(product.product) + "  " + std::to_string(product.calls.answered) +
            " calls since the keep began, " + std::to_string(product.crashes) + " crashes";
    if (product.wait_seconds != 0) text += ", waits " + std::to_string(product.wait_seconds) + " s for its next cell";
  }
  return text;
}

json::Object CountsObject(const ek_call_counts& calls) {
  json::Object object;
  object.Set("answered", calls.answered).Set("refused", calls.refused).Set("failed", calls.failed);
  object.Set("given_up", calls.given_up).Set("microseconds", calls.microseconds);
  return object;
}

json::Value LatencyValue(const std::optional<Percentiles>& latency) {
  if (!latency) return {};
  json::Object object;
  object.Set("p50", latency->p50).Set("p95", latency->p95).Set("p99", latency->p99);
  return json::Value(std::move(object));
}

json::Object SessionObject(const SessionRow& row) {
  json::Object object;
  object.Set("session", row.now->number).Set("user", row.now->user).Set("seconds", row.now->seconds);
  object.Set("waiting", row.now->waiting).Set("capacity", row.now->capacity);
  object.Set("calls", CountsObject(row.now->calls)).Set("calls_per_second", row.recent.per_second);
  object.Set("mean_us", row.recent.mean_us ? json::Value(*row.recent.mean_us) : json::Value());
  return object;
}

json::Object MemoryObject(const ek_cell_figures& cell) {
  json::Object object;
  object.Set("model", cell.model_bytes).Set("tensors", cell.tensor_bytes).Set("rings", cell.ring_bytes);
  object.Set("peak_resident", cell.peak_bytes);
  return object;
}

json::Object CellObject(const CellRow& row) {
  const ek_cell_figures& cell = *row.now;
  json::Object object;
  object.Set("product", cell.product).Set("version", cell.version).Set("version_sequence", cell.version_sequence);
  object.Set("state", ek_cell_state_name(cell.state)).Set("seconds", cell.seconds).Set("threads", cell.threads);
  json::Array sessions;
  for (const SessionRow& session : row.sessions) sessions.emplace_back(SessionObject(session));
  object.Set("sessions", std::move(sessions)).Set("waiting", row.waiting);
  if (cell.is_read == 0) return object;
  object.Set("calls", CountsObject(cell.calls)).Set("calls_per_second", row.recent.per_second);
  object.Set("latency_us", LatencyValue(row.recent.latency)).Set("memory_bytes", MemoryObject(cell));
  return object;
}

json::Object ProductObject(const ek_product_figures& product) {
  json::Object object;
  object.Set("product", product.product).Set("calls", CountsObject(product.calls));
  object.Set("crashes", product.crashes).Set("wait_seconds", product.wait_seconds);
  return object;
}

}  // namespace

std::string TopText(const Reading& now, const Reading* before) {
  const ek_statistics& statistics = *now.statistics;
  std::string text = "keep up " + AgeText(statistics.seconds) + ", " + std::to_string(statistics.num_cells) +
                     " cells, " + std::to_string(statistics.num_sessions) + " sessions" +
                     (before == nullptr ? ", rates and latencies since each began" : "");
  if (statistics.num_products == 0) return text + "\nnothing was opened since the keep began";
  std::vector<Line> lines{HeadLine()};
  for (const CellRow& row : RowsOf(now, before)) {
    lines.push_back(LineOf(row));
    for (const SessionRow& session : row.sessions) lines.push_back(LineOf(session));
  }
  return text + (lines.size() > 1 ? TableText(lines) : "") + ProductsText(statistics);
}

json::Object TopObject(const Reading& now, const Reading* before) {
  json::Array cells;
  for (const CellRow& row : RowsOf(now, before)) cells.emplace_back(CellObject(row));
  json::Array products;
  for (const ek_product_figures& product : std::span(now.statistics->products, now.statistics->num_products)) {
    products.emplace_back(ProductObject(product));
  }
  json::Object object;
  object.Set("seconds", now.statistics->seconds);
  object.Set("interval", before == nullptr ? json::Value()
                                           : json::Value(std::chrono::duration<double>(now.at - before->at).count()));
  object.Set("cells", std::move(cells)).Set("products", std::move(products));
  return object;
}

}  // namespace edgekeep::cli::device
