// CallMeter: how many calls each licence with a budget has used, written down before they may be used
// (spec/keep-state.md §8).
#pragma once
#include <optional>

#include "edgekeep/base/inline_vector.h"
#include "edgekeep/core/vault.h"
#include "edgekeep/formats/licence.h"
#include "edgekeep/ports/store.h"

namespace edgekeep::keep {

// What the store has is read anew for each question: whatever failed or was cut before, the disk decides. Requires the
// state's mutex. What it is made of outlives it.
class CallMeter {
 public:
  static constexpr std::size_t kMaxLicences = 512;

  CallMeter(ports::Store& store, const core::Vault& vault) noexcept : store_(&store), vault_(&vault) {}

  // Begins to count for a licence that is being installed; one that is counted already goes on. Counts of licences that
  // are over by `now` make room. Fails with kTooLarge when kMaxLicences are counted. A meter that is not authentic
  // begins anew with a licence that was issued after `last_issued`, the time of the last one that the product had: no
  // other one that was issued before `now` is counted again (kDenied), whichever of them it was that had been.
  Status Begin(const formats::Licence& licence, std::optional<UnixTime> last_issued, UnixTime now);

  // Calls of `licence` that were reserved so far. Fails with kDenied when the meter is not authentic or lacks it.
  Result<std::uint64_t> Reserved(const formats::LicenceId& licence) const;

  // Reserves `wanted` more calls, or as many as `budget` leaves: none is no failure. They are on the disk when this
  // returns; when it fails they may be, and are lost then.
  Result<std::uint64_t> Reserve(const formats::LicenceId& licence, std::uint64_t wanted, std::uint64_t budget);

 private:
  struct Count {
    formats::LicenceId licence;
    std::uint64_t reserved = 0;
    UnixTime expires;  // 0: never
  };

  struct Counts {
    UnixTime void_before;  // licences that were issued before and are not listed have lost their count; 0: none has
    InlineVector<Count, kMaxLicences> list;
  };

  Result<std::unique_ptr<Counts>> Read() const;
  Status Write(const Counts& counts);

  ports::Store* store_;
  const core::Vault* vault_;
};

}  // namespace edgekeep::keep
