// Opened models: who shares a cell, and what bounds them.
#include "edgekeep/base/testing/expect_error.h"
#include "fixture/installed_device.h"

namespace edgekeep::keep {
namespace {

class KeepSessionsTest : public fixture::InstalledDevice {};

TEST_F(KeepSessionsTest, CellsTroublesAreNamedAndEndTheSession) {
  for (const ErrorCode code : {ErrorCode::kPeerGone, ErrorCode::kTimedOut, ErrorCode::kNoMemory, ErrorCode::kBusy}) {
    device_.cells.faults.order_error = code;
    EK_EXPECT_ERROR(device_.Open(), code);
    device_.Collect();
    EXPECT_EQ(device_.cells.num_running, 0);
    EXPECT_EQ(device_.lines.num_open, 0);
    EXPECT_EQ(device_.Status()->products[0].open_sessions, 0U);
  }
  device_.cells.faults.order_error.reset();
  device_.cells.faults.start_error = ErrorCode::kBusy;
  EK_EXPECT_ERROR(device_.Open(), ErrorCode::kBusy);
  device_.cells.faults.start_error.reset();
  device_.lines.fails = true;
  EK_EXPECT_ERROR(device_.Open(), ErrorCode::kNoMemory);
  device_.lines.fails = false;
  EK_ASSERT_OK(device_.Open());
  EXPECT_EQ(device_.disk->num_open(), 0U);
}

TEST_F(KeepSessionsTest, CellThatTalksNonsenseIsDenied) {
  device_.cells.faults.answers_nonsense = true;
  EK_EXPECT_ERROR(device_.Open(), ErrorCode::kDenied);
  device_.Collect();
  EXPECT_EQ(device_.cells.num_running, 0);
}

TEST_F(KeepSessionsTest, SessionsOfOneProductShareACell) {
  for (std::uint32_t i = 0; i < 10; ++i) {
    device_.user = 1000 + i % 3;
    EK_ASSERT_OK(device_.Open());
  }
  EXPECT_EQ(device_.cells.num_running, 1);
  EXPECT_EQ(device_.cells.num_serves, 1);
  EXPECT_EQ(device_.cells.num_sessions_added, 10);
  EXPECT_EQ(device_.Status()->products[0].open_sessions, 10U);
  device_.sessions.resize(1);
  device_.Collect();
  EXPECT_EQ(device_.cells.num_running, 1) << "as long as one is open";
  device_.CloseAll();
  EXPECT_EQ(device_.cells.num_running, 0);
}

// Threads are the cell's: who opens first decides.
TEST_F(KeepSessionsTest, WhoJoinsACellTakesItAsItIs) {
  EK_ASSERT_OK(device_.Open(fixture::kProduct, 0, 1));
  EK_ASSERT_OK(device_.Open(fixture::kProduct, 0, 2));
  EXPECT_EQ(device_.cells.num_serves, 1);
  EXPECT_EQ(device_.cells.last_threads, 1U);
  device_.CloseAll();
  EK_ASSERT_OK(device_.Open(fixture::kProduct, 0, 2));
  EXPECT_EQ(device_.cells.last_threads, 2U);
}

// What runs goes on with the install it was opened with.
TEST_F(KeepSessionsTest, ANewInstallIsOpenedInACellOfItsOwn) {
  EK_ASSERT_OK(device_.Open());
  EK_ASSERT_OK(Install());
  EK_ASSERT_OK(device_.Open());
  EXPECT_EQ(device_.cells.num_running, 2);
}

TEST_F(KeepSessionsTest, CellsThatDoNotEndByThemselvesAreEnded) {
  device_.cells.faults.ends_late = true;
  EK_ASSERT_OK(device_.Open());
  device_.sessions.clear();
  EXPECT_TRUE(device_.Collect());
  EXPECT_EQ(device_.cells.num_running, 1);
  device_.clock.Pass(10);
  EXPECT_FALSE(device_.Collect());
  EXPECT_EQ(device_.cells.num_running, 0);
}

TEST_F(KeepSessionsTest, SessionsAreBounded) {
  for (std::uint32_t i = 0; i < gate::kMaxSessionsOfCell; ++i) {
    device_.user = i;
    EK_ASSERT_OK(device_.Open());
  }
  device_.user = 4711;
  EK_EXPECT_ERROR(device_.Open(), ErrorCode::kBusy);
  device_.sessions.pop_back();
  EK_ASSERT_OK(device_.Open());
}

TEST_F(KeepSessionsTest, OneUserLeavesSessionsToOthersAndInstallsToTheAdministrator) {
  device_.user = 1000;
  for (std::uint32_t i = 0; i < device_.settings.max_sessions_of_one_user; ++i) EK_ASSERT_OK(device_.Open());
  EK_EXPECT_ERROR(device_.Open(), ErrorCode::kBusy);
  device_.user = 1001;
  EK_ASSERT_OK(device_.Open());
  EK_ASSERT_OK(Install());
  device_.user = 1000;
  device_.sessions.erase(device_.sessions.begin());
  EK_ASSERT_OK(device_.Open());
}

TEST_F(KeepSessionsTest, MadeUpNamesTakeNobodysPlace) {
  for (int i = 0; i < 1000; ++i) {
    EK_EXPECT_ERROR(device_.Open("acme/made-up-" + std::to_string(i)), ErrorCode::kNotFound);
  }
  EK_ASSERT_OK(device_.Open());
  EXPECT_EQ(device_.Status()->products[0].open_sessions, 1U);
}

}  // namespace
}  // namespace edgekeep::keep
