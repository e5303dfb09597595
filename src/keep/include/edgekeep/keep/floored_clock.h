// FlooredClock: a clock that does not go back, not even across restarts (spec/keep-state.md §7).
#pragma once
#include "edgekeep/core/vault.h"
#include "edgekeep/ports/clock.h"
#include "edgekeep/ports/store.h"

namespace edgekeep::keep {

// Keeps the latest time it has seen as the object "time", written at most once an hour of progress. A stored time that
// does not verify counts as none. One thread at a time. What it is made of outlives it.
class FlooredClock final : public ports::Clock {
 public:
  static constexpr std::uint64_t kWriteInterval = 3600;
  // A clock that for a moment shows the year 2080 must not end every licence for ever: one write raises the stored time
  // by no more than this.
  static constexpr std::uint64_t kMaxRaise = 31 * 24 * 3600;

  FlooredClock(ports::Clock& system, ports::Store& store, const core::Vault& vault) noexcept;

  Result<UnixTime> Now() override;

  // Time is at least `known`, from now on.
  void RaiseTo(UnixTime known) noexcept;

 private:
  Result<UnixTime> ReadStored() const;
  Status WriteStored(UnixTime now);

  ports::Clock* system_;
  ports::Store* store_;
  const core::Vault* vault_;
  UnixTime floor_;
  UnixTime stored_;
};

}  // namespace edgekeep::keep
