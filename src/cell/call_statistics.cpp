#include "edgekeep/cell/call_statistics.h"

namespace edgekeep::cell {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;

// One thread counts: no read-modify-write is needed.
void Add(Count& count, std::uint64_t number = 1) noexcept {
  count.store(count.load(kRelaxed) + number, kRelaxed);
}

// What the application gave is at fault, not the engine or the machine.
bool IsApplicationsMistake(ErrorCode code) noexcept {
  return code == ErrorCode::kBadTensor || code == ErrorCode::kTooLarge;
}

}  // namespace

void CallStatistics::Note(std::optional<ErrorCode> refusal, std::uint64_t microseconds) noexcept {
  if (refusal) return Add(IsApplicationsMistake(*refusal) ? refused_ : failed_);
  Add(answered_);
  Add(microseconds_, microseconds);
}

void CallStatistics::NoteGivenUp() noexcept {
  Add(given_up_);
}

gate::CallCounts CallStatistics::Read() const noexcept {
  return {.answered = answered_.load(kRelaxed),
          .refused = refused_.load(kRelaxed),
          .failed = failed_.load(kRelaxed),
          .given_up = given_up_.load(kRelaxed),
          .microseconds = microseconds_.load(kRelaxed)};
}

void LatencyHistogram::Note(std::uint64_t microseconds) noexcept {
  Add(calls_[gate::LatencyBucket(microseconds)]);
}

gate::Latencies LatencyHistogram::Read() const noexcept {
  gate::Latencies read{};
  for (std::size_t i = 0; i < read.size(); ++i) read[i] = calls_[i].load(kRelaxed);
  return read;
}

}  // namespace edgekeep::cell
