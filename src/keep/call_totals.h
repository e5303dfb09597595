// CallTotals: how calls of each product went since the keep began, over all its cells.
#pragma once
#include <mutex>

#include "edgekeep/base/inline_vector.h"
#include "edgekeep/gate/statistics.h"
#include "edgekeep/ports/store.h"

namespace edgekeep::keep {

// Numbers as cells say them. One that was broken into can make its own product's numbers larger, never smaller, and
// touches no other's. Any number of threads.
class CallTotals {
 public:
  struct Sum {
    gate::CallCounts calls;
    gate::LatencyOctaves latencies{};
  };

  // What one cell has said so far, kept by whoever hears it.
  using Heard = Sum;

  // From now on the product is one of Products.
  void Know(const ProductName& product) noexcept;
  // A cell of the product says how it stands since it began.
  void Take(const ProductName& product, const gate::CellReading& reading, Heard& heard) noexcept;

  InlineVector<ProductName, ports::kMaxStoredProducts> Products() const noexcept;
  Sum Of(const ProductName& product) const noexcept;

 private:
  struct Entry {
    ProductName product;
    Sum sum;
  };

  const Entry* Find(const ProductName& product) const noexcept;
  Entry& EntryOf(const ProductName& product) noexcept;

  mutable std::mutex mutex_;
  InlineVector<Entry, ports::kMaxStoredProducts> entries_;
};

}  // namespace edgekeep::keep
