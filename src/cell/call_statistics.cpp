#include "edgekeep/cell/call_statistics.h"

#include <algorithm>
#include <bit>

namespace edgekeep::cell {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;

// One thread counts: no read-modify-write is needed.
void Increment(std::atomic<std::uint64_t>& count) noexcept {
  count.store(count.load(kRelaxed) + 1, kRelaxed);
}

// What the application gave is at fault, not the engine or the machine.
bool IsApplicationsMistake(ErrorCode code) noexcept {
  return code == ErrorCode::kBadTensor || code == ErrorCode::kTooLarge;
}

}  // namespace

std::size_t LatencyBucket(std::uint64_t microseconds) noexcept {
  return std::min(static_cast<std::size_t>(std::bit_width(microseconds)), gate::kLatencyBuckets - 1);
}

void CallStatistics::Note(std::optional<ErrorCode> refusal, std::uint64_t microseconds) noexcept {
  if (refusal) return Increment(IsApplicationsMistake(*refusal) ? refused_ : failed_);
  Increment(latency_[LatencyBucket(microseconds)]);
  Increment(answered_);
}

void CallStatistics::NoteGivenUp() noexcept {
  Increment(given_up_);
}

void CallStatistics::Read(gate::CellStatistics& into) const noexcept {
  into.answered = answered_.load(kRelaxed);
  into.refused = refused_.load(kRelaxed);
  into.failed = failed_.load(kRelaxed);
  into.given_up = given_up_.load(kRelaxed);
  for (std::size_t i = 0; i < latency_.size(); ++i) into.latency[i] = latency_[i].load(kRelaxed);
}

}  // namespace edgekeep::cell
