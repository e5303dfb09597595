#include "counted_calls.h"

#include <chrono>

namespace edgekeep::cell {
namespace {

// The keep may be writing to its disk.
constexpr int kAnswerMs = 2'000;
// What is on its way would be lost; but a cell that ends has half a second.
constexpr int kLastAnswerMs = 200;

std::uint64_t NowMs() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(since).count());
}

}  // namespace

Status CountedCalls::Use() noexcept {
  if (bind_.exchange(false)) allowance_.Bind();
  if (!allowance_.bound()) return {};
  TakeAnswer(0);
  Draw();
  Status used = allowance_.Use();
  // A first answer may be of before the last Bind.
  for (int answers = 0; answers < 2 && !used && allowance_.awaits_answer(); ++answers) {
    TakeAnswer(kAnswerMs);
    if (allowance_.awaits_answer()) break;
    Draw();
    used = allowance_.Use();
  }
  return used;
}

void CountedCalls::Used(bool gave_outputs) noexcept {
  if (!gave_outputs) allowance_.Unuse();
  Draw();
}

void CountedCalls::Draw() noexcept {
  const std::optional<gate::CallDraw> draw = allowance_.WantsToDraw(NowMs());
  if (draw && !ledger_->Send(*draw)) allowance_.NoteNoAnswer(NowMs());
}

void CountedCalls::TakeAnswer(int timeout_ms) noexcept {
  if (!allowance_.awaits_answer()) return;
  const Result<gate::DrawnCalls> drawn = ledger_->AwaitDrawn(timeout_ms);
  if (drawn) return allowance_.TakeDrawn(*drawn, NowMs());
  if (drawn.error().code() != ErrorCode::kTimedOut) allowance_.NoteNoAnswer(NowMs());
}

void CountedCalls::End() noexcept {
  if (!allowance_.bound()) return;
  TakeAnswer(kLastAnswerMs);
  static_cast<void>(ledger_->Send(allowance_.LastDraw()).has_value());
}

}  // namespace edgekeep::cell
