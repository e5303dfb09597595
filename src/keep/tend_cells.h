// What cells need that nobody asked for: a successor, where one was lost or its product installed anew; a start at
// boot.
#pragma once
#include "state.h"

namespace edgekeep::keep {

// Does what is due. Returns in how many milliseconds there is more, or ServingCells::kNothing. By one thread.
int TendCells(KeepState& state);

}  // namespace edgekeep::keep
