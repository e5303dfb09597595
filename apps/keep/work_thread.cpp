#include "work_thread.h"

#include <new>

#include "small_thread.h"

namespace edgekeep::keep {

Result<std::unique_ptr<WorkThread>> WorkThread::Start(Keep& keep) {
  std::unique_ptr<WorkThread> work(new (std::nothrow) WorkThread(keep));
  const auto thread = work ? StartSmallThread(RunIn, work.get()) : std::nullopt;
  if (!thread) return Error(ErrorCode::kNoMemory, "thread");
  work->thread_ = *thread;
  return work;
}

bool WorkThread::Stop(std::chrono::milliseconds time) {
  keep_->EndWork();
  {
    std::unique_lock lock(mutex_);
    if (!ended_.wait_for(lock, time, [this] { return has_ended_; })) return false;
  }
  ::pthread_join(thread_, nullptr);
  return true;
}

void* WorkThread::RunIn(void* work) {
  auto& own = *static_cast<WorkThread*>(work);
  while (own.keep_->AwaitWork()) own.keep_->Work();
  const std::lock_guard lock(own.mutex_);
  own.has_ended_ = true;
  own.ended_.notify_all();
  return nullptr;
}

}  // namespace edgekeep::keep
