// FlooredClock: a clock that does not go back, not even across restarts (spec/keep-state.md §7).
#pragma once
#include <optional>

#include "edgekeep/core/vault.h"
#include "edgekeep/ports/clock.h"
#include "edgekeep/ports/store.h"

namespace edgekeep::keep {

// The later of the system's time and a floor. The floor begins with signed times (RaiseTo) and runs with the machine's
// own counter, which nobody can turn. What the system's clock is ahead of it, it takes over only once the clock has
// been ahead for kSettled, and no more than there is left of an allowance, which outlives the clock: kMaxJump at the
// most, of which each second that was counted gives kPerCounted back, and a signed time what it vouches for. Certain is
// what of all that came from no system's clock. It is kept as the object "time", written at most once an hour of
// progress. One thread at a time. What it is made of outlives it.
class FlooredClock final : public ports::Clock {
 public:
  static constexpr std::uint64_t kWriteInterval = 3600;
  // A clock that for a moment shows the year 2080 must not end licences for ever.
  static constexpr std::uint64_t kSettled = 600;
  static constexpr std::uint64_t kMaxJump = 31 * 24 * 3600;
  // A device with power for six hours a day stays up to date with nobody's word.
  static constexpr std::uint64_t kPerCounted = 3;

  FlooredClock(ports::MachineClock& machine, ports::Store& store, const core::Vault& vault) noexcept;

  Result<UnixTime> Now() override;

  // Time is at least `known`, which somebody signed, from now on.
  void RaiseTo(UnixTime known);

  // The same, of what only so many vouch for: neither the floor nor what is certain rises by more than `step`.
  void RaiseBy(std::uint64_t step, UnixTime known);

  // The floor as it is now, without the system's clock.
  UnixTime floor();

  // At most the floor: what was signed or vouched for, and counted since. Nobody who turns a clock moves it.
  UnixTime certain();

  // By how many seconds the system's clock is behind the floor. One that cannot be read is at its beginning.
  std::uint64_t Behind();

  // Sets both, forward or back, durably: whoever may has said so. Fails as the store does, and changes nothing
  // then.
  Status Repair(UnixTime time);

  // What is stored is of this life, a number that whoever binds it chose; 0 at first.
  std::uint64_t life() const noexcept { return known_.life; }

  // Forgets what was stored: all of that was of another life.
  void BeginLife(std::uint64_t life) noexcept;

  // How reading the stored time went: kNotFound, or kDenied for one that does not verify. Both count as none.
  const Status& stored_time_read() const noexcept { return stored_time_read_; }

  // False before any signed time was known.
  bool has_floor() const noexcept { return known_.floor.value != 0; }

 private:
  // What is stored.
  struct Known {
    UnixTime floor;
    UnixTime certain;
    std::uint64_t jump_left = kMaxJump;
    std::uint64_t life = 0;
  };

  Result<Known> ReadStored() const;
  Status WriteStored();
  void StoreProgress();
  Result<std::uint64_t> RunFloor();
  void VouchFor(UnixTime floor, UnixTime certain);
  void TakeLead(std::uint64_t lead, std::uint64_t counter) noexcept;

  // What the system's clock was ahead of the floor, at the least, since the counter showed `since`.
  struct Lead {
    std::uint64_t since = 0;
    std::uint64_t least = 0;
  };

  ports::MachineClock* machine_;
  ports::Store* store_;
  const core::Vault* vault_;
  Status stored_time_read_;
  Known known_;
  Known stored_;
  std::optional<std::uint64_t> counter_;  // what it showed when that was known
  std::optional<Lead> lead_;
};

}  // namespace edgekeep::keep
