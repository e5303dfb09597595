// Each layer alone, in a child process. All of them together, attacked: tests/attack/confinement.
#include <fcntl.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "edgekeep/isolation/process/cell_user.h"
#include "edgekeep/isolation/process/descriptors.h"
#include "edgekeep/isolation/process/landlock.h"
#include "edgekeep/isolation/process/limits.h"
#include "edgekeep/isolation/process/lock_down.h"
#include "edgekeep/isolation/process/memory_lock.h"
#include "edgekeep/isolation/process/namespaces.h"
#include "edgekeep/isolation/process/seccomp.h"
#include "isolated.h"

namespace edgekeep::isolation {
namespace {

constexpr UserIds kUser{.uid = 64011, .gid = 64011};
constexpr Capabilities kLockMemory = Capabilities{1} << CAP_IPC_LOCK;
constexpr std::uint64_t kPool = 32 << 20;

// In kibibytes, as /proc/self/status has it.
long LockedNow() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmLck:")) return std::stol(line.substr(6));
  }
  return -1;
}

class AsRoot : public testing::Test {
 protected:
  void SetUp() override {
    if (!IsRoot()) GTEST_SKIP() << "SKIP layers of confinement: need root";
  }
};

TEST_F(AsRoot, BecomingAUserLeavesNothing) {
  EXPECT_EQ(InChild([] {
              if (!BecomeUser(kUser, kNoCapabilities)) return 1;
              if (geteuid() != kUser.uid || getegid() != kUser.gid || getgroups(0, nullptr) != 0) return 2;
              return CheckNoPrivileges() ? 0 : 3;
            }),
            0);
}

TEST_F(AsRoot, ControlAnOrdinarySetuidLeavesTheBoundingSet) {
  EXPECT_EQ(InChild([] {
              if (setresgid(kUser.gid, kUser.gid, kUser.gid) != 0 || setresuid(kUser.uid, kUser.uid, kUser.uid) != 0) {
                return 1;
              }
              return CheckNoPrivileges() ? 2 : 0;
            }),
            0);
}

TEST_F(AsRoot, BecomingAUserKeepsExactlyWhatWasNamed) {
  EXPECT_EQ(InChild([] {
              if (!BecomeUser(kUser, kLockMemory)) return 1;
              return PermittedCapabilities().value() == kLockMemory && !CheckNoPrivileges() ? 0 : 2;
            }),
            0);
}

TEST_F(AsRoot, RootIsNoCellUser) {
  EXPECT_EQ(InChild([] { return BecomeUser({.uid = 0, .gid = 5}, 0) || BecomeUser({.uid = 5, .gid = 0}, 0) ? 1 : 0; }),
            0);
}

TEST_F(AsRoot, MemoryStaysLockedWithoutTheCapability) {
  EXPECT_EQ(InChild([] {
              const rlimit low{.rlim_cur = 1 << 20, .rlim_max = 1 << 20};
              if (setrlimit(RLIMIT_MEMLOCK, &low) != 0 || !BecomeUser(kUser, kLockMemory)) return 1;
              const auto memory = LockMemory(kPool);
              if (!memory || memory->locking != MemoryLocking::kPool || memory->pool.size() != kPool) return 2;
              if (reinterpret_cast<std::uintptr_t>(memory->pool.data()) % (2 << 20) != 0) return 3;
              if (!EnterOwnUserNamespace()) return 4;
              for (std::size_t i = 0; i < kPool; i += 4096) memory->pool[i] = 1;
              return LockedNow() >= static_cast<long>(kPool / 1024) ? 0 : 5;
            }),
            0);
}

TEST_F(AsRoot, ControlWithoutTheCapabilityMemoryIsNotLocked) {
  EXPECT_EQ(InChild([] {
              const rlimit low{.rlim_cur = 1 << 20, .rlim_max = 1 << 20};
              if (setrlimit(RLIMIT_MEMLOCK, &low) != 0 || !BecomeUser(kUser, kNoCapabilities)) return 1;
              return LockMemory(kPool).error().code() == ErrorCode::kNoMemory ? 0 : 2;
            }),
            0);
}

