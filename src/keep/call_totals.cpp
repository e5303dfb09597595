#include "call_totals.h"

#include <algorithm>
#include <limits>

namespace edgekeep::keep {
namespace {

// Adds what is more than before, without a wrap.
void Advance(std::uint64_t said, std::uint64_t& heard, std::uint64_t& sum) noexcept {
  if (said <= heard) return;
  sum += std::min(said - heard, std::numeric_limits<std::uint64_t>::max() - sum);
  heard = said;
}

constexpr std::uint64_t gate::CallCounts::* kCounts[] = {&gate::CallCounts::answered, &gate::CallCounts::refused,
                                                         &gate::CallCounts::failed, &gate::CallCounts::given_up,
                                                         &gate::CallCounts::microseconds};

}  // namespace

const CallTotals::Entry* CallTotals::Find(const ProductName& product) const noexcept {
  const auto found = std::ranges::find(entries_, product, &Entry::product);
  return found == entries_.end() ? nullptr : found;
}

// A store holds no more products than there is room for; beyond, the last place is shared.
CallTotals::Entry& CallTotals::EntryOf(const ProductName& product) noexcept {
  const auto found = std::ranges::find(entries_, product, &Entry::product);
  if (found != entries_.end()) return *found;
  if (!entries_.PushBack({.product = product, .sum = {}})) entries_[entries_.size() - 1] = {.product = product};
  return entries_[entries_.size() - 1];
}

void CallTotals::Know(const ProductName& product) noexcept {
  const std::lock_guard lock(mutex_);
  EntryOf(product);
}

void CallTotals::Take(const ProductName& product, const gate::CellReading& reading, Heard& heard) noexcept {
  const gate::LatencyOctaves latencies = gate::OctavesOf(reading.latencies);
  const std::lock_guard lock(mutex_);
  Sum& sum = EntryOf(product).sum;
  for (const auto count : kCounts) Advance(reading.calls.*count, heard.calls.*count, sum.calls.*count);
  for (std::size_t i = 0; i < latencies.size(); ++i) Advance(latencies[i], heard.latencies[i], sum.latencies[i]);
}

InlineVector<ProductName, ports::kMaxStoredProducts> CallTotals::Products() const noexcept {
  const std::lock_guard lock(mutex_);
  InlineVector<ProductName, ports::kMaxStoredProducts> products;
  for (const Entry& entry : entries_) EK_CHECK(products.PushBack(entry.product));
  return products;
}

CallTotals::Sum CallTotals::Of(const ProductName& product) const noexcept {
  const std::lock_guard lock(mutex_);
  const Entry* const entry = Find(product);
  return entry == nullptr ? Sum() : entry->sum;
}

}  // namespace edgekeep::keep
