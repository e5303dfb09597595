// Ends a cell that nobody needs any more, whatever it is doing.
#pragma once
#include "edgekeep/base/result.h"

namespace edgekeep::cell {

// A thread that looks at the keep's socket. When the work has not ended half a second after it was hung up, all that
// CrashWipe knows of is wiped and the process ended.
class HangUpWatch {
 public:
  // Once in a process. Fails with kNoMemory.
  static Status Start(int control);

  // The work has ended, and everything was wiped: the process ends by itself.
  static void WorkEnded() noexcept;
};

}  // namespace edgekeep::cell
