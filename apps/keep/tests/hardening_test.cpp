// What the keep does to itself, done to a child.
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "harden.h"

namespace edgekeep::keep {
namespace {

std::string StatusLine(const std::string& name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(name)) return line.substr(name.size());
  }
  return {};
}

// Runs `look` in a child after `act`; true when it says so.
bool InChild(bool (*look)(), void (*act)()) {
  const pid_t child = ::fork();
  if (child == 0) {
    act();
    ::_exit(look() ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool LooksHardened() {
  rlimit core{};
  ::getrlimit(RLIMIT_CORE, &core);
  return core.rlim_max == 0 && ::prctl(PR_GET_DUMPABLE) == 0 && ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
}

TEST(Harden, LeavesNoCoreNoDumpAndNoNewPrivileges) {
  EXPECT_TRUE(InChild(LooksHardened, [] {
    if (!Harden()) ::_exit(2);
  }));
  EXPECT_FALSE(InChild(LooksHardened, [] {})) << "the test would pass without hardening";
}

long LockedKib() {
  return std::strtol(StatusLine("VmLck:").c_str(), nullptr, 10);
}

TEST(LockSecrets, LocksWhatTheHostAllows) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  // Their shadow memory could never be locked: they turn mlock and mlockall into calls that do nothing and succeed.
  GTEST_SKIP() << "SKIP locked memory: sanitizers' runtimes lock none";
#endif
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_MEMLOCK, &limit), 0);
  if (limit.rlim_cur < (6U << 20)) GTEST_SKIP() << "SKIP locked memory: RLIMIT_MEMLOCK is below 6 MiB";
  const auto locks = [] { return LockedKib() >= 4096; };
  EXPECT_TRUE(InChild(locks, [] {
    if (LockSecrets() == LockedMemory::kNone) ::_exit(2);
  }));
  EXPECT_FALSE(InChild(locks, [] {}));
}

TEST(LockSecrets, ThreadsStillStartAndAllocateAfterwards) {
  EXPECT_TRUE(InChild(
      [] {
        for (int i = 0; i < 200; ++i) {
          if (std::malloc(100'000) == nullptr) return false;
        }
        return true;
      },
      [] { LockSecrets(); }));
}

}  // namespace
}  // namespace edgekeep::keep
