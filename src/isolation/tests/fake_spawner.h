// A spawner and cells that are threads of this process.
#pragma once
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <thread>

#include "edgekeep/gate/posix/channel.h"
#include "edgekeep/isolation/process/spawner_messages.h"

namespace edgekeep::isolation {

using gate::Channel;
using gate::Command;
using gate::Frame;

inline constexpr int kTimeoutMs = 10'000;
inline constexpr int kAnyStatus = 0x100;

// What a fake cell does once it runs; it ends when this returns.
using CellScript = std::function<void(Channel& keep)>;

inline void SayHello(Channel& keep) {
  // A spare may be ended before.
  (void)keep.Send(Command::kCellHello, 0, AsBytes("hello"));
}

// Answers every order with its own body.
inline void Echo(Channel& keep) {
  SayHello(keep);
  std::vector<std::uint8_t> buffer(gate::kMaxFrameSize);
  while (const auto order = keep.Receive(buffer, kTimeoutMs)) {
    ASSERT_TRUE(keep.Send(order->frame.header.command, order->frame.header.id, order->frame.body));
  }
}

// Answers the first order as told.
inline CellScript AnswerWith(std::function<void(Channel&, const Frame&)> answer) {
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
  // Orders to start that came, and where they are refused: any, or those beyond so many cells that run.
  std::atomic<int> starts = 0;
  std::atomic<int> running = 0;
  int places = 1000;
  std::atomic<std::uint64_t> last_memory = 0;
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
    ++starts;
    last_memory = DecodeStartCell(frame.body)->memory_bytes;
    if (running >= places) {
      const auto busy = static_cast<std::uint32_t>(ErrorCode::kBusy);
      ASSERT_TRUE(keep.Send(Command::kStartCell, id, Encode(CellStarted{.error = busy, .cell = 0})));
      return;
    }
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
    ++running;
    ASSERT_TRUE(keep.Send(Command::kStartCell, id, Encode(CellStarted{.error = 0, .cell = number}), {&control, 1}));
    // Report first, so that whoever sees the socket hang up finds the reason waiting.
    cells_.emplace_back([this, number, &keep, cell = std::move(ends->second)]() mutable {
      script(cell);
      --running;
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

}  // namespace edgekeep::isolation
