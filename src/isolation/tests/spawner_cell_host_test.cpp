// SpawnerCellHost against a spawner and cells that are threads of this process.
#include "edgekeep/isolation/spawner_cell_host.h"

#include <gtest/gtest.h>

#include "../../../tests/support/eventually.h"
#include "../spawner_link.h"
#include "edgekeep/gate/failure.h"
#include "fake_spawner.h"

namespace edgekeep::isolation {
namespace {

using ports::CellPurpose;

class CellHost : public testing::Test {
 protected:
  std::unique_ptr<SpawnerCellHost> NewHost() { return SpawnerCellHost::Create(spawner_.TakeKeepEnd()).value(); }

  ErrorCode StartRefusal() {
    auto host = NewHost();
    const auto cell = host->Start(CellPurpose::kServe, 4096);
    EXPECT_FALSE(cell);
    return cell ? ErrorCode::kInternal : cell.error().code();
  }

  ErrorCode OrderRefusal(CellScript script, int timeout_ms = kTimeoutMs) {
    spawner_.script = std::move(script);
    auto host = NewHost();
    auto cell = host->Start(CellPurpose::kServe, 4096).value();
    const auto answer = cell->Order(kServeModel, body_, {}, timeout_ms);
    EXPECT_FALSE(answer);
    return answer ? ErrorCode::kInternal : answer.error().code();
  }

