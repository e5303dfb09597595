#include "crashes.h"

#include <algorithm>

namespace edgekeep::keep {
namespace {

std::uint64_t DelayAfter(std::uint32_t crashes) {
  constexpr std::uint32_t kLongestShift = 6;
  if (crashes < 2) return 0;
  return std::min(std::uint64_t{1} << std::min(crashes - 2, kLongestShift), Crashes::kLongestDelay);
}

// An error's text is never made of numbers.
Error WaitFor(std::uint64_t seconds) {
  if (seconds <= 1) return Error(ErrorCode::kBusy, "the model's cell crashed: try again in a second");
  if (seconds <= 4) return Error(ErrorCode::kBusy, "the model's cell crashed: try again in 4 seconds");
  if (seconds <= 16) return Error(ErrorCode::kBusy, "the model's cell crashed: try again in 16 seconds");
  return Error(ErrorCode::kBusy, "the model's cell crashed again and again: try again in a minute");
}

gate::CrashMemory MemoryOf(const ports::CellEnd& end) {
  if (end.wiped) return gate::CrashMemory::kWiped;
  return end.signal != 0 ? gate::CrashMemory::kLeftToKernel : gate::CrashMemory::kUnknown;
}

}  // namespace

const Crashes::Crashed* Crashes::Find(const ProductName& product) const noexcept {
  const auto found = std::ranges::find(crashed_, product, &Crashed::product);
  return found == crashed_.end() ? nullptr : found;
}

// Beyond as many products as a store holds, the last place is shared.
Crashes::Crashed& Crashes::NoteOf(const ProductName& product) {
  const auto found = std::ranges::find(crashed_, product, &Crashed::product);
  if (found != crashed_.end()) return *found;
  if (!crashed_.PushBack({.product = product})) crashed_[crashed_.size() - 1] = {.product = product};
  return crashed_[crashed_.size() - 1];
}

std::uint64_t Crashes::Note(const ProductName& product, std::uint64_t started, std::uint64_t now, const Crash& crash) {
  const std::lock_guard lock(mutex_);
  Crashed& crashed = NoteOf(product);
  if (now - std::min(started, now) >= kWell) crashed.in_a_row = 0;
  crashed.not_before = now + DelayAfter(++crashed.in_a_row);
  ++crashed.count;
  crashed.last = crash;
  return crashed.not_before;
}

std::optional<gate::CrashFacts> Crashes::FactsOf(const ProductName& product, std::uint64_t now) const {
  const std::lock_guard lock(mutex_);
  const Crashed* const crashed = Find(product);
  if (crashed == nullptr) return std::nullopt;
  const ports::CellEnd& end = crashed->last.end;
  return gate::CrashFacts{
      .count = crashed->count,
      .last = crashed->last.time,
      .signal = static_cast<std::uint8_t>(end.signal),
      .memory = MemoryOf(end),
      .wait_seconds = static_cast<std::uint32_t>(crashed->not_before - std::min(now, crashed->not_before))};
}

Status Crashes::CheckMayStart(const ProductName& product, std::uint64_t now) const {
  const std::lock_guard lock(mutex_);
  const Crashed* const crashed = Find(product);
  if (crashed == nullptr || now >= crashed->not_before) return {};
  return WaitFor(crashed->not_before - now);
}

}  // namespace edgekeep::keep
