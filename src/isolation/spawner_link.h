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
  explicit SpawnerLink(gate::Channel spawner) noexcept : spawner_(std::move(spawner)) {}

  // Fails with what the spawner refused it for, or kPeerGone when it is not there or makes no sense.
  Result<NewCell> Start(const StartCell& order);
  // The cell's end shows in its control socket.
  void Kill(CellNumber cell);
  // How the cell ended, as waitpid() has it; empty when the spawner did not say so in time.
  std::optional<std::uint32_t> StatusOf(CellNumber cell, int timeout_ms);

 private:
  Result<gate::Message> Receive(int timeout_ms);
  Result<NewCell> TakeAnswer(gate::Message& message);
  void Remember(const CellEnded& ended);
  std::optional<std::uint32_t> Remembered(CellNumber cell) const;

  static constexpr std::size_t kRemembered = 32;

  std::mutex mutex_;
  gate::Channel spawner_;
  std::uint64_t last_id_ = 0;
  std::array<std::uint8_t, kSpawnerFrameSize> buffer_{};
  // The last ends that were reported, oldest overwritten first.
  std::array<CellEnded, kRemembered> ended_{};
  std::size_t num_ended_ = 0;
};

}  // namespace edgekeep::isolation
