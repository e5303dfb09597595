#include "../serving_cells.h"

#include <gtest/gtest.h>

#include <atomic>
#include <list>
#include <thread>
#include <vector>

namespace edgekeep::keep {
namespace {

// What becomes of one cell, for who watches it.
struct Fate {
  std::atomic<bool> asked_to_end = false;
  std::atomic<bool> ended = false;  // by itself
  bool gone = false;                // its object ended
};

class WatchedCell final : public ports::Cell {
 public:
  explicit WatchedCell(Fate& fate) : fate_(&fate) {}

  ~WatchedCell() override { fate_->gone = true; }

  ByteView hello() const override { return {}; }

  Result<Bytes> Order(std::uint16_t, const SecretBytes&, std::span<const int>, int) override { return Bytes(); }

  Result<Bytes> Ask(std::uint16_t, int) override { return Bytes(); }

  Status Post(std::uint16_t, const SecretBytes&) override { return {}; }

  Status TakePosted() override { return {}; }

  void Kill() override {}

  InlineString<96> WhyRefused() override { return {}; }

  void AskToEnd() override { fate_->asked_to_end = true; }

  ports::CellEnd HowItEnded() override { return {}; }

  bool alive() override { return !fate_->ended; }

  int end_signal() const override { return -1; }

 private:
  Fate* fate_;
};

class NoLine final : public ports::SessionLine {
 public:
  explicit NoLine(std::atomic<bool>* gone = nullptr) : gone_(gone) {}

  ~NoLine() override {
    if (gone_ != nullptr) *gone_ = true;
  }

  int ring() const override { return -1; }

  std::uint64_t ring_bytes() const override { return 0; }

  int application_end() const override { return -1; }

  int cell_end() const override { return -1; }

  void HandOver() override {}

  void Refuse(Calls, ErrorCode) override {}

 private:
  std::atomic<bool>* gone_;
};

Served Number(std::uint8_t number) {
  const std::array<std::uint8_t, 32> digest{number};
  return {ProductName::Parse("acme/p").value(), Digest::From(digest).value(), {}};
}

class ServingCellsTest : public testing::Test {
 protected:
  static ServingCell Cell(const Served& served, Fate& fate) {
    return {.served = served,
            .version = {},
            .model = {},
            .desk = nullptr,
            .ledger = nullptr,
            .cell = std::make_unique<WatchedCell>(fate)};
  }

  CellUse Start(const Served& served, Fate& fate) {
    CellUse use = cells_.Join(served).value();
    EXPECT_EQ(use.cell(), nullptr);
    use.Started(Cell(served, fate));
    return use;
  }

  struct Listener final : ServingCells::LossListener {
    void TakeNotice(const ServingCell&) override { ++num_losses; }

    int num_losses = 0;
  };

  int Collect(std::uint64_t now) { return cells_.Collect(now, listener_); }

  // Cells that are still there at the end tell of it.
  Fate& NewFate() { return fates_.emplace_back(); }

