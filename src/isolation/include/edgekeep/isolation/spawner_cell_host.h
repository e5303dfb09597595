// SpawnerCellHost: cells as confined processes, started by the spawner at the other end of a socket.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>

#include "edgekeep/gate/posix/channel.h"
#include "edgekeep/gate/posix/descriptor.h"
#include "edgekeep/ports/cell_host.h"

namespace edgekeep::isolation {

class SpareCell;
class SpawnerLink;

// The serving cell that is started ahead.
struct Spare {
  std::uint64_t memory_bytes = 0;  // models up to this, or up to the last one opened, find it large enough
  // How long after it was taken the next one is started: a start takes a core that the model just opened wants.
  std::chrono::milliseconds delay{1000};
};

// May be used by several threads at once. It must outlive its cells. A cell that ended before its hello is
// kModelRefused when it found no engine, and kInternal when it could not be confined.
class SpawnerCellHost : public ports::CellHost {
 public:
  // The spawner answers as soon as it has forked.
  static constexpr int kAnswerTimeoutMs = 10'000;

  // `spawner`: the socket the spawner gave this keep. Fails with kNoMemory.
  static Result<std::unique_ptr<SpawnerCellHost>> Create(gate::Descriptor spawner,
                                                         int answer_timeout_ms = kAnswerTimeoutMs);
  ~SpawnerCellHost() override;

  SpawnerCellHost(const SpawnerCellHost&) = delete;
  SpawnerCellHost& operator=(const SpawnerCellHost&) = delete;

  // Starts one serving cell ahead, at once, and another one whenever it was taken. It is ended where its place is
  // needed, and with the host. Once. Fails with kNoMemory.
  Status KeepSpare(const Spare& wish);

  Result<std::unique_ptr<ports::Cell>> Start(ports::CellPurpose purpose, std::uint64_t memory_bytes) override;

 private:
  explicit SpawnerCellHost(std::unique_ptr<SpawnerLink> link) noexcept;

  Result<std::unique_ptr<ports::Cell>> StartNew(ports::CellPurpose purpose, std::uint64_t memory_bytes);

  std::unique_ptr<SpawnerLink> link_;
  std::unique_ptr<SpareCell> spare_;  // null: none is kept
};

}  // namespace edgekeep::isolation
