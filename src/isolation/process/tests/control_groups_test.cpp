#include "edgekeep/isolation/process/control_groups.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

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

TEST(ControlGroupBounds, AreAboveWhatSetrlimitLeavesAndBelowAllAddresses) {
  const GroupBounds serving = BoundsForCell(Purpose::kServe, 1 << 20);
  EXPECT_GT(serving.memory_bytes, 1ULL << 30);
  EXPECT_LT(serving.memory_bytes, 8ULL << 30);
  EXPECT_EQ(serving.tasks, 128U);
  EXPECT_GT(BoundsForKeep().cpu_weight, serving.cpu_weight);
}

}  // namespace
}  // namespace edgekeep::isolation
