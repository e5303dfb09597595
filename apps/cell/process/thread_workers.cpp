#include "thread_workers.h"

#include <pthread.h>

#include "processors.h"

namespace edgekeep::cell {
namespace {

// A thread's whole stack is zeroed when it ends (wiped_stacks.cpp), touched or not: opening would wait for that.
constexpr std::size_t kStackSize = std::size_t{128} << 10;

struct Share {
  sealing::Task* task = nullptr;
  Status result;
};

void* RunShare(void* share) {
  auto* const own = static_cast<Share*>(share);
  own->result = own->task->Run();
  return nullptr;
}

bool Start(Share& share, pthread_t& thread) {
  pthread_attr_t attributes{};
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStackSize);
  const bool started = pthread_create(&thread, &attributes, RunShare, &share) == 0;
  pthread_attr_destroy(&attributes);
  return started;
}

}  // namespace

Status ThreadWorkers::RunOnAll(sealing::Task& task) {
  Share other{.task = &task};
  pthread_t thread{};
  // Without a second thread the first one does all of it.
  const bool two = ProcessorCount() > 1 && Start(other, thread);
  const Status own = task.Run();
  if (two) pthread_join(thread, nullptr);
  EK_TRY(own);
  return other.result;
}

}  // namespace edgekeep::cell
