#include "edgekeep/cell/session_turns.h"

#include <algorithm>

namespace edgekeep::cell {

SessionTurns::Session* SessionTurns::Find(gate::SessionNumber number) noexcept {
  for (Session& session : sessions_) {
    if (session.number == number) return &session;
  }
  return nullptr;
}

Status SessionTurns::Add(gate::SessionNumber number, gate::RingHeader& ring, std::uint32_t num_slots) {
  if (Find(number) != nullptr) return Error(ErrorCode::kAlreadyExists, "session");
  if (sessions_.size() == gate::kMaxSessionsOfCell) return Error(ErrorCode::kBusy, "sessions of a cell");
  return sessions_.PushBack({number, &ring, gate::SubmittedCalls(ring, num_slots), std::nullopt});
}

// Those behind it move up, so that everybody's turn stays in order.
Status SessionTurns::Remove(gate::SessionNumber number) {
  Session* const found = Find(number);
  if (found == nullptr) return Error(ErrorCode::kNotFound, "session");
  const auto index = static_cast<std::size_t>(found - sessions_.begin());
  std::move(found + 1, sessions_.end(), found);
  sessions_.PopBack();
  if (index < next_) --next_;
  return {};
}

std::optional<SessionTurns::Turn> SessionTurns::Next() {
  const std::size_t count = sessions_.size();
  for (std::size_t turn = 0; turn < count; ++turn) {
    const std::size_t index = (next_ + turn) % count;
    Session& session = sessions_[index];
    // Before the look at the slots: what is submitted after it changes the bell.
    const std::uint32_t bell = session.ring->bell.load();
    if (session.quiet_at == bell) continue;
    if (const auto call = session.calls.Take()) {
      next_ = (index + 1) % count;
      session.quiet_at.reset();
      return Turn{session.number, *call};
    }
    session.quiet_at = bell;
  }
  return std::nullopt;
}

}  // namespace edgekeep::cell
