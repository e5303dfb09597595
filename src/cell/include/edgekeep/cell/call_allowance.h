// CallAllowance: the calls a cell may answer, where its licence bounds them.
#pragma once
#include <cstdint>
#include <optional>

#include "edgekeep/base/result.h"
#include "edgekeep/gate/ledger.h"

namespace edgekeep::cell {

// Decides, and does no I/O: whoever owns it sends what WantsToDraw returns and hands the answer to TakeDrawn. Half of
// what was drawn last is left when more is asked for, so that calls do not wait for the keep. Times are milliseconds of
// a clock that never goes back. One thread.
class CallAllowance {
 public:
  // Unbounded until Bind.
  CallAllowance() noexcept = default;

  // From now on calls must be drawn, and what was drawn before is given back: it was bounded otherwise.
  void Bind() noexcept;

  bool bound() const noexcept { return bound_; }

  // What to send to the keep now, once; none while an answer is awaited, enough is there, or asking is in vain.
  std::optional<gate::CallDraw> WantsToDraw(std::uint64_t now_ms) noexcept;

  bool awaits_answer() const noexcept { return awaits_; }

  void TakeDrawn(const gate::DrawnCalls& drawn, std::uint64_t now_ms) noexcept;
  // The keep does not answer, or not as it should.
  void NoteNoAnswer(std::uint64_t now_ms) noexcept;

  // Uses one call. Fails with why there is none; `where` stays empty. While an answer is awaited, that is kBusy.
  Status Use() noexcept;
  // The call that was used last was not answered after all.
  void Unuse() noexcept;

  // What to say last, when no further call will be answered.
  gate::CallDraw LastDraw() noexcept;

 private:
  static constexpr std::uint64_t kRetryMs = 1000;

  bool bound_ = false;
  bool awaits_ = false;
  bool outdated_ = false;  // what is awaited was drawn before the last Bind
  std::uint64_t left_ = 0;
  std::uint64_t drawn_ = 0;       // last
  std::uint64_t used_ = 0;        // since the last draw
  std::uint64_t given_back_ = 0;  // the same
  std::optional<ErrorCode> refusal_;
  std::uint64_t not_before_ms_ = 0;  // asking again
  bool never_again_ = false;
};

}  // namespace edgekeep::cell