TEST_F(AsRoot, AUserNamespaceKnowsNobodyElse) {
  EXPECT_EQ(InChild([] {
              if (!BecomeUser(kUser, kNoCapabilities) || !EnterOwnUserNamespace()) return 1;
              if (geteuid() != kUser.uid || prctl(PR_GET_DUMPABLE) != 0) return 2;
              return setgroups(0, nullptr) != 0 && CheckNoPrivileges() ? 0 : 3;
            }),
            0);
}

TEST_F(AsRoot, AnOrphanIsNoticed) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  EXPECT_EQ(InChild([&] { return DieWithParent(ends[0]) ? 0 : 1; }), 0);
  close(ends[1]);
  EXPECT_EQ(InChild([&] { return DieWithParent(ends[0]) ? 1 : 0; }), 0);
  close(ends[0]);
}

TEST(Descriptors, OnlyTheNamedOnesStay) {
  EXPECT_EQ(InChild([] {
              int ends[2];
              if (pipe(ends) != 0 || dup2(ends[1], 30) != 30) return 1;
              // Each lies where another one belongs.
              const int kept[] = {ends[1], ends[0], 0};
              if (!KeepOnly(kept)) return 2;
              char byte = 'x';
              if (write(0, &byte, 1) != 1 || read(1, &byte, 1) != 1) return 3;
              for (int fd = 3; fd < 64; ++fd) {
                if (fcntl(fd, F_GETFD) >= 0) return 4;
              }
              return 0;
            }),
            0);
}

