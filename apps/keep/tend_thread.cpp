#include "tend_thread.h"

#include <chrono>

namespace edgekeep::keep {

void TendThread::Stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void TendThread::Look() {
  {
    const std::lock_guard lock(mutex_);
    look_ = true;
  }
  changed_.notify_all();
}

void TendThread::Run() {
  int wait_ms = -1;
  std::unique_lock lock(mutex_);
  while (!ending_) {
    const auto is_due = [this] { return ending_ || look_; };
    if (wait_ms < 0) {
      changed_.wait(lock, is_due);
    } else {
      changed_.wait_for(lock, std::chrono::milliseconds(wait_ms), is_due);
    }
    if (ending_) return;
    look_ = false;
    lock.unlock();
    wait_ms = keep_->TendCells();
    tended_();
    lock.lock();
  }
}

}  // namespace edgekeep::keep
