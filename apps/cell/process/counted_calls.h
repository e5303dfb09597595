// CountedCalls: a cell's calls, drawn from the keep where the licence bounds them.
#pragma once
#include <atomic>

#include "edgekeep/cell/call_allowance.h"
#include "ledger.h"

namespace edgekeep::cell {

// One thread, but for Bind.
class CountedCalls {
 public:
  // The ledger outlives it.
  explicit CountedCalls(Ledger& ledger) noexcept : ledger_(&ledger) {}

  // Any thread: no call that begins after this is answered without having been drawn.
  void Bind() noexcept { bind_.store(true); }

  // Before a call is computed: fails with why it is not. Waits for the keep only where nothing is left.
  Status Use() noexcept;
  // After it: one that was refused before there were outputs does not count.
  void Used(bool gave_outputs) noexcept;

  // No further call will be answered: what is left goes back.
  void End() noexcept;

 private:
  void Draw() noexcept;
  void TakeAnswer(int timeout_ms) noexcept;

  Ledger* ledger_;
  CallAllowance allowance_;
  std::atomic<bool> bind_ = false;
};

}  // namespace edgekeep::cell