TEST(Limits, BoundACell) {
  EXPECT_EQ(InChild([] {
              signal(SIGXFSZ, SIG_IGN);
              if (!LimitCell(Purpose::kServe, 1 << 20) || !ForbidGrowingFiles()) return 1;
              const int file = open("/tmp", O_TMPFILE | O_RDWR, 0600);
              if (file >= 0 && (pwrite(file, "x", 1, 1 << 20) >= 0 || errno != EFBIG)) return 2;
              constexpr std::size_t kTooMuch = std::size_t{3} << 30;
              const void* block = mmap(nullptr, kTooMuch, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
              return block == MAP_FAILED ? 0 : 3;
            }),
            0);
}

TEST(Landlock, ForbidsFilesAndLeavesDescriptors) {
  EXPECT_EQ(InChild([] {
              prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
              const int before = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
              if (!ForbidFilesExcept({})) return 1;
              char byte = 0;
              if (read(before, &byte, 1) != 1) return 2;
              return open("/etc/passwd", O_RDONLY) < 0 && errno == EACCES ? 0 : 3;
            }),
            0);
}

TEST(Landlock, LeavesWhatAPlaceIsFor) {
  char root[] = "/tmp/edgekeep-landlock-XXXXXX";
  ASSERT_NE(mkdtemp(root), nullptr);
  EXPECT_EQ(chdir(root), 0);
  for (const char* name : {"tree", "plain", "sockets"}) EXPECT_EQ(mkdir(name, 0700), 0);
  EXPECT_EQ(InChild([] {
              prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
              const Place places[] = {{"tree", Use::kTree}, {"plain", Use::kPlainFiles}, {"sockets", Use::kSockets}};
              if (!ForbidFilesExcept(places)) return 1;
              if (mkdir("tree/new", 0700) != 0 || open("tree/new/file", O_CREAT | O_RDWR, 0600) < 0) return 2;
              if (rename("tree/new/file", "tree/file") != 0 || rmdir("tree/new") != 0) return 3;
              if (open("plain/file", O_CREAT | O_RDWR, 0600) < 0 || unlink("plain/file") != 0) return 4;
              if (mkdir("plain/new", 0700) == 0 || open("sockets/file", O_CREAT | O_RDWR, 0600) >= 0) return 5;
              if (symlink("tree", "tree/link") == 0 || open("beside", O_CREAT | O_RDWR, 0600) >= 0) return 6;
              sockaddr_un address{.sun_family = AF_UNIX, .sun_path = "sockets/door"};
              const int door = socket(AF_UNIX, SOCK_STREAM, 0);
              if (bind(door, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return 7;
              return unlink("sockets/door") == 0 ? 0 : 8;
            }),
            0);
  std::filesystem::remove_all(root);
}

TEST(Landlock, RefusesAPlaceThatIsNotThere) {
  EXPECT_EQ(InChild([] {
              const Place nowhere{"/nowhere", Use::kTree};
              return ForbidFilesExcept({&nowhere, 1}).error().code() == ErrorCode::kIo ? 0 : 1;
            }),
            0);
}

TEST(Seccomp, LeavesAKeepItsThreadsAndPairsOfSockets) {
  EXPECT_EQ(InChild([] {
              prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
              if (!AllowOnlyKeepCalls()) return 1;
              int seen = 0;
              std::thread([&] { seen = 1; }).join();
              int ends[2];
              return seen == 1 && socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == 0 ? 0 : 2;
            }),
            0);
  EXPECT_EQ(InChild([] {
              prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
              return AllowOnlyKeepCalls() ? socket(AF_UNIX, SOCK_STREAM, 0) : 1;
            }),
            -SIGSYS);
}

TEST(Seccomp, AllowsThreadsAndKillsTheRest) {
  EXPECT_EQ(InChild([] {
              prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
              if (!AllowOnlyCellCalls(Purpose::kServe)) return 1;
              int seen = 0;
              std::thread([&] { seen = 1; }).join();
              return seen == 1 ? 0 : 2;
            }),
            0);
  EXPECT_EQ(InChild([] {
              prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
              if (!AllowOnlyCellCalls(Purpose::kServe)) return 1;
              return socket(AF_UNIX, SOCK_STREAM, 0);
            }),
            -SIGSYS);
}

TEST_F(AsRoot, LockDownRefusesWhatItCannotConfine) {
  EXPECT_EQ(InChild([] { return LockDownForLoading(Purpose::kServe).error().code() == ErrorCode::kBadState ? 0 : 1; }),
            0)
      << "root";
  for (const bool loaded : {false, true}) {
    EXPECT_EQ(InChild([loaded] {
                if (!BecomeUser(kUser, kNoCapabilities)) return 1;
                if (loaded && !LockDownForLoading(Purpose::kServe)) return 2;
                std::thread idle([] { std::this_thread::sleep_for(std::chrono::hours(1)); });
                const Status status = loaded ? LockDown(Purpose::kServe) : LockDownForLoading(Purpose::kServe);
                _exit(!status && status.error().code() == ErrorCode::kBadState ? 0 : 3);
              }),
              0)
        << "a thread, " << loaded;
  }
}

// The C library, mapped as the dynamic loader maps it.
const void* MapLibrary(int protection) {
  const int library = open("/lib/x86_64-linux-gnu/libc.so.6", O_RDONLY | O_CLOEXEC);
  return library < 0 ? MAP_FAILED : mmap(nullptr, 4096, protection, MAP_PRIVATE, library, 0);
}

TEST_F(AsRoot, LockDownForLoadingLeavesLibraries) {
  EXPECT_EQ(InChild([] {
              if (!BecomeUser(kUser, kNoCapabilities) || !LockDownForLoading(Purpose::kServe)) return 1;
              if (MapLibrary(PROT_READ | PROT_EXEC) == MAP_FAILED) return 2;
              return open("/etc/passwd", O_RDONLY) < 0 ? 0 : 3;
            }),
            0);
}

TEST_F(AsRoot, LockDownLeavesAPlainComputer) {
  EXPECT_EQ(InChild([] {
              if (!BecomeUser(kUser, kNoCapabilities) || !LockDownForLoading(Purpose::kServe)) return 1;
              if (MapLibrary(PROT_READ) == MAP_FAILED) return 2;
              if (!LockDown(Purpose::kServe)) return 3;
              if (MapLibrary(PROT_READ) != MAP_FAILED) return 4;
              return open("/etc/passwd", O_RDONLY) < 0 ? 0 : 5;
            }),
            0);
}

}  // namespace
}  // namespace edgekeep::isolation
