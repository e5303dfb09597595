// TendThread: one thread that has cells succeed others, and starts those that are there from boot on.
#pragma once
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "edgekeep/keep/keep.h"

namespace edgekeep::keep {

class TendThread {
 public:
  // The keep outlives it. `tended` is called on the thread whenever it has looked.
  TendThread(Keep& keep, std::function<void()> tended)
      : keep_(&keep), tended_(std::move(tended)), thread_([this] { Run(); }) {}

  TendThread(const TendThread&) = delete;
  TendThread& operator=(const TendThread&) = delete;

  ~TendThread() { Stop(); }

  // Has it look at all cells now.
  void Look();
  // Waits for what it is at; nothing is tended any more.
  void Stop();

 private:
  void Run();

  Keep* keep_;
  std::function<void()> tended_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool look_ = true;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace edgekeep::keep
