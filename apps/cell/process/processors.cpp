#include "processors.h"

#include <sched.h>

namespace edgekeep::cell {

int ProcessorCount() noexcept {
  cpu_set_t set;
  CPU_ZERO(&set);
  // A machine with more processors than the set holds has enough for every decision made here.
  if (sched_getaffinity(0, sizeof(set), &set) != 0) return CPU_SETSIZE;
  return CPU_COUNT(&set) > 0 ? CPU_COUNT(&set) : 1;
}

bool RunOnlyOn(std::span<const std::uint16_t> wanted) noexcept {
  cpu_set_t here;
  CPU_ZERO(&here);
  if (sched_getaffinity(0, sizeof(here), &here) != 0) return false;
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const std::uint16_t processor : wanted) {
    if (processor < CPU_SETSIZE && CPU_ISSET(processor, &here)) CPU_SET(processor, &set);
  }
  return CPU_COUNT(&set) > 0 && sched_setaffinity(0, sizeof(set), &set) == 0;
}

}  // namespace edgekeep::cell
