// Prepared forms that are outdated, damaged or lost: served without, and remade when there is time.
#include <atomic>
#include <thread>

#include "edgekeep/base/testing/expect_error.h"
#include "fixture/installed_device.h"

namespace edgekeep::keep {
namespace {

using fixture::Buffer;
using fixture::kDirectory;
using fixture::kNow;
using formats::Licence;

class PreparedFormTest : public fixture::InstalledDevice {};

TEST_F(PreparedFormTest, DamagedPreparedFormIsDeniedOnceAndRemade) {
  for (const std::size_t at : {std::size_t{0}, std::size_t{5000}, Stored("prepared.0").size() - 1}) {
    Stored("prepared.0")[at] ^= 1;
    EK_EXPECT_ERROR(device_.Open(), ErrorCode::kDenied);
    const int prepares = device_.cells.num_prepares;
    EK_ASSERT_OK(device_.Open());
    EXPECT_FALSE(device_.cells.last_served_prepared);
    device_.WorkMeanwhile();
    EXPECT_EQ(device_.cells.num_prepares, prepares + 1);
    device_.CloseAll();
    EK_ASSERT_OK(device_.Open());
    EXPECT_TRUE(device_.cells.last_served_prepared);
    device_.CloseAll();
  }
}

TEST_F(PreparedFormTest, LostPreparedFormIsRemade) {
  EK_ASSERT_OK(device_.disk->Remove(std::string(kDirectory) + "prepared.0"));
  EK_ASSERT_OK(device_.Open());
  EXPECT_FALSE(device_.cells.last_served_prepared);
  device_.WorkMeanwhile();
  EXPECT_EQ(device_.cells.num_prepares, 1);
  device_.CloseAll();
  EK_ASSERT_OK(device_.Open());
  EXPECT_TRUE(device_.cells.last_served_prepared);
}

TEST_F(PreparedFormTest, AnotherEngineIsServedAtOnceAndHasThePreparedFormRemade) {
  device_.cells.engine_key = "engine-2/cpu";
  EK_ASSERT_OK(device_.Open());
  EXPECT_EQ(device_.cells.num_prepares, 0) << "nobody waits for it";
  EXPECT_FALSE(device_.cells.last_served_prepared);
  device_.WorkMeanwhile();
  EXPECT_EQ(device_.cells.num_prepares, 1);
  EXPECT_EQ(device_.sessions.size(), 1U) << "what runs is not stopped";
  EXPECT_EQ(device_.Status()->products[0].prepared_for.view(), "engine-2/cpu");
  device_.CloseAll();
  for (int i = 0; i < 2; ++i) {
    EK_ASSERT_OK(device_.Open());
    EXPECT_TRUE(device_.cells.last_served_prepared);
    device_.WorkMeanwhile();
    EXPECT_EQ(device_.cells.num_prepares, 1);
    ASSERT_TRUE(device_.Start());
  }
}

TEST_F(PreparedFormTest, SeveralOpensHaveOnePreparedFormRemade) {
  device_.cells.engine_key = "engine-2/cpu";
  for (int i = 0; i < 3; ++i) EK_ASSERT_OK(device_.Open());
  device_.WorkMeanwhile();
  EXPECT_EQ(device_.cells.num_prepares, 1);
  device_.WorkMeanwhile();
  EXPECT_EQ(device_.cells.num_prepares, 1);
}

TEST_F(PreparedFormTest, OpensGoOnWhileAFormIsRemade) {
  device_.cells.engine_key = "engine-2/cpu";
  EK_ASSERT_OK(device_.Open());
  int opened = 0;
  device_.cells.faults.while_working = [&] {
    if (opened++ == 0) EK_ASSERT_OK(device_.Open());
  };
  device_.WorkMeanwhile();
  EXPECT_GT(opened, 0);
  device_.cells.faults.while_working = nullptr;
  device_.CloseAll();
  EK_ASSERT_OK(device_.Open());
  EXPECT_TRUE(device_.cells.last_served_prepared);
}

// An open that began before the form was there asks for it when it is.
TEST_F(PreparedFormTest, OneThatIsAskedForAgainWhileItIsMadeIsMadeOnce) {
  device_.cells.engine_key = "engine-2/cpu";
  EK_ASSERT_OK(device_.Open());
  device_.CloseAll();
  bool remade = false;
  device_.cells.faults.while_working = [&] {
    if (!std::exchange(remade, true)) device_.WorkMeanwhile();
  };
  EK_ASSERT_OK(device_.Open());
  device_.cells.faults.while_working = nullptr;
  EXPECT_FALSE(device_.cells.last_served_prepared) << "control: it began before";
  EXPECT_EQ(device_.cells.num_prepares, 1);
  device_.WorkMeanwhile();
  EXPECT_EQ(device_.cells.num_prepares, 1);
}

TEST_F(PreparedFormTest, FormIsNotRemadeWhenTheLicenceHasEnded) {
  EK_ASSERT_OK(Install([](Licence& l) { l.terms.expires = UnixTime{kNow.value + 100}; }));
  device_.cells.engine_key = "engine-2/cpu";
  EK_ASSERT_OK(device_.Open());
  device_.clock.Set({kNow.value + 100});
  device_.WorkMeanwhile();
  EXPECT_EQ(device_.cells.num_prepares, 0);
  EXPECT_TRUE(device_.journal.Mentions("remake a prepared form: expired"));
}

TEST_F(PreparedFormTest, FormIsNotRemadeWhileAnInstallRuns) {
  device_.cells.engine_key = "engine-2/cpu";
  EK_ASSERT_OK(device_.Open());
  const Buffer licence = device_.Licence(publisher_);
  bool tried = false;
  device_.cells.faults.while_working = [&] {
    if (!std::exchange(tried, true)) device_.WorkMeanwhile();
  };
  EK_ASSERT_OK(device_.Install(package_, grant_, licence));
  EXPECT_TRUE(tried);
  EXPECT_EQ(device_.cells.num_prepares, 0);
  EXPECT_TRUE(device_.journal.Mentions("remake a prepared form: busy"));
}

// Of two, one waits for the form and the other one hears that an install is running.
TEST_F(PreparedFormTest, InstallWaitsForAFormThatIsBeingRemade) {
  device_.cells.engine_key = "engine-2/cpu";
  EK_ASSERT_OK(device_.Open());
  const Buffer licence = device_.Licence(publisher_);
  const int file = device_.files.Add(package_.file);
  std::atomic<int> busy = 0;
  std::atomic<int> installed = 0;
  const auto install = [&] {
    const auto answer = device_.InstallFile({file}, grant_, licence);
    ++(answer ? installed : busy);
  };
  std::vector<std::thread> threads;
  std::atomic<bool> began = false;
  device_.cells.faults.while_working = [&] {
    if (began.exchange(true)) return;
    threads.emplace_back(install);
    threads.emplace_back(install);
    while (busy + installed == 0) std::this_thread::yield();
    EXPECT_EQ(busy, 1);
    EXPECT_EQ(device_.cells.num_installs, 1) << "the one of the fixture";
  };
  device_.WorkMeanwhile();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(installed, 1);
  EXPECT_EQ(device_.cells.num_prepares, 1);
  EK_ASSERT_OK(device_.Open());
}

TEST_F(PreparedFormTest, WorkIsWaitedForUntilThereIsSomeOrTheEnd) {
  std::atomic<int> rounds = 0;
  std::thread worker([&] {
    while (device_.AwaitWork()) {
      device_.WorkMeanwhile();
      ++rounds;
    }
  });
  device_.cells.engine_key = "engine-2/cpu";
  EK_ASSERT_OK(device_.Open());
  while (rounds == 0) std::this_thread::yield();
  EXPECT_EQ(device_.cells.num_prepares, 1);
  device_.EndWork();
  worker.join();
}

TEST_F(PreparedFormTest, WithoutACellToRemakeItThePreparedFormStaysAsItIs) {
  const Buffer prepared = Stored("prepared.0");
  device_.cells.engine_key = "engine-2/cpu";
  device_.cells.faults.install_start_error = ErrorCode::kBusy;
  EK_ASSERT_OK(device_.Open());
  device_.WorkMeanwhile();
  EXPECT_FALSE(device_.cells.last_served_prepared);
  EXPECT_EQ(device_.Status()->products[0].prepared_for.view(), "engine-1/cpu");
  EXPECT_EQ(Stored("prepared.0"), prepared);
  // Control: with one it gives way, after the very next open that starts a cell.
  device_.cells.faults.install_start_error.reset();
  device_.CloseAll();
  EK_ASSERT_OK(device_.Open());
  device_.WorkMeanwhile();
  EXPECT_EQ(device_.Status()->products[0].prepared_for.view(), "engine-2/cpu");
  EXPECT_NE(Stored("prepared.0"), prepared);
}

TEST_F(PreparedFormTest, EngineWithoutPreparedFormServesTheCanonicalOne) {
  device_.cells.engine_key = "engine-2/cpu";
  device_.cells.faults.has_prepared_form = false;
  for (int i = 0; i < 3; ++i) {
    EK_ASSERT_OK(device_.Open());
    EXPECT_FALSE(device_.cells.last_served_prepared);
    device_.WorkMeanwhile();
    device_.CloseAll();
  }
  EXPECT_EQ(device_.cells.num_prepares, 1) << "tried once, not at every open";
}

TEST_F(PreparedFormTest, FullDiskWhileRemakingCostsOnlySpeed) {
  device_.cells.engine_key = "engine-2/cpu";
  EK_ASSERT_OK(device_.Open());
  device_.disk->FullFrom(0);
  device_.WorkMeanwhile();
  device_.CloseAll();
  EK_ASSERT_OK(device_.Open());
  EXPECT_FALSE(device_.cells.last_served_prepared);
  device_.disk->Heal();
  ASSERT_TRUE(device_.Start());
  EK_ASSERT_OK(device_.Open());
  EXPECT_FALSE(device_.cells.last_served_prepared);
  device_.WorkMeanwhile();
  device_.CloseAll();
  EK_ASSERT_OK(device_.Open());
  EXPECT_TRUE(device_.cells.last_served_prepared);
}

}  // namespace
}  // namespace edgekeep::keep
