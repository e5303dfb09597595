// LicenceMeter: what each licence has used of its calls and of its lease, written down under the state root
// (spec/keep-state.md §8, §11).
#pragma once
#include <memory>
#include <optional>

#include "edgekeep/base/inline_vector.h"
#include "edgekeep/core/lease.h"
#include "edgekeep/core/vault.h"
#include "edgekeep/formats/licence.h"
#include "edgekeep/ports/store.h"

namespace edgekeep::keep {

// What the store has is read anew for each question: whatever failed or was cut before, the disk decides. Requires the
// state's mutex. What it is made of outlives it.
class LicenceMeter {
 public:
  static constexpr std::size_t kMaxLicences = 512;

  LicenceMeter(ports::Store& store, const core::Vault& vault) noexcept : store_(&store), vault_(&vault) {}

  struct Moment {
    UnixTime now;  // the floor of time, or the system's clock where that is ahead, right or wrong
    core::LeaseTime lease_time;
  };

  // What the state root knows of licences, whatever else was damaged.
  struct Known {
    formats::LicenceId last;  // that the product had
    UnixTime last_issued_at;  // 0: it had none
    UnixTime newest;          // of all products
  };

  // Begins to count for a licence that is being installed; one that is counted already goes on, under its new terms.
  // Counts of licences that are over make room where there is none. Fails with kTooLarge when kMaxLicences are counted.
  // A renewal of the product's last licence is never counted anew (kDenied): it may have been asked for before all was
  // used. A meter that is not authentic begins anew with another one that was issued later. No other one that was
  // issued up to then, by the floor of time and all products' last ones, is counted again (kDenied), whichever of them
  // had been. The system's clock alone makes no count end.
  Status Begin(const formats::Licence& licence, const Known& known, const Moment& at);

  // Calls of `licence` that were reserved so far. Fails with kDenied when the meter is not authentic or lacks it.
  Result<std::uint64_t> Reserved(const formats::LicenceId& licence) const;

  // Reserves `wanted` more calls, or as many as `budget` leaves: none is no failure. They are on the disk when this
  // returns; when it fails they may be, and are lost then.
  Result<std::uint64_t> Reserve(const formats::LicenceId& licence, std::uint64_t wanted, std::uint64_t budget);

  // What was counted under the licence's id, up to `now`. Fails as Reserved does.
  Result<std::uint64_t> LeaseMilliseconds(const formats::LicenceId& licence, const core::LeaseTime& now) const;

  Result<bool> AnyLeased() const;

  // Writes down what passed of every lease up to `now`, where that is `least_ms` of one of them or more.
  Status Advance(const core::LeaseTime& now, std::uint64_t least_ms);

  // Writes down power-ups that the anchor's next reset would make it forget, if there were any.
  Status NoteRestarts(const core::LeaseTime& now);

  // The floor of time is set to `floor`: that is no time that passed, nor is what it rises up to `now_is`.
  Status Rebase(const core::LeaseTime& now, UnixTime floor, UnixTime now_is);

  // Charges each lease whose licence says so for a clock that is behind.
  Status ChargeForClock(const core::LeaseTime& now);

 private:
  struct Count {
    formats::LicenceId licence;
    std::uint64_t reserved = 0;
    UnixTime expires;  // 0: never
    std::uint64_t lease_ms = 0;
    std::uint32_t start_charge_seconds = 0;
    formats::ClockBehind clock_behind{};  // 0: without a lease
    std::uint64_t began_ms = 0;  // what the floor rises up to here passed before the lease began, or was renewed

    bool leased() const noexcept { return clock_behind != formats::ClockBehind{}; }
  };

  struct Counts {
    UnixTime void_until;  // licences that were issued until then and are not listed have lost their count; 0: none has
    core::LeaseTime at;   // up to which leases are counted
    InlineVector<Count, kMaxLicences> list;

    // Of a lease, since it was written down.
    std::uint64_t Passed(const Count& count, const core::LeaseTime& now) const;
    void AdvanceTo(const core::LeaseTime& now);
    bool AnyLeased() const;
    void DropOver(UnixTime floor);
  };

  Result<std::unique_ptr<Counts>> Read() const;
  Status Write(const Counts& counts);

  ports::Store* store_;
  const core::Vault* vault_;
};

}  // namespace edgekeep::keep
