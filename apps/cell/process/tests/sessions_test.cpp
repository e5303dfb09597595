// Several sessions with one cell: each is answered, none harms another, and the keep's orders are taken meanwhile.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <memory>
#include <random>
#include <thread>

#include "cell_under_test.h"
#include "installed_model.h"
#include "onnx_runtime_fixture.h"

namespace edgekeep::cell {
namespace {

using engine::testing::TestModel;
using gate::Command;
using gate::SessionNumber;

constexpr int kPatienceMs = 30'000;

class Sessions : public ::testing::Test {
 protected:
  explicit Sessions(const char* model = "affine") : model_(TestModel(model)) {}

  void SetUp() override {
    CellUnderTest installer({.purpose = isolation::Purpose::kInstall});
    ASSERT_TRUE(installer.Hello());
    ASSERT_TRUE(model_.Install(installer));
    ASSERT_TRUE(cell_.Hello());
    ASSERT_TRUE(model_.Load(cell_, true));
  }

  TestSession Open(SessionNumber number, std::uint32_t slots = 1) {
    auto session = TestSession::Open(cell_, number, slots);
    EXPECT_TRUE(session) << NameOf(session.error().code());
    return *std::move(session);
  }

  static bool Answers(TestSession& session, float x) {
    const auto answer = session.Call({x}, {1});
    return answer && *answer == std::vector<float>{2 * x + 1};
  }

  std::uint64_t OpenOnes() { return cell_.ReadStatistics().value().sessions.size(); }

  bool BecomesOpenOnes(std::uint64_t count) {
    for (int i = 0; i < kPatienceMs / 10 && OpenOnes() != count; ++i) poll(nullptr, 0, 10);
    return OpenOnes() == count;
  }

  bool BecomesOpen(SessionNumber number) {
    for (int i = 0; i < kPatienceMs / 10; ++i) {
      const auto session = TestSession::Open(cell_, number);
      if (session || session.error().code() != ErrorCode::kBusy) return session.has_value();
      poll(nullptr, 0, 10);
    }
    return false;
  }

