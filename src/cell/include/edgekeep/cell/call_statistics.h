// CallStatistics: how many calls a cell answered, how, and how long each took.
#pragma once
#include <array>
#include <atomic>
#include <optional>

#include "edgekeep/base/error.h"
#include "edgekeep/gate/cell_sessions.h"

namespace edgekeep::cell {

// The bucket of spec/gate.md §6 that a call of so many microseconds is counted in.
std::size_t LatencyBucket(std::uint64_t microseconds) noexcept;

// Counted by one thread, read by any at any time: each number is right, those of one reading may be a call apart.
class CallStatistics {
 public:
  // A call was answered with outputs (`refusal` none), or refused.
  void Note(std::optional<ErrorCode> refusal, std::uint64_t microseconds) noexcept;
  // A call nobody waited for was not computed.
  void NoteGivenUp() noexcept;

  void Read(gate::CellStatistics& into) const noexcept;

 private:
  using Count = std::atomic<std::uint64_t>;

  Count answered_ = 0;
  Count refused_ = 0;
  Count failed_ = 0;
  Count given_up_ = 0;
  std::array<Count, gate::kLatencyBuckets> latency_{};
};

}  // namespace edgekeep::cell
