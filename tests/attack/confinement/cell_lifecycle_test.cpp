// Cells of the real spawner through the keep's real cell host, and what one looks like from outside.
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>

#include "core_marker.h"
#include "edgekeep/isolation/spawner_cell_host.h"
#include "lent_spawner.h"
#include "order.h"

namespace edgekeep::attack {
namespace {

using isolation::Purpose;
using ports::CellPurpose;

constexpr std::uint64_t kLifecycleMemory = 16 << 20;
constexpr auto kServeModel = static_cast<std::uint16_t>(gate::Command::kServeModel);

class CellLifecycle : public testing::Test {
 protected:
  void SetUp() override {
    if (!CanRunSpawner()) GTEST_SKIP() << "SKIP cell lifecycle: needs root and the users edgekeep-*";
    spawner_ = std::make_unique<LentSpawner>();
  }

  std::unique_ptr<isolation::SpawnerCellHost> NewHost() {
    return isolation::SpawnerCellHost::Create(spawner_->TakeSocket()).value();
  }

  // The one process of the spawner's that is not the keep.
  pid_t CellPid() {
    for (const pid_t child : spawner_->Children()) {
      if (child != spawner_->keep_pid()) return child;
    }
    return -1;
  }

  static std::uint8_t Do(ports::Cell& cell, const std::string& what) {
    const std::string order = EncodeOrder({.attack = what, .knowledge = {}});
    const auto answer = cell.Order(kServeModel, SecretBytes::CopyOf(AsBytes(order)).value(), {}, 20'000);
    EXPECT_TRUE(answer && answer->size() == 1);
    return answer ? answer->view()[0] : 255;
  }

  std::unique_ptr<LentSpawner> spawner_;
};

TEST_F(CellLifecycle, HonestWorkIsDoneForBothPurposes) {
  auto host = NewHost();
  for (const CellPurpose purpose : {CellPurpose::kServe, CellPurpose::kInstall}) {
    auto cell = host->Start(purpose, kLifecycleMemory).value();
    EXPECT_EQ(Do(*cell, "honest_work"), 0);
    EXPECT_TRUE(cell->alive());
  }
}

TEST_F(CellLifecycle, MemoryIsLockedInOneOfTwoWays) {
  auto host = NewHost();
  auto cell = host->Start(CellPurpose::kServe, kLifecycleMemory).value();
  EXPECT_TRUE(AsText(cell->hello()) == "all" || AsText(cell->hello()) == "pool") << AsText(cell->hello());
  const std::string locked = StatusField(CellPid(), "VmLck");
  EXPECT_GE(std::stoul(locked), kLifecycleMemory / 1024) << locked;
}

TEST_F(CellLifecycle, LooksConfinedFromOutside) {
  auto host = NewHost();
  auto cell = host->Start(CellPurpose::kServe, kLifecycleMemory).value();
  const pid_t pid = CellPid();
  for (const char* field : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"}) {
    EXPECT_EQ(StatusField(pid, field), "0000000000000000") << field;
  }
  EXPECT_EQ(StatusField(pid, "NoNewPrivs"), "1");
  EXPECT_EQ(StatusField(pid, "Seccomp"), "2");
  EXPECT_EQ(StatusField(pid, "Groups"), "");
  EXPECT_NE(StatusField(pid, "Uid").substr(0, 2), "0\t");
}

TEST_F(CellLifecycle, SharesNoNamespaceWithTheHost) {
  auto host = NewHost();
  auto cell = host->Start(CellPurpose::kServe, kLifecycleMemory).value();
  const std::string of_cell = "/proc/" + std::to_string(CellPid()) + "/ns/";
  for (const char* name : {"user", "mnt", "net", "pid", "ipc", "uts", "cgroup"}) {
    EXPECT_NE(std::filesystem::read_symlink(of_cell + name),
              std::filesystem::read_symlink("/proc/self/ns/" + std::string(name)))
        << name;
  }
}

TEST_F(CellLifecycle, HoldsFourDescriptors) {
  auto host = NewHost();
  auto cell = host->Start(CellPurpose::kServe, kLifecycleMemory).value();
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/" + std::to_string(CellPid()) + "/fd")) {
    const std::string target = std::filesystem::read_symlink(entry.path());
    EXPECT_TRUE(target == "/dev/null" || target.starts_with("socket:") || target == "/null") << target;
    ++count;
  }
  EXPECT_EQ(count, 4U);
}

TEST_F(CellLifecycle, EndingTheObjectEndsTheProcess) {
  auto host = NewHost();
  auto cell = host->Start(CellPurpose::kServe, kLifecycleMemory).value();
  const pid_t pid = CellPid();
  ASSERT_GT(pid, 0);
  cell.reset();
  EXPECT_TRUE(WaitUntilGone(pid));
}

TEST_F(CellLifecycle, ADeadCellIsNoticed) {
  auto host = NewHost();
  auto cell = host->Start(CellPurpose::kServe, kLifecycleMemory).value();
  ASSERT_EQ(kill(CellPid(), SIGKILL), 0);
  pollfd watched{.fd = cell->end_signal(), .events = POLLRDHUP, .revents = 0};
  ASSERT_EQ(poll(&watched, 1, 10'000), 1);
  EXPECT_FALSE(cell->alive());
  EXPECT_EQ(cell->Order(kServeModel, SecretBytes(), {}, 1000).error().code(), ErrorCode::kPeerGone);
}

TEST_F(CellLifecycle, SevenServeAtOnceAndThePlaceForInstallingStaysFree) {
  auto host = NewHost();
  std::vector<std::unique_ptr<ports::Cell>> cells;
  cells.reserve(7);
  for (int i = 0; i < 7; ++i) cells.push_back(host->Start(CellPurpose::kServe, kLifecycleMemory).value());
  EXPECT_EQ(host->Start(CellPurpose::kServe, kLifecycleMemory).error().code(), ErrorCode::kBusy);
  {
    const auto installing = host->Start(CellPurpose::kInstall, kLifecycleMemory);
    EXPECT_TRUE(installing);
    EXPECT_EQ(host->Start(CellPurpose::kInstall, kLifecycleMemory).error().code(), ErrorCode::kBusy);
  }
  EXPECT_TRUE(host->Start(CellPurpose::kInstall, kLifecycleMemory)) << "it is free again";
  cells.pop_back();
  EXPECT_TRUE(host->Start(CellPurpose::kServe, kLifecycleMemory));
}

TEST_F(CellLifecycle, MemoryTheMachineDoesNotHaveIsRefused) {
  auto host = NewHost();
  EXPECT_EQ(host->Start(CellPurpose::kServe, 1ULL << 50).error().code(), ErrorCode::kNoMemory);
  EXPECT_EQ(host->Start(CellPurpose::kServe, ~0ULL).error().code(), ErrorCode::kNoMemory);
}

TEST_F(CellLifecycle, ManyComeAndGo) {
  auto host = NewHost();
  for (int i = 0; i < 40; ++i) EXPECT_TRUE(host->Start(CellPurpose::kServe, kLifecycleMemory)) << i;
  EXPECT_EQ(spawner_->Children().size(), 1U);
}

// A cell that aborts with a secret in memory leaves no core file anywhere it could have been written.
TEST_F(CellLifecycle, DumpsNoCore) {
  HostileCell cell = spawner_->Start(Purpose::kServe, kLifecycleMemory);
  const std::string order = EncodeOrder({.attack = "core_dump", .knowledge = {}});
  ASSERT_TRUE(cell.control.Send(gate::Command::kServeModel, 1, AsBytes(order)));
  const int status = spawner_->WaitStatusOf(cell.number);
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_FALSE(WCOREDUMP(status));
}

}  // namespace
}  // namespace edgekeep::attack
