// SpareCell: one serving cell started ahead, so that opening a model does not wait for a cell's start.
#pragma once
#include <pthread.h>

#include <condition_variable>
#include <memory>
#include <optional>

#include "edgekeep/isolation/spawner_cell_host.h"
#include "spawned_cell.h"

namespace edgekeep::isolation {

// The spare has its engine and its confinement and no key; it waits for its one order. There is never more than one,
// and it takes one of the places of cells. A thread starts it when it is due. Used by several threads at once.
class SpareCell {
 public:
  // Fails with kNoMemory.
  static Result<std::unique_ptr<SpareCell>> Start(SpawnerLink& link, const Spare& wish);
  SpareCell(const SpareCell&) = delete;
  SpareCell& operator=(const SpareCell&) = delete;
  // Ends the spare.
  ~SpareCell();

  // The spare, its hello taken, for a model of `memory_bytes`; null where there is none, or it is too small or ended.
  // The next one is due after the wish's delay, and large enough for such a model.
  std::unique_ptr<SpawnedCell> Take(std::uint64_t memory_bytes);

  // Ends the spare, so that its place is free for what is needed now; false where there was none.
  bool GiveUp();

 private:
  using Clock = std::chrono::steady_clock;

  SpareCell(SpawnerLink& link, const Spare& wish) noexcept
      : link_(link), wish_(wish), due_(Clock::now()), wanted_bytes_(wish.memory_bytes) {}

  static void* RunIn(void* spare);
  void Run();
  std::unique_ptr<SpawnedCell> TakeOut(std::uint64_t memory_bytes);

  SpawnerLink& link_;
  const Spare wish_;
  std::optional<pthread_t> thread_;
  std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  bool ending_ = false;
  bool starting_ = false;
  std::optional<Clock::time_point> due_;
  std::uint64_t wanted_bytes_;  // what the next spare is started with
  std::uint64_t spare_bytes_ = 0;
  std::unique_ptr<SpawnedCell> spare_;
};

}  // namespace edgekeep::isolation
