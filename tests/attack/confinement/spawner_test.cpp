// The spawner under a hostile or dying keep, and its own death.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <functional>
#include <memory>

#include "lent_spawner.h"

namespace edgekeep::attack {
namespace {

using gate::Command;
using isolation::Purpose;

constexpr std::uint64_t kMemory = 16 << 20;

class Spawner : public testing::Test {
 protected:
  void SetUp() override {
    if (!CanRunSpawner()) GTEST_SKIP() << "SKIP spawner: needs root and the users edgekeep-*";
    spawner_ = std::make_unique<LentSpawner>();
  }

  // Both cells and the keep end, a new keep comes up, and it can start cells.
  void ExpectAFreshStartAfter(const std::function<void()>& fault) {
    HostileCell serving = spawner_->Start(Purpose::kServe, kMemory);
    HostileCell installing = spawner_->Start(Purpose::kInstall, kMemory);
    const std::vector<pid_t> before = spawner_->Children();
    ASSERT_EQ(before.size(), 3U);
    fault();
    for (const pid_t pid : before) EXPECT_TRUE(WaitUntilGone(pid));
    spawner_->Borrow();
    const HostileCell again = spawner_->Start(Purpose::kServe, kMemory);
    ASSERT_TRUE(again.control.valid());
    spawner_->Kill(again.number);
    spawner_->WaitStatusOf(again.number);
  }

  void ExpectAFreshStartAfterSaying(Command command, ByteView body) {
    ExpectAFreshStartAfter([&] { EXPECT_TRUE(spawner_->channel().Send(command, 1, body)); });
  }

  static bool AnyMountBelow(const std::string& path) {
    std::ifstream mounts("/proc/self/mounts");
    for (std::string line; std::getline(mounts, line);) {
      if (line.find(path) != std::string::npos) return true;
    }
    return false;
  }

  std::unique_ptr<LentSpawner> spawner_;
};

TEST_F(Spawner, EndsAKeepThatSaysTooLittleOrTooMuch) {
  const isolation::SpawnerBody body = Encode(isolation::StartCell{.purpose = Purpose::kServe, .memory_bytes = kMemory});
  ExpectAFreshStartAfterSaying(Command::kStartCell, ByteView(body).first(15));
  const std::vector<std::uint8_t> longer(17);
  ExpectAFreshStartAfterSaying(Command::kStartCell, longer);
}

TEST_F(Spawner, EndsAKeepThatAsksForAnUnknownPurpose) {
  isolation::SpawnerBody body = Encode(isolation::StartCell{.purpose = Purpose::kServe, .memory_bytes = kMemory});
  body[0] = 3;
  ExpectAFreshStartAfterSaying(Command::kStartCell, body);
}

TEST_F(Spawner, EndsAKeepThatGivesAnotherCommand) {
  ExpectAFreshStartAfterSaying(Command::kServeModel, isolation::SpawnerBody{});
}

TEST_F(Spawner, EndsAKeepThatSendsRawBytes) {
  ExpectAFreshStartAfter([&] { EXPECT_EQ(send(spawner_->channel().fd(), "garbage", 7, 0), 7); });
}

// Newer kernels refuse them to the keep already.
TEST_F(Spawner, TakesNoDescriptors) {
  const int fds[] = {0, 0, 0, 0};
  if (!spawner_->channel().Send(Command::kStatus, 1, {}, fds)) {
    EXPECT_TRUE(spawner_->Start(Purpose::kServe, kMemory).control.valid());
    return;
  }
  for (const pid_t pid : spawner_->Children()) EXPECT_TRUE(WaitUntilGone(pid));
  spawner_->Borrow();
  EXPECT_TRUE(spawner_->Start(Purpose::kServe, kMemory).control.valid());
}

TEST_F(Spawner, IgnoresTheEndOfCellsThatAreNot) {
  spawner_->Kill(4711);
  spawner_->Kill(0);
  EXPECT_TRUE(spawner_->Start(Purpose::kServe, kMemory).control.valid());
}

TEST_F(Spawner, ReportsHowEachCellEnded) {
  HostileCell first = spawner_->Start(Purpose::kServe, kMemory);
  HostileCell second = spawner_->Start(Purpose::kServe, kMemory);
  EXPECT_NE(first.number, second.number);
  spawner_->Kill(first.number);
  const int killed = spawner_->WaitStatusOf(first.number);
  EXPECT_TRUE(WIFSIGNALED(killed) && WTERMSIG(killed) == SIGKILL);
  // It ends by itself when its control socket does.
  second.control = gate::Channel();
  const int left = spawner_->WaitStatusOf(second.number);
  EXPECT_TRUE(WIFEXITED(left) && WEXITSTATUS(left) == 0);
}

TEST_F(Spawner, StartsANewKeepWhenOneIsKilled) {
  for (int i = 0; i < 3; ++i) {
    ExpectAFreshStartAfter([&] { EXPECT_EQ(kill(spawner_->keep_pid(), SIGKILL), 0); });
  }
}

TEST_F(Spawner, TakesEverythingWithItWhenItIsKilled) {
  HostileCell cell = spawner_->Start(Purpose::kServe, kMemory);
  const std::vector<pid_t> children = spawner_->Children();
  ASSERT_EQ(children.size(), 2U);
  const int status = spawner_->End(SIGKILL);
  EXPECT_TRUE(WIFSIGNALED(status));
  for (const pid_t pid : children) EXPECT_TRUE(WaitUntilGone(pid));
  EXPECT_FALSE(AnyMountBelow(spawner_->root()));
}

TEST_F(Spawner, EndsInOrderWhenAsked) {
  HostileCell cell = spawner_->Start(Purpose::kInstall, kMemory);
  const std::vector<pid_t> children = spawner_->Children();
  const int status = spawner_->End(SIGTERM);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  // It collected them itself: there is no zombie to be found either.
  for (const pid_t pid : children) EXPECT_EQ(StatusField(pid, "State"), "");
  EXPECT_FALSE(AnyMountBelow(spawner_->root()));
}

TEST_F(Spawner, LeavesNoZombies) {
  for (int i = 0; i < 10; ++i) {
    HostileCell cell = spawner_->Start(Purpose::kServe, kMemory);
    spawner_->Kill(cell.number);
    spawner_->WaitStatusOf(cell.number);
  }
  EXPECT_EQ(spawner_->Children().size(), 1U);
}

}  // namespace
}  // namespace edgekeep::attack
