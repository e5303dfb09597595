#include "edgekeep/isolation/process/cell_user.h"

#include <grp.h>
#include <linux/keyctl.h>
#include <linux/securebits.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace edgekeep::isolation {
namespace {

// Ambient capabilities are what survives exec without file capabilities.
Status RaiseAmbient(Capabilities kept) {
  for (int capability = 0; capability < 64; ++capability) {
    if ((kept >> capability & 1) == 0) continue;
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) != 0) {
      return Error(ErrorCode::kIo, "ambient capabilities");
    }
  }
  return {};
}

Status ForbidMoreAmbient() {
  const int bits = prctl(PR_GET_SECUREBITS);
  const int more = SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED;
  if (bits < 0 || prctl(PR_SET_SECUREBITS, bits | more) != 0) return Error(ErrorCode::kIo, "securebits");
  return {};
}

}  // namespace

Status LeaveKeyring() {
  // A kernel without keyrings has none to leave.
  if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr) < 0 && errno != ENOSYS) {
    return Error(ErrorCode::kIo, "session keyring");
  }
  return {};
}

Status BecomeUser(UserIds user, Capabilities kept) {
  if (user.uid == 0 || user.gid == 0) return Error(ErrorCode::kBadArgument, "cell user is root");
  EK_TRY(LeaveKeyring());
  EK_TRY_ASSIGN(const Capabilities all, PermittedCapabilities());
  if (setgroups(0, nullptr) != 0) return Error(ErrorCode::kIo, "groups");
  if (setresgid(user.gid, user.gid, user.gid) != 0) return Error(ErrorCode::kIo, "group");
  // From here on changing the user does not drop capabilities: exactly the wanted ones are dropped below, by name.
  EK_TRY(LockSecurebits());
  if (setresuid(user.uid, user.uid, user.uid) != 0) return Error(ErrorCode::kIo, "user");
  EK_TRY(SetCapabilities(all, kept));
  EK_TRY(RaiseAmbient(kept));
  EK_TRY(LimitBoundingSet(kNoCapabilities));
  EK_TRY(ForbidMoreAmbient());
  EK_TRY(SetCapabilities(kept, kept));
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return Error(ErrorCode::kIo, "no_new_privs");
  return {};
}

Status DieWithParent(int life) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return Error(ErrorCode::kIo, "parent's death signal");
  pollfd parent{.fd = life, .events = 0, .revents = 0};
  if (poll(&parent, 1, 0) != 0) return Error(ErrorCode::kPeerGone, "parent");
  return {};
}

}  // namespace edgekeep::isolation
