// CallStatistics: how many calls were answered, how, and how long they took.
#pragma once
#include <array>
#include <atomic>
#include <optional>

#include "edgekeep/base/error.h"
#include "edgekeep/gate/statistics.h"

namespace edgekeep::cell {

// Counted by one thread, read by any at any time: each number is right, those of one reading may be a call apart.
// Nothing here waits or allocates: counting is a few stores.
using Count = std::atomic<std::uint64_t>;

class CallStatistics {
 public:
  // A call was answered with outputs (`refusal` none), or refused.
  void Note(std::optional<ErrorCode> refusal, std::uint64_t microseconds) noexcept;
  // A call nobody waited for was not computed.
  void NoteGivenUp() noexcept;

  gate::CallCounts Read() const noexcept;

 private:
  Count answered_ = 0;
  Count refused_ = 0;
  Count failed_ = 0;
  Count given_up_ = 0;
  Count microseconds_ = 0;
};

// How long answered calls took.
class LatencyHistogram {
 public:
  void Note(std::uint64_t microseconds) noexcept;
  gate::Latencies Read() const noexcept;

 private:
  std::array<Count, gate::kLatencyBuckets> calls_{};
};

}  // namespace edgekeep::cell
