#include "edgekeep/metrics/exposition.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <span>
#include <string_view>
#include <vector>

#include "family.h"

namespace edgekeep::metrics {
namespace {

// Latencies by powers of two from 64 µs to 17 s: shorter and longer ones are told from nothing that matters.
constexpr std::size_t kFirstBound = 6;
constexpr std::size_t kLastBound = 24;
constexpr double kMicro = 1e-6;

// What all cells of one product together hold and do.
struct Cells {
  std::map<std::string_view, std::uint64_t> by_state;
  std::uint64_t sessions = 0;
  std::uint64_t waiting = 0;
  std::uint64_t model_bytes = 0;
  std::uint64_t tensor_bytes = 0;
  std::uint64_t ring_bytes = 0;
  std::uint64_t peak_bytes = 0;  // of the largest
};

struct Product {
  const ek_product_status* status = nullptr;
  const ek_product_figures* figures = nullptr;  // null: not opened since the keep began
  Cells cells;
};

using Products = std::vector<Product>;

Product* Find(Products& products, std::string_view name) {
  const auto found = std::ranges::find(products, name, [](const Product& p) { return p.status->product; });
  return found == products.end() ? nullptr : &*found;
}

void AddCell(const ek_cell_figures& cell, Cells& to) {
  ++to.by_state[ek_cell_state_name(cell.state)];
  to.model_bytes += cell.model_bytes;
  to.tensor_bytes += cell.tensor_bytes;
  to.ring_bytes += cell.ring_bytes;
  to.peak_bytes = std::max(to.peak_bytes, cell.peak_bytes);
}

Products ProductsOf(const ek_status& status, const ek_statistics& statistics) {
  Products products;
  for (std::size_t i = 0; i < status.num_products; ++i)
    products.push_back({ek_status_product(&status, i), nullptr, {}});
  for (const ek_product_figures& figures : std::span(statistics.products, statistics.num_products)) {
    if (Product* const product = Find(products, figures.product)) product->figures = &figures;
  }
  for (const ek_cell_figures& cell : std::span(statistics.cells, statistics.num_cells)) {
    if (Product* const product = Find(products, cell.product)) AddCell(cell, product->cells);
  }
  for (const ek_session_figures& session : std::span(statistics.sessions, statistics.num_sessions)) {
    Product* const product = Find(products, statistics.cells[session.cell].product);
    if (product == nullptr) continue;
    ++product->cells.sessions;
    product->cells.waiting += session.waiting;
  }
  return products;
}

void AddCalls(const Products& products, std::string& text) {
  Family calls(text, "edgekeep_calls_total", "counter", "Calls since the keep began, by what became of them.");
  for (const Product& product : products) {
    const ek_call_counts counts = product.figures != nullptr ? product.figures->calls : ek_call_counts{};
    const auto add = [&](std::string_view result, std::uint64_t value) {
      calls.Add({{"product", product.status->product}, {"result", result}}, value);
    };
    add("answered", counts.answered);
    add("refused", counts.refused);
    add("failed", counts.failed);
    add("given_up", counts.given_up);
  }
}

void AddHistogram(const char* product, const ek_product_figures& figures, Family& to) {
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < EK_LATENCY_OCTAVES; ++i) {
    below += figures.octaves[i];
    if (i < kFirstBound || i > kLastBound) continue;
    const std::string bound = Family::NumberText(std::ldexp(1.0, static_cast<int>(i)) * kMicro);
    to.Add("_bucket", {{"product", product}, {"le", bound}}, std::to_string(below));
  }
  to.Add("_bucket", {{"product", product}, {"le", "+Inf"}}, std::to_string(below));
  to.Add("_sum", {{"product", product}}, Family::NumberText(static_cast<double>(figures.calls.microseconds) * kMicro));
  to.Add("_count", {{"product", product}}, std::to_string(below));
}

void AddLatencies(const Products& products, std::string& text) {
  Family durations(text, "edgekeep_call_duration_seconds", "histogram",
                   "From when a cell takes a call to its answer, of answered calls since the keep began.");
  for (const Product& product : products) {
    if (product.figures != nullptr) AddHistogram(product.status->product, *product.figures, durations);
  }
}

void AddCells(const Products& products, std::string& text) {
  Family cells(text, "edgekeep_cells", "gauge", "Cells there are now, by what they are at.");
  for (const Product& product : products) {
    for (const auto& [state, count] : product.cells.by_state) {
      cells.Add({{"product", product.status->product}, {"state", state}}, count);
    }
  }
  Family memory(text, "edgekeep_cell_memory_bytes", "gauge", "Memory that cells hold, by what for.");
  for (const Product& product : products) {
    const char* const name = product.status->product;
    memory.Add({{"product", name}, {"kind", "model"}}, product.cells.model_bytes);
    memory.Add({{"product", name}, {"kind", "tensors"}}, product.cells.tensor_bytes);
    memory.Add({{"product", name}, {"kind", "rings"}}, product.cells.ring_bytes);
  }
}

// One number for each product.
template <typename Value>
void AddGauge(const Products& products, std::string_view name, std::string_view help, Value value, std::string& text) {
  Family family(text, name, "gauge", help);
  for (const Product& product : products) family.Add({{"product", product.status->product}}, value(product));
}

void AddSessions(const Products& products, std::string& text) {
  const auto sessions = [](const Product& p) { return p.cells.sessions; };
  AddGauge(products, "edgekeep_sessions", "Open sessions.", sessions, text);
  const auto waiting = [](const Product& p) { return p.cells.waiting; };
  AddGauge(products, "edgekeep_calls_waiting", "Calls submitted and not begun.", waiting, text);
  const auto peak = [](const Product& p) { return p.cells.peak_bytes; };
  AddGauge(products, "edgekeep_cell_peak_resident_bytes",
           "The most memory that the process of a product's largest cell ever had resident.", peak, text);
}

void AddCrashes(const Products& products, std::string& text) {
  {
    Family crashes(text, "edgekeep_cell_crashes_total", "counter",
                   "Cells that ended while they had sessions, since the keep began.");
    for (const Product& product : products) {
      crashes.Add({{"product", product.status->product}}, std::uint64_t{product.status->crashes});
    }
  }
  const auto wait = [](const Product& p) { return std::uint64_t{p.status->wait_seconds}; };
  AddGauge(products, "edgekeep_cell_start_wait_seconds", "For so long no cell is started, after crashes.", wait, text);
}

void AddLicences(const Products& products, std::uint64_t now, std::string& text) {
  const auto licensed = [](const Product& p) { return std::uint64_t{p.status->licensed}; };
  AddGauge(products, "edgekeep_licensed", "1 where a licence holds.", licensed, text);
  {
    Family left(text, "edgekeep_licence_seconds_left", "gauge",
                "Until the licence's end by this machine's clock; absent where it has none.");
    for (const Product& product : products) {
      if (product.status->licence_has_end == 0) continue;
      const std::uint64_t end = product.status->licence_expires;
      left.Add({{"product", product.status->product}}, end > now ? end - now : 0);
    }
  }
  Family calls(text, "edgekeep_licence_calls_left", "gauge",
               "That the licence's budget leaves; absent where it has none.");
  for (const Product& product : products) {
    if (product.status->has_calls_left == 0) continue;
    calls.Add({{"product", product.status->product}}, product.status->calls_left);
  }
}

void AddInfo(const Products& products, std::string& text) {
  Family info(text, "edgekeep_product_info", "gauge", "1 for each installed product, with its version.");
  for (const Product& product : products) {
    info.Add({{"product", product.status->product}, {"version", product.status->version}}, std::uint64_t{1});
  }
}

void AddUp(bool up, std::string& text) {
  Family(text, "edgekeep_up", "gauge", "1 where the keep answers.").Add({}, std::uint64_t{up ? 1U : 0U});
}

}  // namespace

std::string Exposition(const ek_status& status, const ek_statistics& statistics, std::uint64_t now) {
  const Products products = ProductsOf(status, statistics);
  std::string text;
  AddUp(true, text);
  Family(text, "edgekeep_keep_uptime_seconds", "gauge", "Since the keep began.").Add({}, statistics.seconds);
  AddInfo(products, text);
  AddLicences(products, now, text);
  AddSessions(products, text);
  AddCells(products, text);
  AddCrashes(products, text);
  AddCalls(products, text);
  AddLatencies(products, text);
  return text;
}

std::string ExpositionOfNobody() {
  std::string text;
  AddUp(false, text);
  return text;
}

}  // namespace edgekeep::metrics
