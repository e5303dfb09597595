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
    UnixTime now;
    core::LeaseTime lease_time;
  };

  // Begins to count for a licence that is being installed; one that is counted already goes on, under its new terms.
  // Counts of licences that are over make room where there is none. Fails with kTooLarge when kMaxLicences are counted.
  // A meter that is not authentic begins anew with a licence that was issued after `last_issued`, the time of the last
  // one that the product had: no other one that was issued before `at.now` is counted again (kDenied), whichever of
  // them it was that had been.
  Status Begin(const formats::Licence& licence, std::optional<UnixTime> last_issued, const Moment& at);

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

    bool leased() const noexcept { return clock_behind != formats::ClockBehind{}; }
  };

  struct Counts {
    UnixTime void_before;  // licences that were issued before and are not listed have lost their count; 0: none has
    core::LeaseTime at;    // up to which leases are counted
    InlineVector<Count, kMaxLicences> list;

    void AdvanceTo(const core::LeaseTime& now);
    void DropOver(UnixTime now);
  };

  Result<std::unique_ptr<Counts>> Read() const;
  Status Write(const Counts& counts);

  ports::Store* store_;
  const core::Vault* vault_;
};

}  // namespace edgekeep::keep
