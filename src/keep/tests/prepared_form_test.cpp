// Prepared forms that are outdated, damaged or lost: served without, and remade when there is time.
#include <atomic>
#include <thread>

#include "../state.h"
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

class CrashingFormTest : public PreparedFormTest {
 protected:
  CrashingFormTest() { device_.cells.end = {.signal = 11, .wiped = true}; }

  // Crashes as often as a form may, each time as soon as the pauses let a cell start.
  void CrashLoading(std::uint32_t times) {
    device_.cells.faults.crashes_loading_prepared = true;
    for (std::uint32_t i = 0; i < times; ++i) {
      EK_EXPECT_ERROR(device_.Open(), ErrorCode::kPeerGone);
      device_.clock.Pass(Crashes::kLongestDelay);
    }
  }

  bool IsSetAside() { return device_.Status()->products[0].prepared_form_set_aside; }

  static constexpr std::uint32_t kMost = ProductNote::kMostPreparedFormCrashes;
};

TEST_F(CrashingFormTest, OneThatCrashesCellsIsSetAsideForTheCanonicalPackage) {
  CrashLoading(kMost - 1);
  EXPECT_FALSE(IsSetAside()) << "control: not at the first crash";
  CrashLoading(1);
  EXPECT_TRUE(IsSetAside());
  EXPECT_TRUE(device_.journal.Mentions("acme/label-ocr: cells that ran its prepared form crashed again and again"));
  EK_ASSERT_OK(device_.Open());
  EXPECT_FALSE(device_.cells.last_served_prepared);
  device_.WorkMeanwhile();
  EXPECT_EQ(device_.cells.num_prepares, 0) << "it would be made as it was";
  EXPECT_EQ(device_.Status()->products[0].crashes->count, kMost);
}

// A form may load and crash its first call.
TEST_F(CrashingFormTest, OneThatCrashesInUseIsSetAsideAndSessionsGoOn) {
  EK_ASSERT_OK(device_.Open());
  for (std::uint32_t i = 0; i < kMost; ++i) {
    EXPECT_TRUE(device_.cells.last_served_prepared);
    device_.cells.CrashLast();
    device_.Tend();
    device_.clock.Pass(Crashes::kWell - 1);
    device_.Tend();
    device_.Collect();
  }
  EXPECT_TRUE(IsSetAside());
  EXPECT_FALSE(device_.cells.last_served_prepared);
  EXPECT_FALSE(device_.sessions[0]->over());
}

TEST_F(CrashingFormTest, CellsThatWereWellForAMinuteSpeakForIt) {
  EK_ASSERT_OK(device_.Open());
  for (std::uint32_t i = 0; i < 2 * kMost; ++i) {
    device_.clock.Pass(Crashes::kWell);
    device_.cells.CrashLast();
    EXPECT_FALSE(device_.Tend());
    device_.Collect();
  }
  EXPECT_FALSE(IsSetAside());
  EXPECT_TRUE(device_.cells.last_served_prepared);
}

TEST_F(CrashingFormTest, WhoKillsCellsSaysNothingAboutIt) {
  device_.cells.end = {.signal = 9, .wiped = false};
  CrashLoading(2 * kMost);
  EXPECT_FALSE(IsSetAside());
  device_.cells.faults = {};
  EK_ASSERT_OK(device_.Open());
  EXPECT_TRUE(device_.cells.last_served_prepared);
}

// A busy host may be the reason as well: nobody waits for the canonical package, and nobody is told of crashes.
TEST_F(CrashingFormTest, OneThatIsNotLoadedInTimeIsSetAsideAndNoCrash) {
  device_.cells.faults.hangs_loading_prepared = true;
  for (std::uint32_t i = 0; i < kMost; ++i) {
    EXPECT_FALSE(IsSetAside()) << i;
    EK_EXPECT_ERROR(device_.Open(), ErrorCode::kTimedOut);
  }
  EXPECT_TRUE(IsSetAside());
  EXPECT_TRUE(device_.journal.Mentions("the cell did not load the prepared form in time and was ended"));
  EK_ASSERT_OK(device_.Open());
  EXPECT_FALSE(device_.cells.last_served_prepared);
  EXPECT_FALSE(device_.Status()->products[0].crashes);
}

TEST_F(CrashingFormTest, OneThatLoadsNowAndThenIsKept) {
  for (std::uint32_t i = 0; i < 2 * kMost; ++i) {
    device_.cells.faults.hangs_loading_prepared = true;
    EK_EXPECT_ERROR(device_.Open(), ErrorCode::kTimedOut);
    device_.cells.faults = {};
    EK_ASSERT_OK(device_.Open());
    EXPECT_TRUE(device_.cells.last_served_prepared);
    device_.CloseAll();
  }
  EXPECT_FALSE(IsSetAside());
}

TEST_F(CrashingFormTest, WhatIsLateElsewhereSaysNothingOfFormOrProduct) {
  device_.cells.engine_key = "engine-2/cpu";
  device_.cells.faults.hangs_loading = true;
  for (std::uint32_t i = 0; i < 2 * kMost; ++i) EK_EXPECT_ERROR(device_.Open(), ErrorCode::kTimedOut);
  EXPECT_FALSE(IsSetAside());
  EXPECT_FALSE(device_.Status()->products[0].crashes);
  device_.cells.faults = {};
  EK_ASSERT_OK(device_.Open());
}

TEST_F(CrashingFormTest, AnInstallOrARestartTriesItAnew) {
  CrashLoading(kMost);
  device_.cells.faults = {};
  EK_ASSERT_OK(Install());
  EXPECT_FALSE(IsSetAside());
  EK_ASSERT_OK(device_.Open());
  EXPECT_TRUE(device_.cells.last_served_prepared);
  device_.CloseAll();
  CrashLoading(kMost);
  EXPECT_TRUE(IsSetAside());
  device_.cells.faults = {};
  ASSERT_TRUE(device_.Start());
  EXPECT_FALSE(IsSetAside());
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
