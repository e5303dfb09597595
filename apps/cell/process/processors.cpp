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

}  // namespace edgekeep::cell
