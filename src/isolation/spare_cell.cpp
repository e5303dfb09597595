#include "spare_cell.h"

#include <algorithm>
#include <new>
#include <utility>

namespace edgekeep::isolation {
namespace {

std::unique_ptr<SpawnedCell> StartOn(SpawnerLink& link, std::uint64_t memory_bytes) {
  auto started = link.Start({.purpose = Purpose::kServe, .memory_bytes = memory_bytes});
  if (!started) return nullptr;
  const CellNumber number = started->number;
  std::unique_ptr<SpawnedCell> cell(new (std::nothrow) SpawnedCell(link, *std::move(started)));
  if (cell == nullptr) {
    link.Kill(number);
    link.Forget(number);
  }
  return cell;
}

}  // namespace

Result<std::unique_ptr<SpareCell>> SpareCell::Start(SpawnerLink& link, const Spare& wish) {
  std::unique_ptr<SpareCell> spare(new (std::nothrow) SpareCell(link, wish));
  pthread_t thread{};
  if (spare == nullptr || pthread_create(&thread, nullptr, RunIn, spare.get()) != 0) {
    return Error(ErrorCode::kNoMemory, "spare cell");
  }
  spare->thread_ = thread;
  return spare;
}

SpareCell::~SpareCell() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  if (thread_) pthread_join(*thread_, nullptr);
}

void* SpareCell::RunIn(void* spare) {
  static_cast<SpareCell*>(spare)->Run();
  return nullptr;
}

std::unique_ptr<SpawnedCell> SpareCell::Take(std::uint64_t memory_bytes) {
  std::unique_ptr<SpawnedCell> cell = TakeOut(memory_bytes);
  if (cell == nullptr || !cell->alive() || !cell->TakeHello(kHelloTimeoutMs)) return nullptr;
  return cell;
}

std::unique_ptr<SpawnedCell> SpareCell::TakeOut(std::uint64_t memory_bytes) {
  std::unique_ptr<SpawnedCell> too_small;
  std::unique_lock lock(mutex_);
  // One that is just being started is there sooner than another one would be.
  changed_.wait(lock, [this] { return !starting_; });
  wanted_bytes_ = std::max(memory_bytes, wish_.memory_bytes);
  due_ = Clock::now() + wish_.delay;
  changed_.notify_all();
  if (spare_bytes_ < memory_bytes) {
    too_small = std::move(spare_);
    return nullptr;
  }
  return std::move(spare_);
}

bool SpareCell::GiveUp() {
  std::unique_ptr<SpawnedCell> given_up;
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !starting_; });
  given_up = std::move(spare_);
  lock.unlock();
  return given_up != nullptr;
}

// A start that fails is tried again after the next Take: every place is taken, or the spawner is gone.
void SpareCell::Run() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    if (!due_) {
      changed_.wait(lock);
    } else if (Clock::now() < *due_) {
      const Clock::time_point due = *due_;
      changed_.wait_until(lock, due);
    } else {
      due_.reset();
      if (spare_ != nullptr) continue;
      starting_ = true;
      const std::uint64_t bytes = wanted_bytes_;
      lock.unlock();
      std::unique_ptr<SpawnedCell> started = StartOn(link_, bytes);
      lock.lock();
      starting_ = false;
      spare_ = std::move(started);
      spare_bytes_ = bytes;
      changed_.notify_all();
    }
  }
}

}  // namespace edgekeep::isolation
