// SoftwareNumbers: what silicon counts, from a file: the state counter, the security epoch, the clock.
#pragma once
#include <mutex>

#include "edgekeep/ports/anchor.h"
#include "edgekeep/ports/store.h"

namespace edgekeep::anchor {

// One object, replaced as a whole before a new number is told. None is nothing counted yet; a damaged one is an error
// at each use. Any number of threads. The store outlives it.
class SoftwareNumbers final : public ports::MonotonicCounter {
 public:
  explicit SoftwareNumbers(ports::Store& store) noexcept : store_(&store) {}

  Result<std::uint64_t> Read() override;
  Result<std::uint64_t> Increment() override;
  Result<std::uint64_t> RaiseEpoch();
  // Runs on the machine's own counter while this lives, and stands still otherwise. Falls back by a minute at most when
  // the process is killed.
  Result<ports::AnchorTime> ReadClock();

 private:
  struct Numbers {
    std::uint64_t counter = 0;
    std::uint64_t epoch = 0;
    std::uint64_t milliseconds = 0;
    std::uint32_t resets = 0;
  };

  // Where the clock stood when it was first asked in this life, and what the machine's counter showed then.
  struct Began {
    std::uint64_t shown = 0;
    std::uint64_t machine = 0;
  };

  Result<Numbers> Load();
  Status Save(const Numbers& numbers);

  ports::Store* store_;
  std::mutex mutex_;
  bool running_ = false;
  Began began_;
};

}  // namespace edgekeep::anchor
