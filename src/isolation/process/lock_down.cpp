#include "edgekeep/isolation/process/lock_down.h"

#include <sys/prctl.h>
#include <sys/stat.h>

#include <cstddef>

#include "edgekeep/isolation/process/capabilities.h"
#include "edgekeep/isolation/process/landlock.h"
#include "edgekeep/isolation/process/limits.h"
#include "edgekeep/isolation/process/seccomp.h"

namespace edgekeep::isolation {
namespace {

// Landlock does not reach threads that run already. A directory has two links more than it has directories in it.
Status CheckSingleThread() {
  struct stat tasks{};
  if (stat("/proc/self/task", &tasks) != 0) return Error(ErrorCode::kIo, "threads");
  if (tasks.st_nlink != 3) return Error(ErrorCode::kBadState, "threads before the lock-down");
  return {};
}

}  // namespace

Status LockDown(Purpose purpose) {
  EK_TRY(CheckSingleThread());
  EK_TRY(CheckNoPrivileges());
  if (prctl(PR_SET_DUMPABLE, 0) != 0) return Error(ErrorCode::kIo, "dumpable");
  if (purpose != Purpose::kInstall) EK_TRY(ForbidGrowingFiles());
  const Place scratch{.directory = kScratchPath, .use = Use::kPlainFiles};
  EK_TRY(ForbidFilesExcept({&scratch, purpose == Purpose::kInstall ? std::size_t{1} : std::size_t{0}}));
  return AllowOnlyCellCalls(purpose);
}

Status LockDownKeepFiles(const KeepDirectories& directories) {
  EK_TRY(CheckSingleThread());
  EK_TRY(CheckNoPrivileges());
  const Place places[] = {{.directory = directories.state, .use = Use::kTree},
                          {.directory = directories.anchor, .use = Use::kTree},
                          {.directory = directories.sockets, .use = Use::kSockets}};
  return ForbidFilesExcept(places);
}

}  // namespace edgekeep::isolation
