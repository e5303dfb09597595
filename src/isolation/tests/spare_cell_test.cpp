// The serving cell that is started ahead.
#include <poll.h>

#include "edgekeep/isolation/spawner_cell_host.h"
#include "fake_spawner.h"

namespace edgekeep::isolation {
namespace {

using ports::CellPurpose;
using std::chrono::milliseconds;

constexpr std::uint64_t kMemory = 4096;
constexpr milliseconds kNever{1'000'000};

class SpareCells : public testing::Test {
 protected:
  // A host whose first spare is there.
  std::unique_ptr<SpawnerCellHost> NewHost(milliseconds delay) {
    auto host = SpawnerCellHost::Create(spawner_.TakeKeepEnd()).value();
    EXPECT_TRUE(host->KeepSpare({.memory_bytes = kMemory, .delay = delay}));
    EXPECT_TRUE(BecomesTrue([this] { return spawner_.running == 1; }));
    return host;
  }

  static bool BecomesTrue(const std::function<bool()>& condition) {
    for (int i = 0; i < 1000 && !condition(); ++i) poll(nullptr, 0, 10);
    return condition();
  }

  static bool Answers(ports::Cell& cell) {
    const auto body = SecretBytes::CopyOf(AsBytes("an order")).value();
    return cell.Order(static_cast<std::uint16_t>(Command::kServeModel), body, {}, kTimeoutMs).has_value();
  }

  FakeSpawner spawner_;
};

TEST_F(SpareCells, AreTakenInsteadOfAStart) {
  auto host = NewHost(kNever);
  auto cell = host->Start(CellPurpose::kServe, kMemory).value();
  EXPECT_EQ(spawner_.starts, 1);
  EXPECT_EQ(AsText(cell->hello()), "hello");
  EXPECT_TRUE(Answers(*cell));
}

TEST_F(SpareCells, AreReplacedOnceTaken) {
  auto host = NewHost(milliseconds(0));
  for (int i = 1; i <= 5; ++i) {
    auto cell = host->Start(CellPurpose::kServe, kMemory).value();
    EXPECT_TRUE(Answers(*cell));
    EXPECT_TRUE(BecomesTrue([&] { return spawner_.running == 2; }));
    EXPECT_EQ(spawner_.starts, i + 1);
  }
}

TEST_F(SpareCells, AreNeverMoreThanOne) {
  auto host = NewHost(milliseconds(0));
  std::vector<std::unique_ptr<ports::Cell>> cells;
  for (int i = 0; i < 5; ++i) cells.push_back(host->Start(CellPurpose::kServe, kMemory).value());
  EXPECT_TRUE(BecomesTrue([&] { return spawner_.running == 6; }));
  poll(nullptr, 0, 50);
  EXPECT_EQ(spawner_.running, 6);
}

TEST_F(SpareCells, DoNotInstall) {
  auto host = NewHost(kNever);
  auto cell = host->Start(CellPurpose::kInstall, kMemory).value();
  EXPECT_EQ(spawner_.starts, 2);
}

TEST_F(SpareCells, ThatAreTooSmallAreReplacedByLargerOnes) {
  auto host = NewHost(milliseconds(0));
  auto cell = host->Start(CellPurpose::kServe, 2 * kMemory).value();
  EXPECT_EQ(spawner_.last_memory, 2 * kMemory);
  EXPECT_TRUE(Answers(*cell));
  EXPECT_TRUE(BecomesTrue([&] { return spawner_.starts == 3 && spawner_.running == 2; }));
  EXPECT_EQ(spawner_.last_memory, 2 * kMemory);
  auto next = host->Start(CellPurpose::kServe, 2 * kMemory).value();
  EXPECT_TRUE(Answers(*next));
}

TEST_F(SpareCells, GiveTheirPlaceToWhoNeedsIt) {
  spawner_.places = 1;
  auto host = NewHost(kNever);
  auto cell = host->Start(CellPurpose::kInstall, kMemory);
  ASSERT_TRUE(cell) << cell.error().where();
  EXPECT_EQ(host->Start(CellPurpose::kServe, kMemory).error().code(), ErrorCode::kBusy);
}

TEST_F(SpareCells, ThatEndedMeanwhileAreNotUsed) {
  spawner_.script = [this](Channel& keep) {
    SayHello(keep);
    if (spawner_.starts > 1) Echo(keep);
  };
  auto host = SpawnerCellHost::Create(spawner_.TakeKeepEnd()).value();
  EXPECT_TRUE(host->KeepSpare({.memory_bytes = kMemory, .delay = kNever}));
  EXPECT_TRUE(BecomesTrue([this] { return spawner_.starts == 1 && spawner_.running == 0; }));
  auto cell = host->Start(CellPurpose::kServe, kMemory);
  ASSERT_TRUE(cell);
  EXPECT_TRUE((*cell)->alive());
}

TEST_F(SpareCells, EndWithTheirHost) {
  auto host = NewHost(kNever);
  host.reset();
  EXPECT_TRUE(BecomesTrue([this] { return spawner_.running == 0; }));
}

// The control: without the wish, nothing is started ahead.
TEST_F(SpareCells, ControlNoneWithoutTheWish) {
  auto host = SpawnerCellHost::Create(spawner_.TakeKeepEnd()).value();
  auto cell = host->Start(CellPurpose::kServe, kMemory).value();
  cell.reset();
  EXPECT_EQ(spawner_.starts, 1);
}

}  // namespace
}  // namespace edgekeep::isolation
