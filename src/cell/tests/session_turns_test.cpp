#include "edgekeep/cell/session_turns.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace edgekeep::cell {
namespace {

using gate::RingHeader;
using gate::SessionNumber;

constexpr std::uint32_t kSlots = 4;

void Submit(RingHeader& ring, std::size_t slot) {
  ring.slots[slot].submitted += 1;
  ring.bell += 1;
}

class SessionTurnsTest : public ::testing::Test {
 protected:
  RingHeader& Add(SessionNumber number) {
    rings_.push_back(std::make_unique<RingHeader>());
    EXPECT_TRUE(turns_.Add(number, *rings_.back(), kSlots));
    return *rings_.back();
  }

  // Whose calls are taken, one after another; each slot of `flooding` is filled again at once.
  std::vector<SessionNumber> Take(int count, RingHeader* flooding = nullptr) {
    std::vector<SessionNumber> order;
    for (int i = 0; i < count; ++i) {
      const auto turn = turns_.Next();
      if (!turn) break;
      order.push_back(turn->session);
      if (flooding != nullptr) Submit(*flooding, turn->call.slot);
    }
    return order;
  }

  std::vector<std::unique_ptr<RingHeader>> rings_;
  SessionTurns turns_;
};

TEST_F(SessionTurnsTest, NothingSubmittedIsNothingToDo) {
  EXPECT_FALSE(turns_.Next());
  Add(1);
  EXPECT_FALSE(turns_.Next());
  EXPECT_EQ(turns_.sessions()[0].quiet_at, 0U);
}

TEST_F(SessionTurnsTest, AFloodOfOneCostsAnotherOneCall) {
  RingHeader& flooding = Add(1);
  RingHeader& modest = Add(2);
  for (std::size_t slot = 0; slot < kSlots; ++slot) Submit(flooding, slot);
  EXPECT_EQ(Take(6, &flooding), (std::vector<SessionNumber>{1, 1, 1, 1, 1, 1}));
  Submit(modest, 0);
  EXPECT_EQ(Take(3, &flooding), (std::vector<SessionNumber>{2, 1, 1}));
  Submit(modest, 1);
  Submit(modest, 2);
  EXPECT_EQ(Take(4, &flooding), (std::vector<SessionNumber>{2, 1, 2, 1}));
}

// Control: in one ring, whoever has all slots but one makes the other wait for all of them.
TEST_F(SessionTurnsTest, ControlWithinOneRingAFloodCostsAllItsSlots) {
  RingHeader& shared = Add(1);
  for (std::size_t slot = 0; slot + 1 < kSlots; ++slot) Submit(shared, slot);
  EXPECT_EQ(turns_.Next()->call.slot, 0U);
  Submit(shared, 0);
  Submit(shared, kSlots - 1);
  int before = 0;
  for (auto turn = turns_.Next(); turn->call.slot != kSlots - 1; turn = turns_.Next()) ++before;
  EXPECT_EQ(before, 2);
}

TEST_F(SessionTurnsTest, ThatHaveAllBeenQuietAreAnsweredWhenTheirBellRings) {
  RingHeader& first = Add(1);
  RingHeader& second = Add(2);
  EXPECT_FALSE(turns_.Next());
  Submit(second, 3);
  EXPECT_EQ(Take(5), (std::vector<SessionNumber>{2}));
  Submit(first, 0);
  EXPECT_EQ(Take(5), (std::vector<SessionNumber>{1}));
  EXPECT_EQ(turns_.sessions()[1].quiet_at, 1U);
}

TEST_F(SessionTurnsTest, ARemovedOneIsNotLookedAtAndOthersKeepTheirTurn) {
  for (SessionNumber number = 1; number <= 4; ++number) Submit(Add(number), 0);
  EXPECT_EQ(Take(2), (std::vector<SessionNumber>{1, 2}));
  ASSERT_TRUE(turns_.Remove(1));
  rings_.front().reset();
  EXPECT_EQ(turns_.Remove(1).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(Take(5), (std::vector<SessionNumber>{3, 4}));
}

TEST_F(SessionTurnsTest, NumbersAndSessionsAreBounded) {
  RingHeader& ring = Add(1);
  EXPECT_EQ(turns_.Add(1, ring, kSlots).error().code(), ErrorCode::kAlreadyExists);
  for (SessionNumber number = 2; number <= gate::kMaxSessionsOfCell; ++number) Add(number);
  EXPECT_EQ(turns_.Add(4711, ring, kSlots).error().code(), ErrorCode::kBusy);
}

// A ring another cell let go of: what it answered is done, what it did not come to is next.
TEST_F(SessionTurnsTest, BeginWhereTheRingStands) {
  auto ring = std::make_unique<RingHeader>();
  ring->slots[0].submitted = 9;
  ring->slots[0].answered = 9;
  ring->slots[1].submitted = 6;
  ring->slots[1].answered = 5;
  ASSERT_TRUE(turns_.Add(7, *ring, kSlots));
  const auto turn = turns_.Next();
  ASSERT_TRUE(turn);
  EXPECT_EQ(turn->call.slot, 1U);
  EXPECT_EQ(turn->call.number, 6U);
  EXPECT_FALSE(turns_.Next());
}

}  // namespace
}  // namespace edgekeep::cell
