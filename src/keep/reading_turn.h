// ReadingTurn: the right to ask cells how they fare, had by one at a time.
#pragma once
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "edgekeep/base/result.h"

namespace edgekeep::keep {

// A cell that does not answer holds one asking thread up, not all that an administrator can have.
class ReadingTurn {
 public:
  struct Place {
    std::mutex mutex;
    std::condition_variable free;
    bool taken = false;
  };

  // Fails with kBusy after two seconds.
  static Result<ReadingTurn> Take(Place& place) {
    std::unique_lock lock(place.mutex);
    if (!place.free.wait_for(lock, std::chrono::seconds(2), [&place] { return !place.taken; })) {
      return Error(ErrorCode::kBusy, "somebody else is reading statistics");
    }
    place.taken = true;
    return ReadingTurn(place);
  }

  ReadingTurn(ReadingTurn&& other) noexcept : place_(std::exchange(other.place_, nullptr)) {}

  ReadingTurn& operator=(ReadingTurn&&) = delete;

  ~ReadingTurn() {
    if (place_ == nullptr) return;
    const std::lock_guard lock(place_->mutex);
    place_->taken = false;
    place_->free.notify_one();
  }

 private:
  explicit ReadingTurn(Place& place) noexcept : place_(&place) {}

  Place* place_;
};

}  // namespace edgekeep::keep