  InstalledModel model_;
  CellUnderTest cell_;
};

TEST_F(Sessions, AreAnsweredSideBySide) {
  std::vector<TestSession> sessions;
  for (SessionNumber number = 1; number <= 5; ++number) sessions.push_back(Open(number));
  for (std::size_t round = 0; round < 20; ++round) {
    for (std::size_t i = 0; i < sessions.size(); ++i) {
      ASSERT_TRUE(sessions[i].StartCall({static_cast<float>(100 * round + i)}, {1}));
    }
    for (std::size_t i = 0; i < sessions.size(); ++i) {
      EXPECT_EQ(*sessions[i].Await(), (std::vector<float>{2 * static_cast<float>(100 * round + i) + 1}));
    }
  }
}

TEST_F(Sessions, EndAloneWhenTheirApplicationLeaves) {
  TestSession leaving = Open(1);
  TestSession staying = Open(2);
  EXPECT_TRUE(Answers(leaving, 1));
  leaving.HangUp();
  EXPECT_TRUE(BecomesOpenOnes(1));
  EXPECT_TRUE(Answers(staying, 2));
  staying.HangUp();
  EXPECT_TRUE(BecomesOpenOnes(0));
  TestSession next = Open(3);
  EXPECT_TRUE(Answers(next, 3)) << "a cell without sessions waits for the keep";
}

// An application in a process of its own, which is killed with calls under way in all its slots.
TEST_F(Sessions, AKilledApplicationHarmsNobody) {
  constexpr std::uint32_t kSlots = 4;
  TestSession staying = Open(2);
  {
    TestSession killed = Open(1, kSlots);
    const pid_t application = fork();
    ASSERT_GE(application, 0);
    if (application == 0) {
      for (std::size_t slot = 0; slot < kSlots; ++slot) static_cast<void>(killed.StartCall({1}, {1}, slot).has_value());
      raise(SIGKILL);
    }
    killed.HangUp();
    EXPECT_EQ(waitpid(application, nullptr, 0), application);
  }
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(Answers(staying, static_cast<float>(i)));
  EXPECT_TRUE(BecomesOpenOnes(1));
}

// It maps its ring a second time, writes nonsense over all of it through both mappings, and never stops ringing.
TEST_F(Sessions, AScribblerHarmsNobody) {
  TestSession honest = Open(1);
  TestSession scribbler = Open(2, 16);
  auto again = gate::RingMemory::Map(gate::Descriptor(fcntl(scribbler.ring().fd(), F_DUPFD_CLOEXEC, 0)));
  ASSERT_TRUE(again);
  std::atomic<bool> stop = false;
  std::thread scribbling([&] {
    std::minstd_rand random(4711);
    for (bool first = true; !stop; first = !first) {
      gate::RingHeader& header = first ? scribbler.ring().header() : again->header();
      auto* const words = reinterpret_cast<std::atomic<std::uint32_t>*>(&header);
      for (int i = 0; i < 500; ++i)
        words[random() % (sizeof(gate::RingHeader) / 4)] = static_cast<std::uint32_t>(random());
      for (gate::RingSlot& slot : header.slots) slot.submitted = static_cast<std::uint32_t>(random());
      gate::Raise(header.bell, header.cell_waiting);
    }
  });
  for (int i = 0; i < 300; ++i) EXPECT_TRUE(Answers(honest, static_cast<float>(i)));
  stop = true;
  scribbling.join();
  EXPECT_TRUE(cell_.ReadStatistics());
}

// All slots of one are filled again as soon as they are answered.
TEST_F(Sessions, AFloodLeavesEachOtherItsTurn) {
  constexpr std::uint32_t kSlots = 16;
  TestSession modest = Open(1);
  TestSession flooding = Open(2, kSlots);
  std::atomic<bool> stop = false;
  std::atomic<std::uint64_t> floods = 0;
  std::thread flood([&] {
    for (std::size_t slot = 0; slot < kSlots; ++slot) static_cast<void>(flooding.StartCall({1}, {1}, slot).has_value());
    for (std::size_t slot = 0; !stop; slot = (slot + 1) % kSlots) {
      if (!flooding.Await(slot)) return;
      ++floods;
      static_cast<void>(flooding.StartCall({1}, {1}, slot).has_value());
    }
  });
  while (floods < 2 * kSlots) poll(nullptr, 0, 1);
  for (int i = 0; i < 300; ++i) EXPECT_TRUE(Answers(modest, static_cast<float>(i)));
  stop = true;
  flood.join();
}

TEST_F(Sessions, AreCounted) {
  TestSession first = Open(1);
  TestSession second = Open(2);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(Answers(first, 1));
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(Answers(second, 1));
  EXPECT_EQ(second.Call({1, 2}, {1, 2}).error().code(), ErrorCode::kBadTensor);
  second.ring().header().slots[0].given_up = second.ring().header().slots[0].submitted + 1;
  EXPECT_EQ(second.Call({1}, {1}).error().code(), ErrorCode::kTimedOut);
  const auto statistics = cell_.ReadStatistics();
  ASSERT_TRUE(statistics);
  const gate::CellReading& cell = statistics->cell;
  EXPECT_EQ(cell.calls.answered, 15U);
  EXPECT_EQ(cell.calls.refused, 1U);
  EXPECT_EQ(cell.calls.given_up, 1U);
  EXPECT_EQ(cell.calls.failed, 0U);
  EXPECT_GT(cell.model_bytes, 0U);
  EXPECT_GT(cell.tensor_bytes, 0U);
  EXPECT_EQ(cell.ring_bytes, 2 * (gate::kRingDataOffset + first.ring().data_size()));
  EXPECT_GT(cell.peak_bytes, cell.model_bytes);
  std::uint64_t timed = 0;
  for (const std::uint64_t bucket : cell.latencies) timed += bucket;
  EXPECT_EQ(timed, 15U);
  ASSERT_EQ(statistics->sessions.size(), 2U);
  EXPECT_EQ(statistics->sessions[0].number, 1U);
  EXPECT_EQ(statistics->sessions[0].calls.answered, 10U);
  EXPECT_EQ(statistics->sessions[1].calls.answered, 5U);
  EXPECT_EQ(statistics->sessions[1].calls.refused, 1U);
  EXPECT_EQ(statistics->sessions[1].calls.given_up, 1U);
  EXPECT_EQ(statistics->sessions[0].calls.microseconds + statistics->sessions[1].calls.microseconds,
            cell.calls.microseconds);
}

TEST_F(Sessions, OrdersThatMakeNoSenseEndNothing) {
  TestSession session = Open(1);
  EXPECT_EQ(TestSession::Open(cell_, 1).error().code(), ErrorCode::kAlreadyExists);
  EXPECT_EQ(cell_.Order(Command::kEndSession, {.session = 2}).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(cell_.Order(Command::kAddSession, {.session = 2}).error().code(), ErrorCode::kMalformed);
  const int not_a_ring[] = {session.socket(), session.socket()};
  EXPECT_EQ(cell_.Order(Command::kAddSession, {.session = 2}, not_a_ring).error().code(), ErrorCode::kMalformed);
  EXPECT_EQ(cell_.OrderTaker::Order(gate::ServeModelOrder(), {}).error().code(), ErrorCode::kUnsupported);
  EXPECT_EQ(cell_.Order(Command::kReadStatistics, AsBytes("body"), {}).error().code(), ErrorCode::kMalformed);
  EXPECT_TRUE(Answers(session, 1));
}

TEST_F(Sessions, AreBounded) {
  std::vector<TestSession> sessions;
  for (SessionNumber number = 1; number <= gate::kMaxSessionsOfCell; ++number) sessions.push_back(Open(number));
  EXPECT_EQ(TestSession::Open(cell_, 4711).error().code(), ErrorCode::kBusy);
  EXPECT_TRUE(Answers(sessions.back(), 1));
  sessions.front().HangUp();
  // Its place is free as soon as the thread that answers has let go of its ring, which is after it is counted no more.
  EXPECT_TRUE(BecomesOpen(4712));
}

// A ring one cell has let go of is another's, with what was submitted meanwhile: nothing is lost or answered twice.
TEST_F(Sessions, MoveToAnotherCell) {
  CellUnderTest next;
  ASSERT_TRUE(next.Hello());
  ASSERT_TRUE(model_.Load(next, false));
  TestSession session = Open(1, 2);
  EXPECT_TRUE(Answers(session, 1));
  ASSERT_TRUE(cell_.Order(Command::kEndSession, {.session = 1}));
  ASSERT_TRUE(session.StartCall({5}, {1}, 1));
  EXPECT_EQ(session.Await(1, 100).error().code(), ErrorCode::kTimedOut) << "control: nobody serves the ring";
  ASSERT_TRUE(session.JoinTo(next, 9));
  EXPECT_EQ(*session.Await(1), (std::vector<float>{11}));
  EXPECT_TRUE(Answers(session, 6));
  EXPECT_EQ(next.ReadStatistics()->cell.calls.answered, 2U);
}

class EndlessSessions : public Sessions {
 protected:
  EndlessSessions() : Sessions("endless") {}
};

TEST_F(EndlessSessions, DoNotKeepOrdersFromBeingTaken) {
  TestSession endless = Open(1);
  ASSERT_TRUE(endless.StartCall({1}, {1}));
  TestSession other = Open(2);
  EXPECT_EQ(OpenOnes(), 2U);
  ASSERT_TRUE(other.StartCall({1}, {1}));
  const auto statistics = cell_.ReadStatistics();
  ASSERT_TRUE(statistics);
  EXPECT_EQ(statistics->sessions[1].waiting, 1U) << "behind the other's";
  EXPECT_EQ(statistics->sessions[1].capacity, 1U);
  endless.HangUp();
  EXPECT_TRUE(BecomesOpenOnes(1));
}

}  // namespace
}  // namespace edgekeep::cell
