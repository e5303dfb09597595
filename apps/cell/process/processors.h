// How many processors this process may run on.
#pragma once

namespace edgekeep::cell {

// At least 1. Asks the kernel directly: the C library would look for files that a confined cell has not.
int ProcessorCount() noexcept;

}  // namespace edgekeep::cell
