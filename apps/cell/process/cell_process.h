// A cell as a process: it confines itself, says hello, takes one order, carries it out, wipes and ends.
#pragma once
#include "arguments.h"
#include "confinement.h"
#include "edgekeep/gate/posix/channel.h"

namespace edgekeep::cell {

// Where things are, besides what the spawner says.
struct Surroundings {
  // Private to this cell, in memory; where the engine writes prepared forms.
  const char* scratch_directory = isolation::kScratchPath;
};

// Returns the exit status: 0 when the cell ended as it should, isolation::kExitNotConfined, isolation::kExitNoEngine,
// or 1 when the keep said something that is no order. Meant to run once in a process: the library it loads stays.
int RunCell(const Arguments& arguments, const Surroundings& surroundings, gate::Channel control,
            Confinement& confinement);

}  // namespace edgekeep::cell
