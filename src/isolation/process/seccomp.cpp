#include "edgekeep/isolation/process/seccomp.h"

#include <sys/socket.h>

#include "cell_calls.h"
#include "filter.h"
#include "keep_calls.h"

namespace edgekeep::isolation {

Status AllowOnlyCellCalls(Purpose purpose) {
  Filter filter(SCMP_ACT_KILL_PROCESS);
  filter.Allow(kComputing);
  AllowMemoryWithoutCode(filter);
  AllowThreads(filter);
  AllowLookingAtDescriptors(filter);
  if (purpose == Purpose::kInstall) {
    filter.Allow(kWritingFiles);
    filter.Allow(kNamingFiles);
  } else {
    // Libraries look for files of their own accord, and live without them.
    filter.Refuse(kNamingFiles, EACCES);
  }
  filter.Refuse(kHarmlessQuestions, EPERM);
  return filter.Load();
}

Status AllowOnlyKeepCalls() {
  Filter filter(SCMP_ACT_KILL_PROCESS);
  filter.Allow(kComputing);
  filter.Allow(kWritingFiles);
  filter.Allow(kNamingFiles);
  filter.Allow(kKeeping);
  AllowMemoryWithoutCode(filter);
  AllowThreads(filter);
  AllowLookingAtDescriptors(filter);
  // Pairs of sockets join applications and cells; a socket that could be connected anywhere cannot be made.
  filter.AllowIf(SCMP_SYS(socketpair), {Is(0, AF_UNIX)});
  // As fdopendir() does.
  filter.AllowIf(SCMP_SYS(fcntl), {Is(1, F_SETFD), Is(2, FD_CLOEXEC)});
  filter.Refuse(kHarmlessQuestions, EPERM);
  return filter.Load();
}

}  // namespace edgekeep::isolation
