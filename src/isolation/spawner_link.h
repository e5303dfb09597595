// SpawnerLink: the keep's side of the conversation with the spawner (spec/gate.md §8).
#pragma once
#include <array>
#include <chrono>
#include <mutex>
#include <optional>

#include "edgekeep/gate/posix/channel.h"
#include "edgekeep/isolation/process/spawner_messages.h"

namespace edgekeep::isolation {

struct NewCell {
  CellNumber number = 0;
  gate::Descriptor control;
};

// May be used by several threads at once.
class SpawnerLink {
 public:
  SpawnerLink(gate::Channel spawner, int answer_timeout_ms) noexcept
      : spawner_(std::move(spawner)), answer_timeout_ms_(answer_timeout_ms) {}

  // Holds up nobody else while the spawner takes its time. Fails with what the spawner refused it for, kTimedOut when
  // it does not answer in time, or kPeerGone when it is not there or makes no sense.
  Result<NewCell> Start(const StartCell& order);
  void Kill(CellNumber cell);
  // Waits until the cell has ended and its user is free again; holds up nobody else meanwhile. How it ended, as
  // waitpid() has it; empty when the spawner did not say so in time.
  std::optional<std::uint32_t> WaitForEnd(CellNumber cell, int timeout_ms);
  // Nobody will ask for this cell again.
  void Forget(CellNumber cell);

 private:
  using Clock = std::chrono::steady_clock;

  // An order to start that somebody waits for (number 0), or a cell that somebody holds. Neither: free.
  struct Known {
    std::uint64_t order = 0;
    std::optional<Result<NewCell>> answer;
    CellNumber number = 0;
    std::optional<std::uint32_t> wait_status;
  };

  Result<Known*> GiveOrder(const StartCell& order);
  std::optional<Result<NewCell>> TakeAnswerAt(Known& place, bool in_time);
  std::optional<std::uint32_t> LookAt(CellNumber cell, bool& may_come);
  // These require the mutex.
  bool HearAll();
  void FailWaiting();
  bool Hear(gate::Message& message);
  bool HearStarted(gate::Message& message);
  bool HearEnded(const gate::Frame& report);
  Known* Find(CellNumber cell);

  // Eight run at most; the others have ended and are still held.
  static constexpr std::size_t kMostHeld = 64;

  std::mutex mutex_;
  gate::Channel spawner_;
  int answer_timeout_ms_;
  std::uint64_t last_id_ = 0;
  std::array<std::uint8_t, kSpawnerFrameSize> buffer_{};
  std::array<Known, kMostHeld> known_{};
};

}  // namespace edgekeep::isolation
