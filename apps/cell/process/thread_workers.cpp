#include "thread_workers.h"

#include <pthread.h>

#include "processors.h"

namespace edgekeep::cell {
namespace {

struct Share {
  sealing::Task* task = nullptr;
  Status result;
};

void* RunShare(void* share) {
  auto* const own = static_cast<Share*>(share);
  own->result = own->task->Run();
  return nullptr;
}

}  // namespace

Status ThreadWorkers::RunOnAll(sealing::Task& task) {
  Share other{.task = &task};
  pthread_t thread{};
  // Without a second thread the first one does all of it.
  const bool two = ProcessorCount() > 1 && pthread_create(&thread, nullptr, RunShare, &other) == 0;
  const Status own = task.Run();
  if (two) pthread_join(thread, nullptr);
  EK_TRY(own);
  return other.result;
}

}  // namespace edgekeep::cell
