// Leases on a device: whether they hold, and that they are counted. All of it requires the state's mutex.
#pragma once
#include "state.h"

namespace edgekeep::keep {

// A clock that is further behind the floor was turned back, or has no battery; less is how clocks are.
inline constexpr std::uint64_t kClockTolerance = 3600;

// How the lease of `licence` stands. Fails with kDenied where it is not counted, and as the anchor does.
Result<core::LeaseStanding> LeaseOf(KeepState& state, const formats::LicenceId& licence, const formats::Lease& lease);

// Calls and leases of a licence that is being installed are counted from here on, before it can be used. `bar` is its
// product's.
Status BeginToCount(KeepState& state, const std::optional<core::ProductBar>& bar, const formats::Licence& licence);

// The floor of time is set to `floor`, which says nothing of how much of a lease passed. To be called before where it
// is set forward, after where it is set back: so a cut between counts nothing.
Status RebaseLeases(KeepState& state, UnixTime floor);

// May something be opened under `licence`? Notes a lease in its grace. Fails with kExpired, with kForbidden where the
// clock is behind and the licence does not bear that, and as LeaseOf does.
Status CheckLease(KeepState& state, const ProductName& product, const formats::Licence& licence);

// To be called about once a minute: notes a clock that is behind, and what that costs, and writes progress down once a
// day.
void NoticeLeases(KeepState& state);

// Writes down what was counted, before the keep ends.
void StoreLeases(KeepState& state);

}  // namespace edgekeep::keep
