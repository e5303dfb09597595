#include "edgekeep/isolation/process/seccomp.h"

#include <linux/keyctl.h>
#include <sys/socket.h>

#include "cell_calls.h"
#include "filter.h"
#include "keep_calls.h"
#include "spawner_calls.h"

namespace edgekeep::isolation {

namespace {

void AllowComputing(Filter& filter) {
  filter.Allow(kComputing);
  AllowMemoryWithoutCode(filter);
  AllowThreads(filter);
  AllowLookingAtDescriptors(filter);
}

}  // namespace

Status AllowOnlyCellCalls(Purpose purpose) {
  Filter filter(SCMP_ACT_KILL_PROCESS);
  AllowComputing(filter);
  if (WritesFiles(purpose)) filter.Allow(kWritingFiles);
  if (purpose == Purpose::kInstall) {
    filter.Allow(kNamingFiles);
  } else {
    // Libraries look for files of their own accord, and live without them.
    filter.Refuse(kNamingFiles, EACCES);
  }
  filter.Refuse(kHarmlessQuestions, EPERM);
  filter.Refuse(kControllingDevices, ENOTTY);
  return filter.Load();
}

Status AllowOnlyLoadingCalls(Purpose purpose) {
  Filter filter(SCMP_ACT_KILL_PROCESS);
  AllowComputing(filter);
  AllowCodeFromFiles(filter);
  filter.Allow(kNamingFiles);
  if (WritesFiles(purpose)) filter.Allow(kWritingFiles);
  filter.Allow(kLockingDown);
  filter.AllowIf(SCMP_SYS(prctl), {Is(0, PR_SET_NO_NEW_PRIVS)});
  filter.Refuse(kHarmlessQuestions, EPERM);
  filter.Refuse(kControllingDevices, ENOTTY);
  return filter.Load();
}

Status AllowOnlyKeepCalls() {
  Filter filter(SCMP_ACT_KILL_PROCESS);
  AllowComputing(filter);
  filter.Allow(kWritingFiles);
  filter.Allow(kNamingFiles);
  filter.Allow(kKeeping);
  // Pairs of sockets join applications and cells; a socket that could be connected anywhere cannot be made.
  filter.AllowIf(SCMP_SYS(socketpair), {Is(0, AF_UNIX)});
  // Nobody can make the memory of a ring larger or smaller.
  filter.AllowIf(SCMP_SYS(fcntl), {Is(1, F_ADD_SEALS)});
  // As fdopendir() does.
  filter.AllowIf(SCMP_SYS(fcntl), {Is(1, F_SETFD), Is(2, FD_CLOEXEC)});
  filter.Refuse(kHarmlessQuestions, EPERM);
  filter.Refuse(kControllingDevices, ENOTTY);
  return filter.Load();
}

Status AllowOnlySpawnerCalls() {
  // Programs start under this filter whose libraries ask for things: a call that does not exist is what they expect.
  Filter filter(SCMP_ACT_ERRNO(ENOSYS));
  for (const std::span<const int> calls :
       {std::span<const int>(kComputing), std::span<const int>(kWritingFiles), std::span<const int>(kNamingFiles),
        std::span<const int>(kKeeping), std::span<const int>(kHarmlessQuestions), std::span<const int>(kSpawning),
        std::span<const int>(kConfining), std::span<const int>(kLockingDown), std::span<const int>(kStarting)}) {
    filter.Allow(calls);
  }
  filter.Refuse(kControllingDevices, ENOTTY);
  for (const int call : {SCMP_SYS(socket), SCMP_SYS(socketpair)}) filter.AllowIf(call, {Is(0, AF_UNIX)});
  // Its own limits, which are its children's: those of others' processes are out of reach.
  filter.AllowIf(SCMP_SYS(prlimit64), {Is(0, 0)});
  filter.AllowIf(SCMP_SYS(keyctl), {Is(0, KEYCTL_JOIN_SESSION_KEYRING), Is(1, 0)});
  return filter.Load();
}

}  // namespace edgekeep::isolation
