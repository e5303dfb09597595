// Cells that are lost or outdated, and what becomes of their sessions.
#include <functional>
#include <utility>

#include "edgekeep/base/testing/expect_error.h"
#include "fixture/installed_device.h"

namespace edgekeep::keep {
namespace {

using fixture::Buffer;
using fixture::Package;

// In the middle of the next order to a cell, once.
void Meanwhile(fixture::CellFaults& faults, std::function<void()> what) {
  faults.while_working = [&faults, what = std::move(what)] {
    const auto keep_alive = std::exchange(faults.while_working, {});
    what();
  };
}

class TendCellsTest : public fixture::InstalledDevice {
 protected:
  TendCellsTest() {
    EXPECT_TRUE(device_.Open());
    EXPECT_TRUE(device_.Open());
  }

  Status Install(std::uint64_t sequence, const fixture::Edit<formats::Licence>& edit = {}) {
    const Package package = publisher_.Seal({sequence}, fixture::Pattern(5000, 8));
    EK_TRY(device_.Install(package, publisher_.Grant(package, {4}), device_.Licence(publisher_, edit)));
    return {};
  }
};

TEST_F(TendCellsTest, NothingIsDueWhileAllIsWell) {
  EXPECT_FALSE(device_.Tend());
  EXPECT_EQ(device_.cells.num_serves, 1);
}

TEST_F(TendCellsTest, ALostCellIsSucceededAtOnceAndTheCallItWasAtRefused) {
  device_.cells.end = {.signal = 11, .wiped = true};
  device_.cells.CrashLast();
  EXPECT_FALSE(device_.Tend());
  EXPECT_EQ(device_.cells.num_serves, 2);
  EXPECT_EQ(device_.cells.num_sessions_added, 4) << "both sessions, once more";
  EXPECT_GE(device_.lines.num_begun_refused, 2);
  EXPECT_EQ(device_.lines.num_all_refused, 0);
  EXPECT_EQ(device_.lines.last_refusal, ErrorCode::kPeerGone);
  EXPECT_TRUE(device_.journal.Mentions("serve acme/label-ocr: peer-gone: the cell crashed, wiped"));
  EXPECT_FALSE(device_.sessions[0]->over());
  device_.Collect();
  EXPECT_EQ(device_.cells.num_running, 1);
  device_.CloseAll();
  EXPECT_EQ(device_.cells.num_running, 0);
}

// Nobody watches the end of a cell that is known to be lost: whoever saw it first has to tell.
TEST_F(TendCellsTest, ALossThatWasSeenInPassingIsToldUntilItIsTended) {
  EXPECT_FALSE(device_.AnyUntendedLoss());
  device_.cells.CrashLast();
  device_.Collect();
  EXPECT_EQ(device_.sessions[0]->cell_signal(), -1);
  EXPECT_TRUE(device_.AnyUntendedLoss());
  EXPECT_FALSE(device_.Tend());
  EXPECT_EQ(device_.cells.num_serves, 2);
  EXPECT_FALSE(device_.AnyUntendedLoss());
}

TEST_F(TendCellsTest, StatusTellsOfCrashes) {
  EXPECT_FALSE(device_.Status()->products[0].crashes);
  device_.cells.end = {.signal = 11, .wiped = true};
  for (int i = 0; i < 3; ++i) {
    device_.cells.CrashLast();
    device_.Tend();
    device_.clock.Pass(static_cast<std::uint64_t>(i));
    device_.Tend();
    device_.Collect();
  }
  device_.cells.CrashLast();
  device_.Tend();
  const auto crashes = device_.Status()->products[0].crashes;
  ASSERT_TRUE(crashes);
  EXPECT_EQ(crashes->count, 4U);
  EXPECT_EQ(crashes->last.value, fixture::kNow.value + 3);
  EXPECT_EQ(crashes->signal, 11U);
  EXPECT_EQ(crashes->memory, gate::CrashMemory::kWiped);
  EXPECT_EQ(crashes->wait_seconds, 4U);
}

// A model whose cell crashes while it loads is one nobody can open: that is what an operator looks for.
TEST_F(TendCellsTest, StatusTellsOfCrashesWhileLoading) {
  device_.CloseAll();
  device_.cells.end = {.signal = 9, .wiped = false};
  device_.cells.faults.crashes_loading = true;
  EK_EXPECT_ERROR(device_.Open(), ErrorCode::kPeerGone);
  EK_EXPECT_ERROR(device_.Open(), ErrorCode::kPeerGone);
  const int serves = device_.cells.num_serves;
  EK_EXPECT_ERROR(device_.Open(), ErrorCode::kBusy);
  EXPECT_EQ(device_.cells.num_serves, serves) << "not again and again without a pause";
  const auto crashes = device_.Status()->products[0].crashes;
  ASSERT_TRUE(crashes);
  EXPECT_EQ(crashes->count, 2U);
  EXPECT_EQ(crashes->signal, 9U);
  EXPECT_EQ(crashes->wait_seconds, 1U);
  EXPECT_TRUE(device_.journal.Mentions("the cell was ended, its memory left to the kernel"));
}

TEST_F(TendCellsTest, ASuccessorThatCrashesWhileLoadingIsCountedAndPutOff) {
  device_.cells.faults.crashes_loading = true;
  device_.cells.CrashLast();
  EXPECT_TRUE(device_.Tend());
  EXPECT_EQ(device_.Status()->products[0].crashes->count, 2U);
  for (int i = 0; i < 5; ++i) {
    device_.clock.Pass(100);
    EXPECT_TRUE(device_.Tend());
  }
  EXPECT_EQ(device_.Status()->products[0].crashes->count, 7U);
  const int serves = device_.cells.num_serves;
  device_.clock.Pass(30);
  EXPECT_TRUE(device_.Tend());
  EXPECT_EQ(device_.cells.num_serves, serves) << "32 seconds, by now";
  device_.cells.faults.crashes_loading = false;
  device_.clock.Pass(2);
  EXPECT_FALSE(device_.Tend());
  EXPECT_FALSE(device_.sessions[0]->over());
}

// Its callers may be gone before anybody tends it.
TEST_F(TendCellsTest, ACrashIsCountedThoughNobodyIsLeftToServe) {
  device_.cells.end = {.signal = 11, .wiped = true};
  device_.cells.CrashLast();
  device_.sessions.clear();
  device_.Tend();
  device_.Collect();
  EXPECT_EQ(device_.cells.num_running, 0);
  ASSERT_TRUE(device_.Status()->products[0].crashes);
  EXPECT_EQ(device_.Status()->products[0].crashes->count, 1U);
  EK_ASSERT_OK(device_.Open());
  device_.CloseAll();
  EXPECT_EQ(device_.Status()->products[0].crashes->count, 1U) << "control: one that was asked to end is none";
}

TEST_F(TendCellsTest, ACrashIsCountedWhileTheFormerCellIsStillEnding) {
  EK_ASSERT_OK(Install(4));
  device_.cells.faults.ends_late = true;
  EXPECT_FALSE(device_.Tend());
  device_.cells.CrashLast();
  EXPECT_TRUE(device_.Tend()) << "the former one first";
  EXPECT_EQ(device_.Status()->products[0].crashes->count, 1U);
  device_.cells.CrashLast();
  device_.cells.faults.ends_late = false;
  device_.Collect();
  EXPECT_FALSE(device_.Tend());
  EXPECT_EQ(device_.Status()->products[0].crashes->count, 1U);
  EXPECT_FALSE(device_.sessions[0]->over());
}

TEST_F(TendCellsTest, ACrashWhileSessionsMoveIsCounted) {
  EK_ASSERT_OK(Install(4));
  Meanwhile(device_.cells.faults, [this] { device_.cells.CrashLast(); });
  EXPECT_FALSE(device_.Tend());
  EXPECT_GE(device_.lines.num_begun_refused, 2);
  ASSERT_TRUE(device_.Status()->products[0].crashes);
  EXPECT_EQ(device_.Status()->products[0].crashes->count, 1U);
}

TEST_F(TendCellsTest, TheKernelsShareIsToldFromTheCellsOwn) {
  device_.cells.end = {.signal = 9, .wiped = false};
  device_.cells.CrashLast();
  device_.Tend();
  EXPECT_TRUE(device_.journal.Mentions("the cell was ended, its memory left to the kernel"));
}

TEST_F(TendCellsTest, CrashesInARowAreFollowedByLongerAndLongerPauses) {
  for (const std::uint64_t pause : {0U, 1U, 2U, 4U, 8U, 16U, 32U, 60U, 60U}) {
    const int serves = device_.cells.num_serves;
    device_.cells.CrashLast();
    if (pause != 0) {
      device_.lines.num_all_refused = 0;
      EXPECT_TRUE(device_.Tend());
      EXPECT_EQ(device_.cells.num_serves, serves);
      EXPECT_EQ(device_.lines.num_all_refused, 2) << "who calls meanwhile is told";
      EXPECT_EQ(device_.lines.last_refusal, ErrorCode::kBusy);
      EK_EXPECT_ERROR(device_.Open(), ErrorCode::kBusy);
      device_.clock.Pass(pause - 1);
      EXPECT_TRUE(device_.Tend());
      EXPECT_EQ(device_.cells.num_serves, serves);
      device_.clock.Pass(1);
    }
    EXPECT_FALSE(device_.Tend());
    EXPECT_EQ(device_.cells.num_serves, serves + 1);
    device_.Collect();
  }
  EXPECT_TRUE(device_.journal.Mentions("again and again"));
  device_.clock.Pass(60);
  const int serves = device_.cells.num_serves;
  device_.cells.CrashLast();
  EXPECT_FALSE(device_.Tend());
  EXPECT_EQ(device_.cells.num_serves, serves + 1) << "a healthy minute forgets them";
}

TEST_F(TendCellsTest, WithoutALicenceThereIsNoSuccessor) {
  EK_ASSERT_OK(
      InstalledDevice::Install([](formats::Licence& l) { l.terms.expires = UnixTime{fixture::kNow.value + 100}; }));
  device_.Tend();
  device_.Collect();
  device_.clock.Set({fixture::kNow.value + 100});
  device_.cells.CrashLast();
  EXPECT_FALSE(device_.Tend());
  EXPECT_TRUE(device_.sessions[0]->over());
  EXPECT_TRUE(device_.sessions[1]->over());
  EXPECT_EQ(device_.lines.last_refusal, ErrorCode::kPeerGone);
  device_.CloseAll();
  EXPECT_EQ(device_.cells.num_running, 0);
}

TEST_F(TendCellsTest, ANewVersionTakesTheSessionsOver) {
  EK_ASSERT_OK(Install(4));
  EXPECT_FALSE(device_.Tend());
  EXPECT_EQ(device_.cells.num_serves, 2);
  EXPECT_EQ(device_.cells.num_sessions_ended, 2);
  EXPECT_EQ(device_.cells.num_sessions_added, 4);
  EXPECT_EQ(device_.lines.num_begun_refused, 0) << "no call is lost";
  device_.Collect();
  EXPECT_EQ(device_.cells.num_running, 1);
  const auto answer = device_.Open();
  EK_ASSERT_OK(answer);
  EXPECT_EQ(answer->version.sequence.value, 4U);
  EXPECT_EQ(device_.cells.num_serves, 2) << "it joins them";
  EXPECT_FALSE(device_.Tend());
}

// Its application left, and the cell was the first to notice.
TEST_F(TendCellsTest, ASessionTheCellHasForgottenKeepsNoOtherFromBeingEnded) {
  device_.cells.faults.knows_no_session = true;
  EK_ASSERT_OK(Install(4));
  EXPECT_FALSE(device_.Tend());
  EXPECT_EQ(device_.cells.num_sessions_ended, 2);
  EXPECT_EQ(device_.lines.num_begun_refused, 0);
}

TEST_F(TendCellsTest, ANewVersionOfAnotherInterfaceIsForNewSessionsOnly) {
  device_.cells.faults.other_interface = true;
  EK_ASSERT_OK(Install(4));
  EXPECT_FALSE(device_.Tend());
  EXPECT_EQ(device_.cells.num_sessions_ended, 0);
  EXPECT_FALSE(device_.sessions[0]->over());
  const auto answer = device_.Open();
  EK_ASSERT_OK(answer);
  EXPECT_EQ(answer->version.sequence.value, 4U);
  device_.Collect();
  EXPECT_EQ(device_.cells.num_running, 2);
  EXPECT_FALSE(device_.Tend());
}

TEST_F(TendCellsTest, WithoutAPlaceForItTheNewVersionIsTriedAgain) {
  device_.cells.faults.start_error = ErrorCode::kBusy;
  device_.cells.faults.install_may_start = true;
  EK_ASSERT_OK(Install(4));
  EXPECT_TRUE(device_.Tend());
  EXPECT_EQ(device_.cells.num_sessions_ended, 0);
  device_.cells.faults.start_error.reset();
  EXPECT_TRUE(device_.Tend()) << "not at once";
  device_.clock.Pass(10);
  EXPECT_FALSE(device_.Tend());
  EXPECT_EQ(device_.cells.num_sessions_ended, 2);
}

TEST_F(TendCellsTest, AnInstallWhileTheCellIsStartingIsNotMissed) {
  device_.CloseAll();
  Meanwhile(device_.cells.faults, [this] { EXPECT_TRUE(Install(4)); });
  const auto answer = device_.Open();
  EK_ASSERT_OK(answer);
  EXPECT_EQ(answer->version.sequence.value, 3U) << "it was decided before";
  EXPECT_FALSE(device_.Tend());
  EXPECT_EQ(device_.cells.num_sessions_ended, 1) << "the session moves to the new version";
  EXPECT_FALSE(device_.sessions[0]->over());
  const int serves = device_.cells.num_serves;
  EK_ASSERT_OK(device_.Open());
  EXPECT_EQ(device_.cells.num_serves, serves) << "and who opens now joins it there";
}

// Else who watches sessions waits for as long as a model loads, and sees no other session end meanwhile.
TEST_F(TendCellsTest, SessionsEndWhileTheyMove) {
  EK_ASSERT_OK(Install(4));
  Meanwhile(device_.cells.faults, [this] {
    device_.sessions.clear();
    EXPECT_EQ(device_.cells.num_running, 2);
  });
  EXPECT_FALSE(device_.Tend());
  device_.Collect();
  EXPECT_EQ(device_.cells.num_running, 0);
  EXPECT_EQ(device_.Status()->products[0].open_sessions, 0U);
}

TEST_F(TendCellsTest, AnInstallWhileSessionsMoveIsNotMissed) {
  EK_ASSERT_OK(Install(4));
  Meanwhile(device_.cells.faults, [this] { EXPECT_TRUE(Install(5)); });
  device_.Tend();
  device_.Collect();
  EXPECT_EQ(device_.cells.num_sessions_ended, 2) << "to version 4";
  EXPECT_FALSE(device_.Tend());
  EXPECT_EQ(device_.cells.num_sessions_ended, 4) << "and on to version 5";
}

TEST_F(TendCellsTest, AnInstallWhileAnotherInterfaceIsLookedAtIsNotMissed) {
  EK_ASSERT_OK(Install(4));
  device_.cells.faults.other_interface = true;
  Meanwhile(device_.cells.faults, [this] { EXPECT_TRUE(Install(5)); });
  device_.Tend();
  EXPECT_EQ(device_.cells.num_sessions_ended, 0) << "version 4 takes other inputs";
  device_.cells.faults.other_interface = false;
  EXPECT_FALSE(device_.Tend());
  EXPECT_EQ(device_.cells.num_sessions_ended, 2) << "version 5 the same as ever";
}

}  // namespace
}  // namespace edgekeep::keep
