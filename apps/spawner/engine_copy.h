// The engine's library, copied once and sealed.
#pragma once
#include "settings.h"

namespace edgekeep::spawner {

// Copies the library into memory that the kernel lets nobody change, truncate or grow from then on, and has a cell
// measure the copy. What cells load is therefore what was measured, whatever happens to the file; a file that is
// replaced is taken at the spawner's next start. Fails with kNotFound, kIo, kNoMemory. A measurement that fails leaves
// the digest empty.
Result<Engine> CopyEngine(const Settings& settings);

}  // namespace edgekeep::spawner
