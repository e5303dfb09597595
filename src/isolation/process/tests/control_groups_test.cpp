#include "edgekeep/isolation/process/control_groups.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "edgekeep/gate/cell_sessions.h"
#include "edgekeep/gate/ring.h"
#include "isolated.h"

namespace edgekeep::isolation {
namespace {

namespace fs = std::filesystem;

// Files where the kernel has its own. The kernel's, with processes: tests/attack/confinement.
class ControlGroupFiles : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/edgekeep-groups-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    root_ = name;
    Write("proc/self/cgroup", "4:memory:/elsewhere\n0::/edgekeep\n");
    MakeGroup("sys/fs/cgroup/edgekeep");
    Write(own() / "cgroup.procs", std::to_string(getpid()) + "\n");
    MakeGroup("sys/fs/cgroup/edgekeep/spawner");
    MakeGroup("sys/fs/cgroup/edgekeep/cell-3");
  }

  void TearDown() override { fs::remove_all(root_); }

  fs::path own() const { return "sys/fs/cgroup/edgekeep"; }

  void MakeGroup(const fs::path& group) const {
    for (const char* file : {"cgroup.controllers", "cgroup.procs", "cgroup.subtree_control", "memory.max", "pids.max",
                             "memory.swap.max", "memory.oom.group", "cpu.weight"}) {
      Write(group / file, "");
    }
  }

  void Write(const fs::path& path, const std::string& text) const {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
  }

  std::string Read(const fs::path& path) const {
    std::ifstream file(root_ / path);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  Result<ControlGroups> TakeOver() const { return ControlGroups::TakeOver(root_.c_str()); }

  std::string WhyNot() const {
    const auto groups = TakeOver();
    return groups ? "" : groups.error().where();
  }

  fs::path root_;
};

TEST_F(ControlGroupFiles, AreBoundAndJoined) {
  const auto groups = TakeOver();
  ASSERT_TRUE(groups) << groups.error().where();
  EXPECT_TRUE(groups->complete());
  EXPECT_EQ(Read(own() / "spawner/cgroup.procs"), "0");
  const auto group = groups->Bound("cell-3", {.memory_bytes = 4096, .tasks = 7, .cpu_weight = 200});
  ASSERT_TRUE(group && group->valid());
  EXPECT_EQ(Read(own() / "cell-3/memory.max"), "4096");
  EXPECT_EQ(Read(own() / "cell-3/pids.max"), "7");
  EXPECT_EQ(Read(own() / "cell-3/memory.swap.max"), "0");
  EXPECT_EQ(Read(own() / "cell-3/memory.oom.group"), "1");
  EXPECT_EQ(Read(own() / "cell-3/cpu.weight"), "200");
  EXPECT_EQ(Read(own() / "cell-3/cgroup.procs"), "");
  ASSERT_TRUE(Join(*group));
  EXPECT_EQ(Read(own() / "cell-3/cgroup.procs"), "0");
}

TEST_F(ControlGroupFiles, AreFoundBesideVersionOne) {
  fs::create_directories(root_ / "sys/fs/cgroup/unified");
  fs::rename(root_ / own(), root_ / "sys/fs/cgroup/unified/edgekeep");
  EXPECT_EQ(WhyNot(), "");
}

TEST_F(ControlGroupFiles, OfOthersAreLeftAlone) {
  Write(own() / "cgroup.procs", "1\n" + std::to_string(getpid()) + "\n");
  EXPECT_EQ(WhyNot(), "control groups: others are in the spawner's group");
  EXPECT_EQ(Read(own() / "spawner/cgroup.procs"), "");
  EXPECT_EQ(Read(own() / "cgroup.subtree_control"), "");
}

TEST_F(ControlGroupFiles, AreMissedWhereThereAreNone) {
  Write("proc/self/cgroup", "4:memory:/elsewhere\n");
  EXPECT_EQ(WhyNot(), "control groups: no cgroup v2");
  fs::remove(root_ / "proc/self/cgroup");
  EXPECT_EQ(WhyNot(), "control groups: no cgroup v2");
  Write("proc/self/cgroup", "0::/nowhere\n");
  EXPECT_EQ(WhyNot(), "control groups: no cgroup v2 at /sys/fs/cgroup");
  EXPECT_FALSE(ControlGroups::TakeOver("/nowhere"));
}

// A bound that is promised and cannot be set is a failure; one that the kernel does not have is told by complete().
TEST_F(ControlGroupFiles, FailWhereABoundIsRefused) {
  const auto groups = TakeOver();
  ASSERT_TRUE(groups);
  fs::remove(root_ / own() / "cell-3/pids.max");
  EXPECT_EQ(groups->Bound("cell-3", {}).error().code(), ErrorCode::kIo);
}

TEST(NoControlGroups, BoundNothingAndAreJoinedByNobody) {
  const ControlGroups none;
  EXPECT_FALSE(none.complete());
  const auto group = none.Bound("cell-0", {});
  ASSERT_TRUE(group);
  EXPECT_FALSE(group->valid());
  EXPECT_TRUE(Join(*group));
}

// No bound is below what setrlimit() leaves; a cell that can write no file has more for its rings.
TEST(ControlGroupBounds, CountAllThatACellMayHave) {
  const GroupBounds serving = BoundsForCell(Purpose::kServe, 1 << 20);
  const GroupBounds installing = BoundsForCell(Purpose::kInstall, 1 << 20);
  EXPECT_GT(installing.memory_bytes, 1ULL << 30);
  EXPECT_LT(installing.memory_bytes, 2ULL << 30);
  EXPECT_GT(serving.memory_bytes, gate::kMaxSessionsOfCell * gate::kMaxRingBytes);
  EXPECT_EQ(serving.tasks, 128U);
  EXPECT_GT(BoundsForKeep().cpu_weight, serving.cpu_weight);
}

// The kernel's own, where memory and tasks are in version 2: a group that the test makes is the spawner's.
class ControlGroupsOfTheKernel : public testing::Test {
 protected:
  void SetUp() override {
    fs::path mount = "/sys/fs/cgroup";
    if (!fs::exists(mount / "cgroup.controllers")) mount /= "unified";
    std::ifstream file(mount / "cgroup.controllers");
    const std::string controllers{std::istreambuf_iterator<char>(file), {}};
    if (controllers.find("memory") == std::string::npos || controllers.find("pids") == std::string::npos) {
      GTEST_SKIP() << "SKIP bounds of control groups: memory and pids are not in cgroup v2 here";
    }
    group_ = mount / ("edgekeep-bounds-" + std::to_string(getpid()));
  }

