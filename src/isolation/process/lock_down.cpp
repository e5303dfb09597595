#include "edgekeep/isolation/process/lock_down.h"

#include <sys/prctl.h>
#include <sys/stat.h>

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
  EK_TRY(ForbidFiles(purpose == Purpose::kInstall ? kScratchPath : nullptr));
  return AllowOnlyCellCalls(purpose);
}

}  // namespace edgekeep::isolation
