// SpawnerCellHost against a spawner and cells that are threads of this process.
#include "edgekeep/isolation/spawner_cell_host.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <thread>

#include "edgekeep/gate/failure.h"
#include "edgekeep/isolation/process/spawner_messages.h"

namespace edgekeep::isolation {
namespace {

using gate::Channel;
using gate::Command;
using gate::Frame;
using ports::CellPurpose;

constexpr int kTimeoutMs = 10'000;
constexpr int kAnyStatus = 0x100;

// What a fake cell does once it runs; it ends when this returns.
using CellScript = std::function<void(Channel& keep)>;

void SayHello(Channel& keep) {
  ASSERT_TRUE(keep.Send(Command::kCellHello, 0, AsBytes("hello")));
}

// Answers every order with its own body.
void Echo(Channel& keep) {
  SayHello(keep);
  std::vector<std::uint8_t> buffer(gate::kMaxFrameSize);
  while (const auto order = keep.Receive(buffer, kTimeoutMs)) {
    ASSERT_TRUE(keep.Send(order->frame.header.command, order->frame.header.id, order->frame.body));
  }
}

// Answers the first order as told.
CellScript AnswerWith(std::function<void(Channel&, const Frame&)> answer) {
  return [answer = std::move(answer)](Channel& keep) {
    SayHello(keep);
    std::vector<std::uint8_t> buffer(gate::kMaxFrameSize);
    const auto order = keep.Receive(buffer, kTimeoutMs);
    ASSERT_TRUE(order);
    answer(keep, order->frame);
  };
}

// Starts what it is told to start, in a thread; kills by cutting the socket.
class FakeSpawner {
 public:
  FakeSpawner() {
    auto ends = Channel::Pair();
    keep_end_ = ends->second.TakeSocket();
    thread_ = std::thread([this, channel = std::move(ends->first)]() mutable { Run(channel); });
  }

  FakeSpawner(const FakeSpawner&) = delete;
  FakeSpawner& operator=(const FakeSpawner&) = delete;

  ~FakeSpawner() {
    keep_end_ = gate::Descriptor();
    thread_.join();
    for (std::thread& cell : cells_) cell.join();
  }

  gate::Descriptor TakeKeepEnd() { return std::move(keep_end_); }

  CellScript script = Echo;
  std::uint32_t refuse_with = 0;
  std::uint32_t end_status = kAnyStatus;
  bool garble = false;

 private:
  void Run(Channel& keep) {
    std::array<std::uint8_t, kSpawnerFrameSize> buffer{};
    while (const auto message = keep.Receive(buffer, gate::kForever)) {
      if (message->frame.header.command == Command::kStartCell) Start(keep, message->frame);
      if (message->frame.header.command == Command::kKillCell) Kill(keep, message->frame);
    }
  }

  void Start(Channel& keep, const Frame& frame) {
    const std::uint64_t id = frame.header.id;
    if (refuse_with != 0) {
      ASSERT_TRUE(keep.Send(Command::kStartCell, id, Encode(CellStarted{.error = refuse_with, .cell = 0})));
      return;
    }
    auto ends = Channel::Pair();
    const CellNumber number = ++last_number_;
    const int control = ends->first.fd();
    if (garble) {
      ASSERT_TRUE(keep.Send(Command::kStartCell, id + 1, Encode(CellStarted{.error = 0, .cell = number})));
      return;
    }
    ASSERT_TRUE(keep.Send(Command::kStartCell, id, Encode(CellStarted{.error = 0, .cell = number}), {&control, 1}));
    // Report first, so that whoever sees the socket hang up finds the reason waiting.
    cells_.emplace_back([this, number, &keep, cell = std::move(ends->second)]() mutable {
      script(cell);
      (void)keep.Send(Command::kCellEnded, 0, Encode(CellEnded{.cell = number, .wait_status = end_status}));
    });
    controls_.push_back(gate::Descriptor(dup(control)));
  }

  void Kill(Channel&, const Frame& frame) {
    const auto order = DecodeKillCell(frame.body);
    ASSERT_TRUE(order && order->cell >= 1 && order->cell <= controls_.size());
    shutdown(controls_[order->cell - 1].get(), SHUT_RDWR);
  }

  gate::Descriptor keep_end_;
  std::thread thread_;
  std::vector<std::thread> cells_;
  std::vector<gate::Descriptor> controls_;
  CellNumber last_number_ = 0;
};

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

TEST_F(CellHost, WithoutASpawnerNothingStarts) {
  auto ends = Channel::Pair();
  auto host = SpawnerCellHost::Create(ends->first.TakeSocket()).value();
  ends->second = Channel();
  EXPECT_EQ(host->Start(CellPurpose::kServe, 4096).error().code(), ErrorCode::kPeerGone);
}

}  // namespace
}  // namespace edgekeep::isolation
