#include "edgekeep/cell/call_allowance.h"

#include <utility>

namespace edgekeep::cell {

void CallAllowance::Bind() noexcept {
  bound_ = true;
  refusal_.reset();
  never_again_ = false;
  not_before_ms_ = 0;
  given_back_ += std::exchange(left_, 0);
  outdated_ = awaits_;
}

std::optional<gate::CallDraw> CallAllowance::WantsToDraw(std::uint64_t now_ms) noexcept {
  if (!bound_ || awaits_ || left_ > drawn_ / 2 || never_again_ || now_ms < not_before_ms_) return std::nullopt;
  awaits_ = true;
  return gate::CallDraw{.used = std::exchange(used_, 0), .given_back = std::exchange(given_back_, 0)};
}

void CallAllowance::TakeDrawn(const gate::DrawnCalls& drawn, std::uint64_t now_ms) noexcept {
  awaits_ = false;
  if (std::exchange(outdated_, false)) {
    given_back_ += drawn.calls;
    return;
  }
  refusal_ = drawn.refusal;
  if (drawn.refusal) {
    never_again_ = drawn.retry_seconds == 0;
    not_before_ms_ = now_ms + std::uint64_t{drawn.retry_seconds} * 1000;
    return;
  }
  left_ += drawn.calls;
  drawn_ = drawn.calls;
}

void CallAllowance::NoteNoAnswer(std::uint64_t now_ms) noexcept {
  awaits_ = false;
  outdated_ = false;
  refusal_ = ErrorCode::kBusy;
  not_before_ms_ = now_ms + kRetryMs;
}

Status CallAllowance::Use() noexcept {
  if (!bound_) return {};
  if (left_ == 0) return Error(refusal_.value_or(ErrorCode::kBusy));
  --left_;
  ++used_;
  return {};
}

void CallAllowance::Unuse() noexcept {
  if (used_ == 0) return;  // unbounded, or bound anew since
  --used_;
  ++left_;
}

gate::CallDraw CallAllowance::LastDraw() noexcept {
  return {.used = std::exchange(used_, 0),
          .given_back = std::exchange(given_back_, 0) + std::exchange(left_, 0),
          .last = true};
}

}  // namespace edgekeep::cell
