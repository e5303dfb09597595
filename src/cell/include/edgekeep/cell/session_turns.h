// SessionTurns: whose call is next, where one cell answers several sessions.
#pragma once
#include <optional>

#include "edgekeep/base/inline_vector.h"
#include "edgekeep/gate/cell_sessions.h"
#include "edgekeep/gate/ring.h"

namespace edgekeep::cell {

// Sessions take turns, and within each its slots do: however many calls one submits, another waits for no more than
// one call of each of the others. One thread.
class SessionTurns {
 public:
  struct Session {
    gate::SessionNumber number = 0;
    gate::RingHeader* ring = nullptr;
    gate::SubmittedCalls calls;
    std::optional<std::uint32_t> quiet_at;  // the bell's value when no call was left to take
  };

  struct Turn {
    gate::SessionNumber session = 0;
    gate::SubmittedCalls::Call call;
  };

  // `ring` stays until Remove. Fails with kAlreadyExists, or kBusy beyond gate::kMaxSessionsOfCell.
  Status Add(gate::SessionNumber number, gate::RingHeader& ring, std::uint32_t num_slots);
  // Fails with kNotFound.
  Status Remove(gate::SessionNumber number);

  // The next call. None: every session's `quiet_at` says which value of its bell may be slept on. A session whose bell
  // has not changed since is not looked at.
  std::optional<Turn> Next();

  std::span<const Session> sessions() const noexcept { return sessions_.view(); }

 private:
  Session* Find(gate::SessionNumber number) noexcept;

  InlineVector<Session, gate::kMaxSessionsOfCell> sessions_;
  std::size_t next_ = 0;
};

}  // namespace edgekeep::cell
