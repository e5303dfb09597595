// What a running process has taken of the machine, as /proc counts it.
#pragma once
#include <sys/types.h>

#include <cstddef>
#include <string>

namespace edgekeep::test {

// Throw where the process has ended or may not be looked at.
std::size_t OpenDescriptorsOf(pid_t process);
std::size_t ThreadsOf(pid_t process);
// Memory of its own, and of rings and other memory files that it maps, in KiB; none of files on a disk.
std::size_t HeldKib(pid_t process);
// Memory in all, what it shares by shares; mappings whose name contains `except` are not counted.
std::size_t ProportionalKib(pid_t process, const std::string& except);

}  // namespace edgekeep::test
