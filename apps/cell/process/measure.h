// The cell that measures the engine for all the others.
#pragma once
#include "cell_process.h"

namespace edgekeep::cell {

// Sends the engine's digest as the body of a hello and ends; the engine is read, never loaded. Returns the exit status,
// as RunCell does.
int RunMeasuringCell(const Arguments& arguments, gate::Channel& control, Confinement& confinement);

}  // namespace edgekeep::cell
