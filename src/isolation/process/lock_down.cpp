#include "edgekeep/isolation/process/lock_down.h"

#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <iterator>

#include "edgekeep/base/inline_vector.h"
#include "edgekeep/isolation/process/capabilities.h"
#include "edgekeep/isolation/process/landlock.h"
#include "edgekeep/isolation/process/limits.h"
#include "edgekeep/isolation/process/seccomp.h"
#include "libraries.h"

namespace edgekeep::isolation {
namespace {

constexpr Place kScratch{.path = kScratchPath, .use = Use::kPlainFiles};

// Landlock does not reach threads that run already. A directory has two links more than it has directories in it.
Status CheckSingleThread() {
  struct stat tasks{};
  if (stat("/proc/self/task", &tasks) != 0) return Error(ErrorCode::kIo, "threads");
  if (tasks.st_nlink != 3) return Error(ErrorCode::kBadState, "threads before the lock-down");
  return {};
}

}  // namespace

Status LockDownForLoading(Purpose purpose) {
  EK_TRY(CheckSingleThread());
  EK_TRY(CheckNoPrivileges());
  if (prctl(PR_SET_DUMPABLE, 0) != 0) return Error(ErrorCode::kIo, "dumpable");
  if (!WritesFiles(purpose)) EK_TRY(ForbidGrowingFiles());
  InlineVector<Place, std::size(kLibraries) + 1> places;
  if (purpose == Purpose::kInstall) EK_TRY(places.PushBack(kScratch));
  for (const char* path : kLibraries) {
    if (access(path, F_OK) == 0) EK_TRY(places.PushBack({.path = path, .use = Use::kReading}));
  }
  EK_TRY(ForbidFilesExcept(places.view()));
  return AllowOnlyLoadingCalls(purpose);
}

Status LockDown(Purpose purpose) {
  EK_TRY(CheckSingleThread());
  EK_TRY(ForbidFilesExcept({&kScratch, purpose == Purpose::kInstall ? std::size_t{1} : std::size_t{0}}));
  return AllowOnlyCellCalls(purpose);
}

Status LockDownKeepFiles(const KeepDirectories& directories) {
  EK_TRY(CheckSingleThread());
  EK_TRY(CheckNoPrivileges());
  const Place places[] = {{.path = directories.state, .use = Use::kTree},
                          {.path = directories.anchor, .use = Use::kTree},
                          {.path = directories.sockets, .use = Use::kSockets}};
  return ForbidFilesExcept(places);
}

}  // namespace edgekeep::isolation
