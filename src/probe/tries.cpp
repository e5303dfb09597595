#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "edgekeep/probe/doctor.h"

namespace edgekeep::probe {
namespace {

constexpr unsigned kNobody = 65534;

// True when `function` says so in a child process.
bool InChild(bool (*function)()) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(function() ? 0 : 1);
  int status = 0;
  return child > 0 && ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool TakesASecretPage() {
  const long memory = ::syscall(SYS_memfd_secret, O_CLOEXEC);
  if (memory < 0) return false;
  const int fd = static_cast<int>(memory);
  if (::ftruncate(fd, 4096) != 0) return false;
  void* const page = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (page == MAP_FAILED) return false;
  *static_cast<volatile char*>(page) = 1;
  return true;
}

// As cells do: as an ordinary user.
bool MakesAUserNamespace() {
  if (::geteuid() == 0 && ::setresuid(kNobody, kNobody, kNobody) != 0) return false;
  return ::unshare(CLONE_NEWUSER) == 0;
}

bool TakesAFilter() {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
  sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  const sock_fprog program{.len = 1, .filter = &allow};
  return ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
}

}  // namespace

Tries TryHere() {
  Tries tries;
  tries.memfd_secret = InChild(TakesASecretPage);
  tries.landlock_abi = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  tries.user_namespaces = InChild(MakesAUserNamespace);
  tries.seccomp_filters = InChild(TakesAFilter);
  rlimit limit{};
  ::getrlimit(RLIMIT_MEMLOCK, &limit);
  tries.lockable_bytes = limit.rlim_max;
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  __user_cap_data_struct held[2]{};
  ::syscall(SYS_capget, &header, held);
  tries.may_raise_limits = (held[0].effective >> CAP_SYS_RESOURCE & 1U) != 0;
  return tries;
}

}  // namespace edgekeep::probe
