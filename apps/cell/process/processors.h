// Which processors this process may run on.
#pragma once
#include <cstdint>
#include <span>

namespace edgekeep::cell {

// At least 1. Asks the kernel directly: the C library would look for files that a confined cell has not.
int ProcessorCount() noexcept;

// Binds this thread, and those it starts, to those of the processors `wanted` that the process may run on. False, and
// nothing is changed, when that is none of them.
bool RunOnlyOn(std::span<const std::uint16_t> wanted) noexcept;

}  // namespace edgekeep::cell
