// Where the spawner has a control group of its own, its keep and each cell have theirs inside.
#include "edgekeep/isolation/process/control_groups.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "lent_spawner.h"

namespace edgekeep::attack {
namespace {

namespace fs = std::filesystem;
using isolation::Purpose;

constexpr std::uint64_t kGroupMemory = 16 << 20;

std::string TextOf(const fs::path& file) {
  std::ifstream text(file);
  return {std::istreambuf_iterator<char>(text), {}};
}

class ControlGroup : public testing::Test {
 protected:
  void SetUp() override {
    if (!CanRunSpawner()) GTEST_SKIP() << "SKIP control groups: need root and the users edgekeep-*";
    fs::path mount = "/sys/fs/cgroup";
    if (!fs::exists(mount / "cgroup.controllers")) mount /= "unified";
    group_ = mount / ("edgekeep-test-" + std::to_string(getpid()));
    if (mkdir(group_.c_str(), 0755) != 0) GTEST_SKIP() << "SKIP control groups: no cgroup v2 to make any in";
    made_ = true;
  }

  void TearDown() override {
    if (!made_) return;
    spawner_.reset();
    for (const auto& entry : fs::directory_iterator(group_)) {
      if (entry.is_directory()) rmdir(entry.path().c_str());
    }
    EXPECT_EQ(rmdir(group_.c_str()), 0) << "somebody is left in it";
  }

  void StartInside() { spawner_ = std::make_unique<LentSpawner>(Launch{.control_group = group_}); }

  // The name of the group a process is in, below the test's.
  std::string GroupOf(pid_t pid) const {
    const std::string told = TextOf("/proc/" + std::to_string(pid) + "/cgroup");
    const std::size_t at = told.find("0::/" + group_.filename().string());
    if (at == std::string::npos) return "";
    const std::string path = told.substr(at, told.find('\n', at) - at);
    return path.substr(path.rfind('/') + 1);
  }

  std::string GroupOfTheCell() const {
    for (const pid_t child : spawner_->Children()) {
      if (child != spawner_->keep_pid()) return GroupOf(child);
    }
    return "";
  }

  fs::path group_;
  bool made_ = false;
  std::unique_ptr<LentSpawner> spawner_;
};

TEST_F(ControlGroup, OfItsOwnHasEachCellAndTheKeep) {
  StartInside();
  EXPECT_EQ(GroupOf(spawner_->pid()), "spawner");
  EXPECT_EQ(GroupOf(spawner_->keep_pid()), "keep");
  {
    const HostileCell serving = spawner_->Start(Purpose::kServe, kGroupMemory);
    EXPECT_EQ(GroupOfTheCell(), "cell-0");
    spawner_->Kill(serving.number);
    spawner_->WaitStatusOf(serving.number);
  }
  const HostileCell installing = spawner_->Start(Purpose::kInstall, kGroupMemory);
  EXPECT_EQ(GroupOfTheCell(), "cell-7");
}

// A group that others are in is not the spawner's to divide: it runs, and all stay where they are.
TEST_F(ControlGroup, OfOthersIsLeftAlone) {
  const pid_t other = fork();
  if (other == 0) {
    for (;;) pause();
  }
  std::ofstream(group_ / "cgroup.procs") << other << std::flush;
  StartInside();
  EXPECT_EQ(GroupOf(spawner_->keep_pid()), group_.filename());
  EXPECT_FALSE(fs::exists(group_ / "spawner"));
  spawner_.reset();
  kill(other, SIGKILL);
  waitpid(other, nullptr, 0);
}

TEST_F(ControlGroup, BoundsMemoryTasksAndSwap) {
  const std::string controllers = TextOf(group_ / "cgroup.controllers");
  if (controllers.find("memory") == std::string::npos || controllers.find("pids") == std::string::npos) {
    GTEST_SKIP() << "SKIP bounds of control groups: memory and pids are not in cgroup v2 here";
  }
  StartInside();
  const HostileCell cell = spawner_->Start(Purpose::kServe, kGroupMemory);
  const isolation::GroupBounds bounds = isolation::BoundsForCell(Purpose::kServe, kGroupMemory);
  const std::uint64_t pages = bounds.memory_bytes / 4096 * 4096;
  EXPECT_EQ(TextOf(group_ / "cell-0/memory.max"), std::to_string(pages) + "\n");
  EXPECT_EQ(TextOf(group_ / "cell-0/pids.max"), std::to_string(bounds.tasks) + "\n");
  EXPECT_EQ(TextOf(group_ / "cell-0/memory.oom.group"), "1\n");
  const bool may_swap = fs::exists(group_ / "cell-0/memory.swap.max");
  EXPECT_EQ(TextOf(group_ / "cell-0/memory.swap.max"), may_swap ? "0\n" : "");
}

}  // namespace
}  // namespace edgekeep::attack
