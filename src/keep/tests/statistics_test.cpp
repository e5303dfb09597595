// What the administrator is told of cells, sessions and calls.
#include "edgekeep/base/testing/expect_error.h"
#include "fixture/installed_device.h"

namespace edgekeep::keep {
namespace {

class KeepStatisticsTest : public fixture::InstalledDevice {
 protected:
  // What cells say from now on.
  void CellsSay(std::uint64_t answered) {
    gate::CellStatistics& said = device_.cells.statistics;
    said = {};
    said.cell.calls.answered = answered;
    said.cell.latencies[gate::LatencyBucket(100)] = answered;
    said.cell.model_bytes = 5000;
    EXPECT_TRUE(said.sessions.PushBack({.number = 1, .calls = {.answered = answered}, .waiting = 2, .capacity = 3}));
  }

  void CellReports(std::uint64_t answered) {
    CellsSay(answered);
    fixture::Buffer body(gate::kMaxCellStatisticsSize);
    CborWriter out(body);
    EK_ASSERT_OK(gate::EncodeCellStatistics(device_.cells.statistics, out));
    const auto answer =
        device_.lines.last_desk->Answer(std::to_underlying(gate::Command::kReportStatistics), out.written());
    EK_ASSERT_OK(answer);
    EXPECT_FALSE(*answer) << "nobody waits for one";
  }
};

TEST_F(KeepStatisticsTest, AreEmptyBeforeAnythingIsOpened) {
  device_.clock.Pass(12);
  const auto answer = device_.Statistics();
  EK_ASSERT_OK(answer);
  EXPECT_EQ(answer->seconds, 12U);
  EXPECT_EQ(answer->cells.size() + answer->sessions.size() + answer->products.size(), 0U);
}

TEST_F(KeepStatisticsTest, TellWhoseSessionsACellServesAndHowTheyFare) {
  device_.user = 1000;
  EK_ASSERT_OK(device_.Open());
  device_.clock.Pass(10);
  device_.user = 1001;
  EK_ASSERT_OK(device_.Open());
  device_.clock.Pass(5);
  CellsSay(40);
  const auto answer = device_.Statistics();
  EK_ASSERT_OK(answer);
  ASSERT_EQ(answer->cells.size(), 1U);
  const gate::CellFigures& cell = answer->cells[0];
  EXPECT_EQ(cell.product.view(), fixture::kProduct);
  EXPECT_EQ(cell.version.sequence.value, 3U);
  EXPECT_EQ(cell.state, gate::CellState::kServing);
  EXPECT_EQ(cell.seconds, 15U);
  ASSERT_TRUE(cell.reading);
  EXPECT_EQ(cell.reading->calls.answered, 40U);
  EXPECT_EQ(cell.reading->model_bytes, 5000U);
  ASSERT_EQ(answer->sessions.size(), 2U);
  EXPECT_EQ(answer->sessions[0].user, 1000U);
  EXPECT_EQ(answer->sessions[0].seconds, 15U);
  EXPECT_EQ(answer->sessions[0].reading.calls.answered, 40U);
  EXPECT_EQ(answer->sessions[0].reading.waiting, 2U);
  EXPECT_EQ(answer->sessions[1].user, 1001U);
  EXPECT_EQ(answer->sessions[1].seconds, 5U);
  EXPECT_EQ(answer->sessions[1].reading.calls.answered, 0U) << "the cell says nothing of it";
  ASSERT_EQ(answer->products.size(), 1U);
  EXPECT_EQ(answer->products[0].calls.answered, 40U);
  EXPECT_EQ(answer->products[0].latencies[7], 40U);
  EXPECT_FALSE(answer->products[0].crashes);
}

TEST_F(KeepStatisticsTest, OfProductsOutliveTheirCells) {
  EK_ASSERT_OK(device_.Open());
  CellsSay(40);
  EK_ASSERT_OK(device_.Statistics());
  CellReports(45);
  device_.CloseAll();
  CellsSay(0);
  EK_ASSERT_OK(device_.Open());
  const auto answer = device_.Statistics();
  EK_ASSERT_OK(answer);
  EXPECT_EQ(answer->products[0].calls.answered, 45U) << "each call once";
  CellsSay(5);
  EXPECT_EQ(device_.Statistics()->products[0].calls.answered, 50U);
  EXPECT_EQ(device_.Statistics()->cells[0].reading->calls.answered, 5U);
}

TEST_F(KeepStatisticsTest, TellOfCrashesAndWhoWaitsForASuccessor) {
  EK_ASSERT_OK(device_.Open());
  for (int i = 0; i < 2; ++i) {
    device_.cells.CrashLast();
    device_.Tend();
    device_.Collect();
  }
  const auto answer = device_.Statistics();
  EK_ASSERT_OK(answer);
  ASSERT_EQ(answer->cells.size(), 1U);
  EXPECT_EQ(answer->cells[0].state, gate::CellState::kLost);
  EXPECT_FALSE(answer->cells[0].reading);
  EXPECT_EQ(answer->sessions.size(), 1U) << "it still is open";
  ASSERT_TRUE(answer->products[0].crashes);
  EXPECT_EQ(answer->products[0].crashes->count, 2U);
  EXPECT_EQ(answer->products[0].crashes->wait_seconds, 1U);
}

TEST_F(KeepStatisticsTest, OfACellThatSpeaksNonsenseAreLeftOut) {
  EK_ASSERT_OK(device_.Open());
  device_.cells.faults.answers_nonsense = true;
  const auto answer = device_.Statistics();
  EK_ASSERT_OK(answer);
  ASSERT_EQ(answer->cells.size(), 1U);
  EXPECT_FALSE(answer->cells[0].reading);
}

TEST_F(KeepStatisticsTest, OfAStuckCellAreLeftOutAndSaidToBe) {
  EK_ASSERT_OK(device_.Open());
  device_.cells.faults.other_interface = true;
  const fixture::Package package = publisher_.Seal({4}, fixture::Pattern(5000, 8));
  EK_ASSERT_OK(device_.Install(package, publisher_.Grant(package, {4}), device_.Licence(publisher_)));
  device_.Tend();
  EK_ASSERT_OK(device_.Open());
  CellsSay(40);
  device_.cells.faults.silent = true;
  const auto answer = device_.Statistics();
  EK_ASSERT_OK(answer);
  const auto read = [&](gate::CellState state, bool has_reading) {
    return std::ranges::count_if(answer->cells, [&](const gate::CellFigures& cell) {
      return cell.state == state && cell.reading.has_value() == has_reading;
    });
  };
  EXPECT_EQ(read(gate::CellState::kServing, true), 1);
  EXPECT_EQ(read(gate::CellState::kUnresponsive, false), 1);
  EXPECT_EQ(answer->sessions.size(), 2U);
  device_.cells.faults.silent = false;
  EXPECT_EQ(device_.Statistics()->cells[1].state, gate::CellState::kServing);
}

TEST_F(KeepStatisticsTest, AreForTheAdministratorAlone) {
  EK_EXPECT_ERROR(device_.Ask(Door::kApplication, gate::Command::kStatistics, {}), ErrorCode::kForbidden);
  EK_EXPECT_ERROR(device_.Ask(Door::kAdministrator, gate::Command::kStatistics, AsBytes("body")),
                  ErrorCode::kMalformed);
}

TEST_F(KeepStatisticsTest, DoNotMakeACellStay) {
  EK_ASSERT_OK(device_.Open());
  device_.sessions.clear();
  EK_ASSERT_OK(device_.Statistics());
  device_.Collect();
  EXPECT_EQ(device_.cells.num_running, 0);
}

}  // namespace
}  // namespace edgekeep::keep
