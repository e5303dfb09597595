// SpawnerLink: the keep's side of the conversation with the spawner (spec/gate.md §8).
#pragma once
#include <array>
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

  // Fails with what the spawner refused it for, kTimedOut when it does not answer in time, or kPeerGone when it is not
  // there or makes no sense.
  Result<NewCell> Start(const StartCell& order);
  void Kill(CellNumber cell);
  // Waits until the cell has ended and its user is free again; holds up nobody else meanwhile. How it ended, as
  // waitpid() has it; empty when the spawner did not say so in time.
  std::optional<std::uint32_t> WaitForEnd(CellNumber cell, int timeout_ms);
  // Nobody will ask for this cell again.
  void Forget(CellNumber cell);

 private:
  Result<gate::Message> Receive(int timeout_ms);
  Result<NewCell> TakeAnswer(gate::Message& message);
  void DropLate(const gate::Frame& answer);

  // A cell somebody holds; number 0: none.
  struct Known {
    CellNumber number = 0;
    std::optional<std::uint32_t> wait_status;
  };

  Known* Find(CellNumber cell);
  Known LookAt(CellNumber cell);

  // Eight run at most; the others have ended and are still held.
  static constexpr std::size_t kMostHeld = 64;

  std::mutex mutex_;
  gate::Channel spawner_;
  int answer_timeout_ms_;
  std::uint64_t last_id_ = 0;
  std::uint64_t awaited_ = 0;  // an answer to an order before this one is late
  std::array<std::uint8_t, kSpawnerFrameSize> buffer_{};
  std::array<Known, kMostHeld> known_{};
};

}  // namespace edgekeep::isolation
