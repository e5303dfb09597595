// What an engine does once in a process, done before anybody waits for it.
#pragma once
#include "edgekeep/engine/engine.h"

namespace edgekeep::cell {

// Loads the smallest model there is, computes once, and forgets it: engines fill tables and touch their library with
// their first session. An engine that refuses has lost nothing.
void WarmUp(engine::Engine& engine);

}  // namespace edgekeep::cell
