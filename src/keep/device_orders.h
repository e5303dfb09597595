// What orders changed about this device (spec/orders.md §5). All of it requires the state's mutex.
#pragma once
#include "releases.h"
#include "state.h"

namespace edgekeep::keep {

bool IsSuspended(const KeepState& state) noexcept;
// Both fail with kForbidden; the first also once a retirement was begun.
Status CheckNotSuspended(const KeepState& state);
Status CheckInstallsAllowed(const KeepState& state);

}  // namespace edgekeep::keep
