// What the keep does to itself, done to a child.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "harden.h"
#include "small_thread.h"

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

std::size_t ResidentBytesOfOwnStack() {
  pthread_attr_t attributes{};
  void* start = nullptr;
  std::size_t size = 0;
  ::pthread_getattr_np(::pthread_self(), &attributes);
  ::pthread_attr_getstack(&attributes, &start, &size);
  ::pthread_attr_destroy(&attributes);
  constexpr std::size_t kPage = 4096;
  std::vector<unsigned char> pages(size / kPage);
  ::mincore(start, size, pages.data());
  return kPage * static_cast<std::size_t>(std::ranges::count_if(pages, [](unsigned char page) { return page & 1; }));
}

// Not null where all of the thread's stack is locked, and little of it in memory.
void* LookAtOwnStack(void* itself) {
  constexpr std::size_t kLittle = 128U << 10;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  const bool locked = true;  // their runtimes lock none
#else
  constexpr long kMostOfIt = 500;
  const bool locked = LockedKib() >= kMostOfIt;
#endif
  return ResidentBytesOfOwnStack() <= kLittle && locked ? itself : nullptr;
}

bool ThreadsHoldLittle() {
  int any = 0;
  void* good = nullptr;
  const auto thread = StartSmallThread(LookAtOwnStack, &any);
  return thread && ::pthread_join(*thread, &good) == 0 && good == &any;
}

TEST(SmallThread, LocksItsStackAndTakesNoMoreOfItThanItTouches) {
  EXPECT_TRUE(InChild(ThreadsHoldLittle, [] {}));
}

long HeldKib() {
  return std::strtol(StatusLine("RssAnon:").c_str(), nullptr, 10);
}

constexpr long kMuchKib = 256;

void* TouchMuch(void* held) {
  volatile char much[kMuchKib * 1024];
  for (std::size_t i = 0; i < sizeof much; i += 1024) much[i] = 1;
  *static_cast<long*>(held) = HeldKib();
  return nullptr;
}

// Else as many stacks stay, whole and with whatever secrets, as there ever were threads at once.
TEST(SmallThread, GivesItsStackBackAtItsEnd) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "SKIP memory of threads: sanitizers' runtimes take some of their own";
#endif
  const auto gives_back = [] {
    constexpr int kThreads = 4;
    pthread_t threads[kThreads];
    long within[kThreads] = {};
    const long before = HeldKib();
    for (int i = 0; i < kThreads; ++i) threads[i] = StartSmallThread(TouchMuch, &within[i]).value();
    for (const pthread_t thread : threads) ::pthread_join(thread, nullptr);
    const bool was_held = *std::ranges::max_element(within) >= before + kMuchKib;  // control
    return was_held && HeldKib() < before + kMuchKib;
  };
  EXPECT_TRUE(InChild(gives_back, [] {}));
}

constexpr std::uint64_t kSecret = 0x5ec2e7c0ffee1234;

struct LeftBehind {
  const volatile std::uint64_t* begin = nullptr;
  std::size_t words = 0;
};

// Its outermost frame is full of what nobody shall read afterwards, down from where the thread began.
void* LeaveSecrets(void* left) {
  volatile std::uint64_t secrets[kMuchKib * 1024 / sizeof(std::uint64_t)];
  for (auto& word : secrets) word = kSecret;
  pthread_attr_t attributes{};
  void* start = nullptr;
  std::size_t size = 0;
  ::pthread_getattr_np(::pthread_self(), &attributes);
  ::pthread_attr_getstack(&attributes, &start, &size);
  ::pthread_attr_destroy(&attributes);
  *static_cast<LeftBehind*>(left) = {static_cast<std::uint64_t*>(start), size / sizeof(std::uint64_t)};
  return nullptr;
}

void* LeaveSecretsOnALockedStack(void* left) {
  LockStack(std::size_t{64} << 20);
  return LeaveSecrets(left);
}

// The C library keeps an ended thread's stack mapped for the next one.
std::ptrdiff_t SecretsIn(const LeftBehind& left) {
  return std::count(left.begin, left.begin + left.words, kSecret);
}

TEST(SmallThread, LeavesNoSecretOnItsStack) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "SKIP what threads leave: sanitizers' runtimes put arrays elsewhere, and unmap stacks";
#endif
  const auto leaves_none = [] {
    LeftBehind left;
    const auto thread = StartSmallThread(LeaveSecrets, &left);
    return thread && ::pthread_join(*thread, nullptr) == 0 && left.words != 0 && SecretsIn(left) == 0;
  };
  EXPECT_TRUE(InChild(leaves_none, [] {}));
  const auto control = [] {
    LeftBehind left;
    pthread_t thread{};
    if (::pthread_create(&thread, nullptr, LeaveSecretsOnALockedStack, &left) != 0) return false;
    return ::pthread_join(thread, nullptr) == 0 && SecretsIn(left) > kMuchKib;
  };
  EXPECT_TRUE(InChild(control, [] {})) << "a stack that nobody gives back";
}

}  // namespace
}  // namespace edgekeep::keep
