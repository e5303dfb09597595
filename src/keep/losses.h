// Cells that ended unasked, and what is told of them.
#pragma once
#include "state.h"

namespace edgekeep::keep {

// True when the keep itself ended it, for its licence was over. Takes the state's mutex.
bool WasStopped(KeepState& state, const ServingCell& serving);

// Notes in the journal and for `status` that a cell of `product`, that served since `started`, ended unasked. Returns
// when the next one may be started. Takes the state's mutex.
std::uint64_t NoteCrash(KeepState& state, const ProductName& product, std::uint64_t started, ports::Cell& cell);

// The same of one that served, once and unless it was stopped.
std::uint64_t NoteLoss(KeepState& state, const ServingCell& lost);

}  // namespace edgekeep::keep