  Fate fate_;
  std::list<Fate> fates_;
  Listener listener_;
  ServingCells cells_;
};

TEST_F(ServingCellsTest, OneInstallHasOneCell) {
  const CellUse first = Start(Number(1), fate_);
  const CellUse second = cells_.Join(Number(1)).value();
  EXPECT_EQ(second.cell(), first.cell());
  Fate& other = NewFate();
  const CellUse another = Start(Number(2), other);
  EXPECT_NE(another.cell(), first.cell());
}

// Who tends cells would wait for itself to replace a lost one.
TEST_F(ServingCellsTest, WhoStartsFirstCellsWaitsForNoOther) {
  std::optional<CellUse> first = cells_.JoinIfFirst(Number(1)).value();
  ASSERT_TRUE(first);
  EXPECT_FALSE(cells_.JoinIfFirst(Number(1)).value()) << "it is being started";
  first->Started(Cell(Number(1), fate_));
  EXPECT_FALSE(cells_.JoinIfFirst(Number(1)).value()) << "it serves";
  fate_.ended = true;
  Collect(100);
  EXPECT_FALSE(cells_.JoinIfFirst(Number(1)).value()) << "it is lost, and to be replaced";
  first.reset();
  EXPECT_TRUE(cells_.JoinIfFirst(Number(1)).value());
}

TEST_F(ServingCellsTest, EndWithTheirLastUse) {
  {
    const CellUse first = Start(Number(1), fate_);
    {
      const CellUse second = cells_.Join(Number(1)).value();
    }
    EXPECT_FALSE(fate_.asked_to_end);
    EXPECT_EQ(ServingCells::kNothing, Collect(100));
  }
  EXPECT_TRUE(fate_.asked_to_end);
  EXPECT_FALSE(fate_.gone);
  EXPECT_LT(ServingCells::kNothing, Collect(100));
  EXPECT_FALSE(fate_.gone) << "it has some time to end by itself";
  fate_.ended = true;
  EXPECT_EQ(ServingCells::kNothing, Collect(100));
  EXPECT_TRUE(fate_.gone);
}

TEST_F(ServingCellsTest, ThatDoNotEndByThemselvesAreEnded) {
  {
    const CellUse use = Start(Number(1), fate_);
  }
  EXPECT_LT(ServingCells::kNothing, Collect(100));
  EXPECT_LT(ServingCells::kNothing, Collect(102));
  EXPECT_FALSE(fate_.gone);
  EXPECT_EQ(ServingCells::kNothing, Collect(103));
  EXPECT_TRUE(fate_.gone);
}

TEST_F(ServingCellsTest, ThatAreEndingOrDeadAreNotJoined) {
  {
    const CellUse use = Start(Number(1), fate_);
  }
  Fate& second = NewFate();
  const CellUse next = Start(Number(1), second);
  second.ended = true;
  Fate& third = NewFate();
  const CellUse last = Start(Number(1), third);
  EXPECT_NE(last.cell(), next.cell());
}

TEST_F(ServingCellsTest, WhoComesMeanwhileWaitsForTheOneThatIsStarted) {
  CellUse starting = cells_.Join(Number(1)).value();
  std::atomic<ServingCell*> joined = nullptr;
  std::thread waiting([&] {
    const CellUse use = cells_.Join(Number(1)).value();
    joined = use.cell();
  });
  starting.Started(Cell(Number(1), fate_));
  waiting.join();
  EXPECT_EQ(joined, starting.cell());
}

TEST_F(ServingCellsTest, AStartThatFailsLeavesItToTheNext) {
  std::optional<CellUse> failing(cells_.Join(Number(1)).value());
  std::thread waiting([&] { Start(Number(1), fate_); });
  failing.reset();
  waiting.join();
  EXPECT_TRUE(fate_.asked_to_end);
}

TEST_F(ServingCellsTest, LingerWithoutSessionsAsLongAsTheirPolicySays) {
  {
    CellUse use = cells_.Join(Number(1)).value();
    ServingCell cell = Cell(Number(1), fate_);
    cell.linger_seconds = 30;
    use.Started(std::move(cell));
  }
  EXPECT_LT(ServingCells::kNothing, Collect(100));
  EXPECT_LT(ServingCells::kNothing, Collect(129));
  EXPECT_FALSE(fate_.asked_to_end);
  {
    const CellUse again = cells_.Join(Number(1)).value();
  }
  EXPECT_LT(ServingCells::kNothing, Collect(131));
  EXPECT_TRUE(fate_.asked_to_end) << "Collect saw nobody between 100 and 131";
}

TEST_F(ServingCellsTest, ThatLingerGiveWay) {
  EXPECT_FALSE(cells_.GiveUpIdle());
  {
    CellUse use = cells_.Join(Number(1)).value();
    ServingCell cell = Cell(Number(1), fate_);
    cell.linger_seconds = 30;
    use.Started(std::move(cell));
    EXPECT_FALSE(cells_.GiveUpIdle()) << "it is in use";
  }
  std::thread collecting([&] {
    while (!fate_.asked_to_end) std::this_thread::yield();
    fate_.ended = true;
    Collect(100);
  });
  EXPECT_TRUE(cells_.GiveUpIdle());
  collecting.join();
  EXPECT_TRUE(fate_.gone);
}

TEST_F(ServingCellsTest, AwaitTheirFirstSessionWhereTheyWereStartedAtBoot) {
  {
    CellUse use = cells_.Join(Number(1)).value();
    ServingCell cell = Cell(Number(1), fate_);
    cell.awaits_first_session = true;
    use.Started(std::move(cell));
  }
  Collect(100);
  Collect(100'000);
  EXPECT_FALSE(fate_.asked_to_end);
  cells_.NoteInstalled(Number(2));
  EXPECT_TRUE(fate_.asked_to_end) << "for nobody would it serve the old one any more";
}

TEST_F(ServingCellsTest, ThatWereDecidedOnBeforeAnInstallAreOutdatedFromTheirStart) {
  const auto is_to_move = [this](std::uint8_t install, Fate& fate) {
    CellUse use = Start(Number(install), fate);
    EXPECT_TRUE(use.Sit({.number = 1}, std::make_unique<NoLine>()));
    return cells_.NeedOf(0).has_value();
  };
  cells_.NoteInstalled(Number(1));
  EXPECT_FALSE(is_to_move(1, fate_));
  Collect(100);
  fate_.ended = true;
  Collect(100);
  cells_.NoteInstalled(Number(2));
  Fate& old = NewFate();
  EXPECT_TRUE(is_to_move(1, old));
}

class MovingCellsTest : public ServingCellsTest {
 protected:
  CellUse Sit(gate::SessionNumber number, std::atomic<bool>* gone) {
    CellUse use = number == 1 ? Start(Number(1), fate_) : cells_.Join(Number(1)).value();
    EXPECT_TRUE(use.Sit({.number = number}, std::make_unique<NoLine>(gone)));
    return use;
  }
};

// A move takes as long as a model loads: who watches sessions would notice nothing else meanwhile.
TEST_F(MovingCellsTest, WhoLeavesWaitsForNothing) {
  std::array<std::atomic<bool>, 3> gone{};
  std::optional<CellUse> first(Sit(1, &gone[0]));
  std::optional<CellUse> second(Sit(2, &gone[1]));
  const CellUse third = Sit(3, &gone[2]);
  {
    std::optional<Move> move = cells_.BeginMove(0);
    ASSERT_TRUE(move);
    first.reset();
    second.reset();
    EXPECT_FALSE(gone[0] || gone[1]) << "the move may be using them";
    EXPECT_EQ(move->seats().size(), 3U);
    Fate& next = NewFate();
    move->BeginHandOver();
    move->Finish(Cell(Number(1), next));
    move.reset();
    EXPECT_TRUE(gone[0] && gone[1]);
    EXPECT_FALSE(gone[2]);
    EXPECT_EQ(cells_.FactsOf(0)->sitters.size(), 1U);
    EXPECT_EQ(cells_.FactsOf(0)->sitters[0].number, 3U);
    EXPECT_FALSE(next.asked_to_end);
    fate_.ended = true;
    Collect(100);
    EXPECT_TRUE(fate_.gone);
  }
}

TEST_F(MovingCellsTest, WhoLeavesLastEndsTheCellWithTheMove) {
  std::atomic<bool> gone = false;
  std::optional<CellUse> only(Sit(1, &gone));
  std::optional<Move> move = cells_.BeginMove(0);
  ASSERT_TRUE(move);
  only.reset();
  EXPECT_FALSE(fate_.asked_to_end);
  move.reset();
  EXPECT_TRUE(gone);
  EXPECT_TRUE(fate_.asked_to_end);
}

// An order may be under way: the cell must be there until it is answered.
TEST_F(MovingCellsTest, WhoLooksAtACellHasItUntilTheLookEnds) {
  std::optional<CellUse> use(Sit(1, nullptr));
  std::optional<CellVisit> visit = cells_.Visit(0);
  ASSERT_TRUE(visit);
  std::optional<Move> move = cells_.BeginMove(0);
  ASSERT_TRUE(move) << "a look holds no move up";
  EXPECT_TRUE(cells_.Visit(0)) << "nor does a move a look";
  visit.reset();
  move->BeginHandOver();
  EXPECT_FALSE(cells_.Visit(0)) << "but while sessions change hands";
  move.reset();
  std::optional<CellVisit> last = cells_.Visit(0);
  use.reset();
  EXPECT_TRUE(fate_.asked_to_end) << "a look makes no cell stay";
  fate_.ended = true;
  EXPECT_LT(ServingCells::kNothing, Collect(100));
  EXPECT_FALSE(fate_.gone);
  last.reset();
  EXPECT_EQ(ServingCells::kNothing, Collect(100));
  EXPECT_TRUE(fate_.gone);
}

TEST_F(ServingCellsTest, AreBounded) {
  std::vector<CellUse> uses;
  for (std::uint8_t i = 0; i < ServingCells::kMost; ++i) uses.push_back(cells_.Join(Number(i)).value());
  EXPECT_EQ(cells_.Join(Number(100)).error().code(), ErrorCode::kBusy);
  uses.pop_back();
  EXPECT_TRUE(cells_.Join(Number(100)));
}

}  // namespace
}  // namespace edgekeep::keep
