#include "edgekeep/probe/doctor.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <functional>

namespace edgekeep::probe {
namespace {

namespace fs = std::filesystem;

Tries EverythingWorks() {
  return {.memfd_secret = true,
          .landlock_abi = 7,
          .user_namespaces = true,
          .seccomp_filters = true,
          .lockable_bytes = ~std::uint64_t{0},
          .may_raise_limits = true};
}

// A host of the test's own, on which everything is as it should be.
class Doctor : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/edgekeep-host-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    root_ = name;
    std::string users = "root:x:0:0::/root:/bin/bash\nedgekeep-keep:x:1:1::/:/usr/sbin/nologin\n";
    for (int i = 0; i < 8; ++i) users += "edgekeep-cell-" + std::to_string(i) + ":x:9:9::/:/usr/sbin/nologin\n";
    Write("etc/passwd", users);
    Write("proc/sys/kernel/osrelease", "6.12.1\n");
    Write("proc/sys/kernel/core_pattern", "core\n");
    Write("proc/sys/kernel/yama/ptrace_scope", "1\n");
    Write("proc/sys/kernel/perf_event_paranoid", "3\n");
    Write("proc/swaps", "Filename Type Size Used Priority\n");
    Write("proc/cmdline", "root=/dev/vda init_on_free=1\n");
    Write("sys/fs/cgroup/cgroup.controllers", "cpu memory pids\n");
    Write("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
    Write("usr/lib/edgekeep/libonnxruntime.so.1", "");
    Write("run/systemd/timesync/synchronized", "");
  }

  void TearDown() override { fs::remove_all(root_); }

  void Write(const std::string& path, const std::string& text) const {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
  }

  Check Find(const std::string& name, const Tries& tries = EverythingWorks()) const {
    for (Check& check : Examine(root_, tries)) {
      if (check.name == name) return check;
    }
    ADD_FAILURE() << name;
    return {};
  }

  bool CellsRunWith(const std::function<void(Tries&)>& change) const {
    Tries tries = EverythingWorks();
    change(tries);
    return CellsCanRun(Examine(root_, tries));
  }

  fs::path root_;
};

TEST_F(Doctor, FindsNothingToDoOnAGoodHost) {
  const std::vector<Check> checks = Examine(root_, EverythingWorks());
  for (const Check& check : checks) {
    EXPECT_EQ(check.standing, Standing::kPresent) << check.name << ": " << check.found;
    EXPECT_EQ(check.advice, "") << check.name;
  }
  EXPECT_TRUE(CellsCanRun(checks));
  EXPECT_TRUE(FittingProtection(root_, checks).starts_with("process:"));
}

TEST_F(Doctor, NamesEachNeededThingThatIsAbsent) {
  EXPECT_FALSE(CellsRunWith([](Tries& tries) { tries.landlock_abi = -1; }));
  EXPECT_FALSE(CellsRunWith([](Tries& tries) { tries.user_namespaces = false; }));
  EXPECT_FALSE(CellsRunWith([](Tries& tries) { tries.seccomp_filters = false; }));
  EXPECT_TRUE(CellsRunWith([](Tries& tries) { tries.memfd_secret = false; }));
  Write("etc/passwd", "root:x:0:0::/root:/bin/bash\nedgekeep-keep:x:1:1::/:/usr/sbin/nologin\n");
  EXPECT_FALSE(CellsRunWith([](Tries&) {}));
  EXPECT_NE(Find("users").advice, "");
}

TEST_F(Doctor, SaysWhatIsWeakerAndWhatToDo) {
  Tries weak = EverythingWorks();
  weak.memfd_secret = false;
  weak.landlock_abi = 3;
  weak.may_raise_limits = false;
  weak.lockable_bytes = 8 << 20;
  for (const char* name : {"memfd_secret", "landlock", "locked memory"}) {
    EXPECT_EQ(Find(name, weak).standing, Standing::kWeaker) << name;
    EXPECT_NE(Find(name, weak).advice, "") << name;
  }
  Write("proc/sys/kernel/core_pattern", "|/usr/bin/collector %p\n");
  Write("proc/swaps", "Filename Type\n/dev/sda2 partition\n");
  Write("proc/cmdline", "root=/dev/vda\n");
  Write("proc/sys/kernel/yama/ptrace_scope", "0\n");
  Write("proc/sys/kernel/perf_event_paranoid", "1\n");
  Write("sys/fs/cgroup/cgroup.controllers", "cpu\n");
  Write("sys/kernel/mm/transparent_hugepage/enabled", "always madvise [never]\n");
  fs::remove(root_ / "run/systemd/timesync/synchronized");
  for (const char* name :
       {"core dumps", "swap", "init_on_free", "yama", "perf events", "cgroup v2", "huge pages", "time"}) {
    EXPECT_EQ(Find(name).standing, Standing::kWeaker) << name;
    EXPECT_NE(Find(name).advice, "") << name;
  }
}

TEST_F(Doctor, LooksForControlGroupsBesideVersionOne) {
  fs::remove(root_ / "sys/fs/cgroup/cgroup.controllers");
  EXPECT_EQ(Find("cgroup v2").found, "not mounted");
  Write("sys/fs/cgroup/unified/cgroup.controllers", "hugetlb\n");
  EXPECT_EQ(Find("cgroup v2").found, "no memory and pids controllers");
  EXPECT_NE(Find("cgroup v2").advice.find("Delegate"), std::string::npos);
  Write("sys/fs/cgroup/unified/cgroup.controllers", "memory pids\n");
  EXPECT_EQ(Find("cgroup v2").standing, Standing::kPresent);
}

TEST_F(Doctor, MissingFilesAreAbsentFeaturesNotFaults) {
  fs::remove_all(root_ / "proc");
  fs::remove_all(root_ / "sys");
  EXPECT_EQ(Find("yama").standing, Standing::kAbsent);
  EXPECT_EQ(Find("kernel").standing, Standing::kAbsent);
  EXPECT_EQ(Find("cgroup v2").standing, Standing::kWeaker);
}

TEST_F(Doctor, ChoosesByHardwareAndCoTenants) {
  const auto fitting = [&] { return FittingProtection(root_, Examine(root_, EverythingWorks())); };
  std::ofstream(root_ / "etc/passwd", std::ios::app) << "mallory:x:1000:1000::/home/mallory:/bin/bash\n";
  EXPECT_TRUE(fitting().starts_with("process:"));
  Write("dev/kvm", "");
  EXPECT_TRUE(fitting().starts_with("vm:"));
  Write("dev/tee0", "");
  EXPECT_TRUE(fitting().starts_with("trustzone:"));
}

TEST_F(Doctor, SaysWhenNothingFits) {
  Tries tries = EverythingWorks();
  tries.seccomp_filters = false;
  EXPECT_TRUE(FittingProtection(root_, Examine(root_, tries)).starts_with("none"));
}

// The tries do not change the process that asks.
TEST(TryHere, CanBeAskedTwice) {
  const Tries first = TryHere();
  const Tries again = TryHere();
  EXPECT_EQ(first.landlock_abi, again.landlock_abi);
  EXPECT_EQ(first.user_namespaces, again.user_namespaces);
  EXPECT_EQ(first.seccomp_filters, again.seccomp_filters);
  EXPECT_EQ(first.memfd_secret, again.memfd_secret);
}

}  // namespace
}  // namespace edgekeep::probe
