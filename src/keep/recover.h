// At a keep's start: what a cut left undone of what is installed.
#pragma once
#include "state.h"

namespace edgekeep::keep {

// Of every product; raises the time to what is signed, and notes what starts at boot. What fails is noted.
void RecoverAll(KeepState& state);

}  // namespace edgekeep::keep
