#include "statistics.h"

#include <algorithm>
#include <utility>

namespace edgekeep::client {
namespace {

static_assert(EK_LATENCY_BUCKETS == gate::kLatencyBuckets && EK_LATENCY_OCTAVES == gate::kLatencyOctaves);

const gate::CellReading kNothingRead;

ek_call_counts CountsOf(const gate::CallCounts& counts) noexcept {
  return {counts.answered, counts.refused, counts.failed, counts.given_up, counts.microseconds};
}

ek_cell_figures ViewOf(const gate::CellFigures& cell) noexcept {
  const gate::CellReading& reading = cell.reading ? *cell.reading : kNothingRead;
  return {.product = cell.product.c_str(),
          .version = cell.version.display.c_str(),
          .version_sequence = cell.version.sequence.value,
          .state = std::to_underlying(cell.state),
          .threads = cell.threads,
          .seconds = cell.seconds,
          .is_read = cell.reading ? 1U : 0U,
          .calls = CountsOf(reading.calls),
          .latencies = reading.latencies.data(),
          .model_bytes = reading.model_bytes,
          .tensor_bytes = reading.tensor_bytes,
          .ring_bytes = reading.ring_bytes,
          .peak_bytes = reading.peak_bytes};
}

ek_session_figures ViewOf(const gate::SessionFigures& session) noexcept {
  return {.cell = session.cell,
          .number = session.reading.number,
          .user = session.user,
          .waiting = session.reading.waiting,
          .capacity = session.reading.capacity,
          .seconds = session.seconds,
          .calls = CountsOf(session.reading.calls)};
}

ek_product_figures ViewOf(const gate::ProductFigures& product) noexcept {
  const gate::CrashFacts crashes = product.crashes.value_or(gate::CrashFacts());
  return {.product = product.product.c_str(),
          .calls = CountsOf(product.calls),
          .octaves = product.latencies.data(),
          .crashes = crashes.count,
          .wait_seconds = crashes.wait_seconds};
}

}  // namespace

Statistics::Statistics(const gate::StatisticsAnswer& answer) noexcept : ek_statistics{}, answer_(answer) {
  const auto view = [](const auto& item) { return ViewOf(item); };
  std::ranges::transform(answer_.cells, cells_.begin(), view);
  std::ranges::transform(answer_.sessions, sessions_.begin(), view);
  std::ranges::transform(answer_.products, products_.begin(), view);
  seconds = answer_.seconds;
  num_cells = answer_.cells.size();
  cells = cells_.data();
  num_sessions = answer_.sessions.size();
  sessions = sessions_.data();
  num_products = answer_.products.size();
  products = products_.data();
}

}  // namespace edgekeep::client
