#include "edgekeep/isolation/process/capabilities.h"

#include <linux/capability.h>
#include <linux/securebits.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace edgekeep::isolation {
namespace {

constexpr int kLastPossible = 63;
constexpr unsigned kSecurebits = SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP |
                                 SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED;

std::uint32_t Half(Capabilities set, int half) {
  return static_cast<std::uint32_t>(set >> (32 * half));
}

bool AnyInBoundingOrAmbientSet() {
  for (int capability = 0; capability <= kLastPossible; ++capability) {
    if (prctl(PR_CAPBSET_READ, capability) > 0) return true;
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, capability, 0, 0) > 0) return true;
  }
  return false;
}

}  // namespace

Status SetCapabilities(Capabilities held, Capabilities inheritable) {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  __user_cap_data_struct data[2];
  for (int half = 0; half < 2; ++half) {
    data[half] = {.effective = Half(held, half), .permitted = Half(held, half), .inheritable = Half(inheritable, half)};
  }
  if (syscall(SYS_capset, &header, data) != 0) return Error(ErrorCode::kIo, "setting capabilities");
  return {};
}

Result<Capabilities> PermittedCapabilities() {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  __user_cap_data_struct data[2]{};
  if (syscall(SYS_capget, &header, data) != 0) return Error(ErrorCode::kIo, "reading capabilities");
  return data[0].permitted | Capabilities{data[1].permitted} << 32;
}

Status LimitBoundingSet(Capabilities kept) {
  for (int capability = 0; capability <= kLastPossible; ++capability) {
    if ((kept >> capability & 1) != 0) continue;
    // EINVAL: a capability this kernel does not know.
    if (prctl(PR_CAPBSET_DROP, capability) != 0 && errno != EINVAL) return Error(ErrorCode::kIo, "bounding set");
  }
  return {};
}

Status LockSecurebits() {
  if (prctl(PR_SET_SECUREBITS, kSecurebits) != 0) return Error(ErrorCode::kIo, "securebits");
  return {};
}

Status CheckNoPrivileges() {
  EK_TRY_ASSIGN(const Capabilities left, PermittedCapabilities());
  if (left != kNoCapabilities || AnyInBoundingOrAmbientSet()) return Error(ErrorCode::kBadState, "capabilities left");
  if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1) return Error(ErrorCode::kBadState, "no_new_privs is not set");
  if (setresuid(0, 0, 0) == 0 || setresgid(0, 0, 0) == 0) return Error(ErrorCode::kBadState, "root can be regained");
  return {};
}

}  // namespace edgekeep::isolation
