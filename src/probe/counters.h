// Several canaries counted over one stream.
#pragma once
#include <span>
#include <vector>

#include "edgekeep/probe/canary.h"

namespace edgekeep::probe {

class Counters {
 public:
  explicit Counters(std::span<const Canary> canaries) {
    for (const Canary& canary : canaries) counters_.emplace_back(canary);
  }

  void Feed(ByteView piece) {
    for (CanaryCounter& counter : counters_) counter.Feed(piece);
  }

  void Break() {
    for (CanaryCounter& counter : counters_) counter.Break();
  }

  std::uint64_t total() const {
    std::uint64_t total = 0;
    for (const CanaryCounter& counter : counters_) total += counter.count();
    return total;
  }

 private:
  std::vector<CanaryCounter> counters_;
};

}  // namespace edgekeep::probe
