#include "edgekeep/isolation/process/spawner_lock_down.h"

#include <linux/capability.h>
#include <sched.h>
#include <sys/prctl.h>

#include "edgekeep/isolation/process/capabilities.h"
#include "edgekeep/isolation/process/cell_user.h"
#include "edgekeep/isolation/process/landlock.h"
#include "edgekeep/isolation/process/seccomp.h"

namespace edgekeep::isolation {
namespace {

constexpr Capabilities Bit(int capability) {
  return Capabilities{1} << capability;
}

constexpr Capabilities kNeeded = Bit(CAP_SYS_ADMIN)           // namespaces, mounts
                                 | Bit(CAP_SETUID)            // children become users
                                 | Bit(CAP_SETGID)            //
                                 | Bit(CAP_SETPCAP)           // … and lose what is left of these
                                 | Bit(CAP_KILL)              // ending them
                                 | Bit(CAP_IPC_LOCK)          // a cell locks its memory
                                 | Bit(CAP_SYS_RESOURCE)      // raising what may be locked
                                 | Bit(CAP_DAC_READ_SEARCH);  // programs may lie below closed directories

}  // namespace

Status LockDownSpawner() {
  if (unshare(CLONE_NEWNET | CLONE_NEWIPC) != 0) return Error(ErrorCode::kIo, "the spawner's namespaces");
  EK_TRY(LeaveKeyring());
  EK_TRY_ASSIGN(const Capabilities held, PermittedCapabilities());
  EK_TRY(LimitBoundingSet(kNeeded));
  EK_TRY(SetCapabilities(held & kNeeded, kNoCapabilities));
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return Error(ErrorCode::kIo, "no_new_privs");
  EK_TRY(ForbidNetworkAndOutsiders());
  return AllowOnlySpawnerCalls();
}

}  // namespace edgekeep::isolation