  static constexpr auto kServeModel = static_cast<std::uint16_t>(Command::kServeModel);
  static constexpr auto kReadStatistics = static_cast<std::uint16_t>(Command::kReadStatistics);
  FakeSpawner spawner_;
  SecretBytes body_ = SecretBytes::CopyOf(AsBytes("an order")).value();
};

TEST_F(CellHost, StartsACellAndGivesItOrders) {
  auto host = NewHost();
  auto cell = host->Start(CellPurpose::kInstall, 4096).value();
  EXPECT_EQ(AsText(cell->hello()), "hello");
  EXPECT_TRUE(cell->alive());
  for (int i = 0; i < 3; ++i) {
    const auto answer = cell->Order(kServeModel, body_, {}, kTimeoutMs);
    ASSERT_TRUE(answer);
    EXPECT_EQ(AsText(answer->view()), "an order");
  }
}

TEST_F(CellHost, ServesSeveralThreads) {
  auto host = NewHost();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      auto cell = host->Start(CellPurpose::kServe, 4096).value();
      for (int order = 0; order < 50; ++order) EXPECT_TRUE(cell->Order(kServeModel, body_, {}, kTimeoutMs));
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(CellHost, PassesOnWhyTheSpawnerRefused) {
  spawner_.refuse_with = static_cast<std::uint32_t>(ErrorCode::kBusy);
  EXPECT_EQ(StartRefusal(), ErrorCode::kBusy);
}

TEST_F(CellHost, UnknownRefusalsAreInternal) {
  spawner_.refuse_with = 4711;
  EXPECT_EQ(StartRefusal(), ErrorCode::kInternal);
}

// The spawner of a busy machine, played by the test: it answers the first order only after the second was given.
TEST(LateSpawner, CostsOneStartAndNotAllThatFollow) {
  auto ends = Channel::Pair();
  Channel& spawner = ends->first;
  auto host = SpawnerCellHost::Create(ends->second.TakeSocket(), 1000).value();
  std::array<std::uint8_t, kSpawnerFrameSize> buffer{};
  EXPECT_EQ(host->Start(CellPurpose::kServe, 4096).error().code(), ErrorCode::kTimedOut);
  const std::uint64_t first = spawner.Receive(buffer, kTimeoutMs)->frame.header.id;
  auto late = Channel::Pair();
  const int late_control = late->first.fd();
  ASSERT_TRUE(spawner.Send(Command::kStartCell, first, Encode(CellStarted{.error = 0, .cell = 1}), {&late_control, 1}));
  late->first = Channel();

  auto cell = Channel::Pair();
  SayHello(cell->second);
  std::thread answering([&] {
    const std::uint64_t second = spawner.Receive(buffer, kTimeoutMs)->frame.header.id;
    const int control = cell->first.fd();
    EXPECT_TRUE(spawner.Send(Command::kStartCell, second, Encode(CellStarted{.error = 0, .cell = 2}), {&control, 1}));
    const auto kill = spawner.Receive(buffer, kTimeoutMs);
    ASSERT_TRUE(kill && kill->frame.header.command == Command::kKillCell);
    EXPECT_EQ(DecodeKillCell(kill->frame.body)->cell, 1U) << "the cell that nobody holds is ended";
  });
  auto started = host->Start(CellPurpose::kServe, 4096);
  answering.join();
  ASSERT_TRUE(started);
  EXPECT_EQ(AsText((*started)->hello()), "hello");
  // The late cell's socket was closed, so that it would have ended by itself.
  EXPECT_EQ(late->second.Receive(buffer, kTimeoutMs).error().code(), ErrorCode::kPeerGone);
  ASSERT_TRUE(spawner.Send(Command::kCellEnded, 0, Encode(CellEnded{.cell = 2, .wait_status = kAnyStatus})));
}

TEST_F(CellHost, ASpawnerThatMakesNoSenseIsGone) {
  spawner_.garble = true;
  EXPECT_EQ(StartRefusal(), ErrorCode::kPeerGone);
}

TEST_F(CellHost, ACellWithoutAnEngineRefusesModels) {
  spawner_.script = [](Channel&) {};
  spawner_.end_status = kExitNoEngine << 8;
  EXPECT_EQ(StartRefusal(), ErrorCode::kModelRefused);
}

TEST_F(CellHost, ACellThatCouldNotBeConfinedDoesNotStart) {
  spawner_.script = [](Channel&) {};
  spawner_.end_status = kExitNotConfined << 8;
  EXPECT_EQ(StartRefusal(), ErrorCode::kInternal);
}

TEST_F(CellHost, ACellThatBeginsWithAnythingElseDoesNotStart) {
  spawner_.script = [](Channel& keep) { (void)keep.Send(Command::kStatus, 0, {}); };
  EXPECT_EQ(StartRefusal(), ErrorCode::kMalformed);
}

TEST_F(CellHost, FailuresComeBackAsTheirCode) {
  EXPECT_EQ(OrderRefusal(AnswerWith([](Channel& keep, const Frame& order) {
              std::array<std::uint8_t, 128> buffer{};
              CborWriter body(buffer);
              ASSERT_TRUE(EncodeFailure(gate::FailureOf(Error(ErrorCode::kDenied)), body));
              ASSERT_TRUE(keep.Send(Command::kError, order.header.id, body.written()));
            })),
            ErrorCode::kDenied);
}

TEST_F(CellHost, SaysInTheCellsWordsWhyItRefused) {
  spawner_.script = AnswerWith([](Channel& keep, const Frame& order) {
    std::array<std::uint8_t, 128> buffer{};
    CborWriter body(buffer);
    ASSERT_TRUE(EncodeFailureInside(gate::FailureInsideOf(Error(ErrorCode::kDenied, "tag of segment 3")), body));
    ASSERT_TRUE(keep.Send(Command::kError, order.header.id, body.written()));
  });
  auto host = NewHost();
  auto cell = host->Start(CellPurpose::kServe, 4096).value();
  EXPECT_TRUE(cell->WhyRefused().empty());
  const auto refused = cell->Order(kServeModel, body_, {}, kTimeoutMs);
  ASSERT_FALSE(refused);
  EXPECT_STREQ(refused.error().where(), "cell") << "to whoever asked for it";
  EXPECT_EQ(cell->WhyRefused().view(), "tag of segment 3");
}

TEST_F(CellHost, ACellThatEndsMeanwhileIsGone) {
  EXPECT_EQ(OrderRefusal(AnswerWith([](Channel&, const Frame&) {})), ErrorCode::kPeerGone);
}

TEST_F(CellHost, AnswersNobodyAskedForAreMalformed) {
  EXPECT_EQ(OrderRefusal(AnswerWith([](Channel& keep, const Frame& order) {
              ASSERT_TRUE(keep.Send(order.header.command, order.header.id + 1, {}));
            })),
            ErrorCode::kMalformed);
}

TEST_F(CellHost, AnswersToAnotherOrderAreMalformed) {
  EXPECT_EQ(OrderRefusal(AnswerWith([](Channel& keep, const Frame& order) {
              ASSERT_TRUE(keep.Send(Command::kInstallPackage, order.header.id, {}));
            })),
            ErrorCode::kMalformed);
}

TEST_F(CellHost, FailuresThatAreNoneAreMalformed) {
  EXPECT_EQ(OrderRefusal(AnswerWith([](Channel& keep, const Frame& order) {
              ASSERT_TRUE(keep.Send(Command::kError, order.header.id, AsBytes("?")));
            })),
            ErrorCode::kMalformed);
}

TEST_F(CellHost, ALateCellIsEnded) {
  spawner_.script = [](Channel& keep) {
    SayHello(keep);
    // Until it is killed.
    std::vector<std::uint8_t> buffer(gate::kMaxFrameSize);
    while (keep.Receive(buffer, kTimeoutMs)) continue;
  };
  auto host = NewHost();
  auto cell = host->Start(CellPurpose::kServe, 4096).value();
  EXPECT_EQ(cell->Order(kServeModel, body_, {}, 20).error().code(), ErrorCode::kTimedOut);
  EXPECT_EQ(cell->Order(kServeModel, body_, {}, kTimeoutMs).error().code(), ErrorCode::kPeerGone);
  EXPECT_FALSE(cell->alive());
}

// Answers nothing while it is stuck.
CellScript StuckWhile(const std::atomic<bool>& stuck) {
  return [&stuck](Channel& keep) {
    SayHello(keep);
    std::vector<std::uint8_t> buffer(gate::kMaxFrameSize);
    while (const auto order = keep.Receive(buffer, kTimeoutMs)) {
      while (stuck) std::this_thread::yield();
      ASSERT_TRUE(keep.Send(order->frame.header.command, order->frame.header.id, order->frame.body));
    }
  };
}

// Who only asks how a cell fares must not end it; what it says too late is taken for nothing else.
TEST_F(CellHost, AQuestionThatIsLateEndsNothing) {
  std::atomic<bool> stuck = true;
  spawner_.script = StuckWhile(stuck);
  auto host = NewHost();
  auto cell = host->Start(CellPurpose::kServe, 4096).value();
  EXPECT_EQ(cell->Ask(kReadStatistics, 20).error().code(), ErrorCode::kTimedOut);
  EXPECT_EQ(cell->Ask(kReadStatistics, kTimeoutMs).error().code(), ErrorCode::kTimedOut) << "at once";
  EXPECT_TRUE(cell->alive());
  stuck = false;
  EXPECT_EQ(AsText(cell->Order(kServeModel, body_, {}, kTimeoutMs)->view()), "an order");
  EXPECT_TRUE(cell->Ask(kReadStatistics, kTimeoutMs));
  EXPECT_TRUE(cell->alive());
}

// Who posts waits for nothing; what is answered, however late, is taken for nothing else.
TEST_F(CellHost, WhatIsPostedIsWaitedForByNobody) {
  std::atomic<bool> stuck = true;
  spawner_.script = StuckWhile(stuck);
  auto host = NewHost();
  auto cell = host->Start(CellPurpose::kServe, 4096).value();
  ASSERT_TRUE(cell->Post(kServeModel, body_));
  EXPECT_EQ(cell->TakePosted().error().code(), ErrorCode::kBusy);
  EXPECT_EQ(cell->Post(kServeModel, body_).error().code(), ErrorCode::kBusy) << "one at a time";
  stuck = false;
  EXPECT_TRUE(test::Eventually([&] { return cell->TakePosted().has_value(); }));
  ASSERT_TRUE(cell->Post(kReadStatistics, body_));
  EXPECT_EQ(AsText(cell->Order(kServeModel, body_, {}, kTimeoutMs)->view()), "an order");
  EXPECT_TRUE(cell->TakePosted());
  cell->Kill();
  EXPECT_TRUE(test::Eventually([&] { return !cell->alive(); }));
  EXPECT_EQ(cell->Post(kServeModel, body_).error().code(), ErrorCode::kPeerGone);
}

TEST_F(CellHost, NobodyPostsWhileAnOrderIsUnderWay) {
  std::atomic<bool> stuck = true;
  spawner_.script = StuckWhile(stuck);
  auto host = NewHost();
  auto cell = host->Start(CellPurpose::kServe, 4096).value();
  std::thread ordering([&] { EXPECT_TRUE(cell->Order(kServeModel, body_, {}, kTimeoutMs)); });
  EXPECT_TRUE(test::Eventually([&] {
    const Status posted = cell->Post(kReadStatistics, body_);
    return !posted && posted.error().code() == ErrorCode::kBusy;
  }));
  stuck = false;
  ordering.join();
}

TEST_F(CellHost, AQuestionWaitsForNoOrder) {
  std::atomic<bool> stuck = true;
  spawner_.script = StuckWhile(stuck);
  auto host = NewHost();
  auto cell = host->Start(CellPurpose::kServe, 4096).value();
  std::thread ordering([&] { EXPECT_TRUE(cell->Order(kServeModel, body_, {}, kTimeoutMs)); });
  // Whichever comes first: the cell answers neither yet.
  EXPECT_EQ(cell->Ask(kReadStatistics, 20).error().code(), ErrorCode::kTimedOut);
  stuck = false;
  ordering.join();
}

// How a cell ended is told by the spawner, which may be slow: other cells are started and ended meanwhile.
TEST(SpawnerLinkTest, WhoWaitsForAnEndHoldsUpNobody) {
  auto ends = Channel::Pair();
  Channel& spawner = ends->first;
  SpawnerLink link(std::move(ends->second), kTimeoutMs);
  std::thread answering([&] {
    std::array<std::uint8_t, kSpawnerFrameSize> buffer{};
    for (CellNumber number = 1; number <= 2; ++number) {
      const auto order = spawner.Receive(buffer, kTimeoutMs);
      if (!order) return;
      auto control = Channel::Pair();
      const int fd = control->first.fd();
      EXPECT_TRUE(spawner.Send(Command::kStartCell, order->frame.header.id, Encode(CellStarted{0, number}), {&fd, 1}));
    }
  });
  EXPECT_TRUE(link.Start({}));
  std::optional<std::uint32_t> ended;
  std::thread waiting([&] { ended = link.WaitForEnd(1, kTimeoutMs); });
  EXPECT_TRUE(link.Start({})) << "before the first one's end is told";
  EXPECT_TRUE(spawner.Send(Command::kCellEnded, 0, Encode(CellEnded{.cell = 1, .wait_status = 7})));
  waiting.join();
  answering.join();
  EXPECT_EQ(ended, 7U);
  EXPECT_EQ(link.WaitForEnd(2, 20), std::nullopt) << "control";
}

// The answer to one order may be long in coming; others are answered meanwhile, in whatever order.
TEST(SpawnerLinkTest, WhoWaitsForAStartHoldsUpNobody) {
  auto ends = Channel::Pair();
  Channel& spawner = ends->first;
  SpawnerLink link(std::move(ends->second), kTimeoutMs);
  std::array<std::uint8_t, kSpawnerFrameSize> buffer{};
  const auto start = [&](CellNumber& number) {
    const auto started = link.Start({});
    number = started ? started->number : 0;
  };
  const auto answer = [&](std::uint64_t order, CellNumber number) {
    auto control = Channel::Pair();
    const int fd = control->first.fd();
    EXPECT_TRUE(spawner.Send(Command::kStartCell, order, Encode(CellStarted{0, number}), {&fd, 1}));
  };
  CellNumber first = 0;
  CellNumber second = 0;
  std::thread one([&] { start(first); });
  const std::uint64_t first_order = spawner.Receive(buffer, kTimeoutMs)->frame.header.id;
  std::thread two([&] { start(second); });
  const auto given = spawner.Receive(buffer, kTimeoutMs);
  EXPECT_TRUE(given) << "while the first waits";
  if (given) answer(given->frame.header.id, 2);
  if (given) two.join();
  answer(first_order, 1);
  one.join();
  if (!given) two.join();
  EXPECT_EQ(first, 1U);
  EXPECT_EQ(second, 2U);
  EXPECT_TRUE(spawner.Send(Command::kCellEnded, 0, Encode(CellEnded{.cell = 1, .wait_status = 7})));
  EXPECT_EQ(link.WaitForEnd(1, kTimeoutMs), 7U);
}

TEST_F(CellHost, WithoutASpawnerNothingStarts) {
  auto ends = Channel::Pair();
  auto host = SpawnerCellHost::Create(ends->first.TakeSocket()).value();
  ends->second = Channel();
  EXPECT_EQ(host->Start(CellPurpose::kServe, 4096).error().code(), ErrorCode::kPeerGone);
}

}  // namespace
}  // namespace edgekeep::isolation
