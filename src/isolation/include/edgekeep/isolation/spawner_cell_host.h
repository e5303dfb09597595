// SpawnerCellHost: cells as confined processes, started by the spawner at the other end of a socket.
#pragma once
#include <memory>

#include "edgekeep/gate/posix/channel.h"
#include "edgekeep/gate/posix/descriptor.h"
#include "edgekeep/ports/cell_host.h"

namespace edgekeep::isolation {

class SpawnerLink;

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

  Result<std::unique_ptr<ports::Cell>> Start(ports::CellPurpose purpose, std::uint64_t memory_bytes) override;

 private:
  explicit SpawnerCellHost(std::unique_ptr<SpawnerLink> link) noexcept;

  std::unique_ptr<SpawnerLink> link_;
};

}  // namespace edgekeep::isolation