  // How `attack` ends in a child of a process that took a group over: one that joins what is bounded there, or stays
  // where its parent is. A group that was divided takes no process any more: each time it is another one.
  int Attack(bool joins, int (*attack)()) const {
    EXPECT_EQ(mkdir(group_.c_str(), 0755), 0);
    const int ended = InChild([&] {
      std::ofstream(group_ / "cgroup.procs") << 0 << std::flush;
      const auto groups = ControlGroups::TakeOver("/");
      if (!groups || !groups->complete()) return 100;
      const auto bounded = groups->Bound("bounded", {.memory_bytes = 32 << 20, .tasks = 8});
      if (!bounded) return 101;
      const int status = InChild([&] { return joins && !Join(*bounded) ? 102 : attack(); });
      return status == -SIGKILL ? kKilled : status;
    });
    for (const char* inside : {"bounded", "spawner", ""}) rmdir((group_ / inside).c_str());
    EXPECT_FALSE(fs::exists(group_));
    return ended;
  }

  static constexpr int kKilled = 103;

  fs::path group_;
};

// Of the limits of setrlimit() only the one on addresses counts this.
int TakeSharedMemory() {
  constexpr std::size_t kSize = std::size_t{96} << 20;
  void* const memory = mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return 1;
  std::memset(memory, 1, kSize);
  return 0;
}

// Twenty that wait until this end of a pipe is closed.
int TakeTasks() {
  int ends[2];
  if (pipe(ends) != 0) return 2;
  int outcome = 0;
  for (int i = 0; i < 20 && outcome == 0; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      char byte = 0;
      close(ends[1]);
      _exit(read(ends[0], &byte, 1) < 0);
    }
    if (child < 0) outcome = 1;
  }
  close(ends[1]);
  while (wait(nullptr) > 0) {
  }
  return outcome;
}

TEST_F(ControlGroupsOfTheKernel, EndWhoTakesMoreMemory) {
  EXPECT_EQ(Attack(true, TakeSharedMemory), kKilled);
  EXPECT_EQ(Attack(false, TakeSharedMemory), 0) << "control";
}

TEST_F(ControlGroupsOfTheKernel, RefuseMoreTasks) {
  EXPECT_EQ(Attack(true, TakeTasks), 1);
  EXPECT_EQ(Attack(false, TakeTasks), 0) << "control";
}

}  // namespace
}  // namespace edgekeep::isolation
