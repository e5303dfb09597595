// WorkThread: one thread for what nobody waits for.
#pragma once
#include <pthread.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>

#include "edgekeep/keep/keep.h"

namespace edgekeep::keep {

class WorkThread {
 public:
  // The keep outlives it. Fails with kNoMemory.
  static Result<std::unique_ptr<WorkThread>> Start(Keep& keep);
  WorkThread(const WorkThread&) = delete;
  WorkThread& operator=(const WorkThread&) = delete;
  ~WorkThread() = default;

  // Lets the thread finish what it is at. False when it is still at work after the time: the process must then end.
  bool Stop(std::chrono::milliseconds time);

 private:
  explicit WorkThread(Keep& keep) noexcept : keep_(&keep) {}

  static void* RunIn(void* work);

  Keep* keep_;
  pthread_t thread_{};
  std::mutex mutex_;
  std::condition_variable ended_;
  bool has_ended_ = false;
};

}  // namespace edgekeep::keep
