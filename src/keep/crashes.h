// Crashes: how often cells of a product crashed, and when the next one may be started.
#pragma once
#include <cstdint>
#include <mutex>
#include <optional>

#include "edgekeep/base/ids.h"
#include "edgekeep/base/inline_vector.h"
#include "edgekeep/gate/admin.h"
#include "edgekeep/ports/cell_host.h"

namespace edgekeep::keep {

// At once after the first crash, then after 1, 2, 4 … at most 60 seconds; anew from the beginning when a cell was well
// for a minute. Times are seconds of a clock that nobody turns. Any number of threads.
class Crashes {
 public:
  static constexpr std::uint64_t kLongestDelay = 60;
  static constexpr std::uint64_t kWell = 60;

  struct Crash {
    UnixTime time;  // for people
    ports::CellEnd end;
  };

  // A cell that served since `started` crashed at `now`. Returns when the next one may be started.
  std::uint64_t Note(const ProductName& product, std::uint64_t started, std::uint64_t now, const Crash& crash);

  // None where none of the product crashed.
  std::optional<gate::CrashFacts> FactsOf(const ProductName& product, std::uint64_t now) const;

  // Fails with kBusy, and says for how long, while a cell of the product may not be started.
  Status CheckMayStart(const ProductName& product, std::uint64_t now) const;

 private:
  struct Crashed {
    ProductName product;
    std::uint32_t in_a_row = 0;
    std::uint64_t not_before = 0;
    std::uint32_t count = 0;
    Crash last;
  };

  static constexpr std::size_t kMost = 64;

  const Crashed* Find(const ProductName& product) const noexcept;
  Crashed& NoteOf(const ProductName& product);

  mutable std::mutex mutex_;
  InlineVector<Crashed, kMost> crashed_;
};

}  // namespace edgekeep::keep
