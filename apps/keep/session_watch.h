// SessionWatch: one thread that ends sessions whose application is gone, cells without sessions, and those whose
// licence is over; cells that are gone it leaves to who tends them.
#pragma once
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "edgekeep/gate/posix/descriptor.h"
#include "edgekeep/keep/keep.h"
#include "tend_thread.h"

namespace edgekeep::keep {

class SessionWatch {
 public:
  // The keep outlives it.
  explicit SessionWatch(Keep& keep);
  // Ends all sessions.
  ~SessionWatch();

  SessionWatch(const SessionWatch&) = delete;
  SessionWatch& operator=(const SessionWatch&) = delete;

  void Add(std::unique_ptr<Session> session);
  // Has it, and who tends cells, look after them now.
  void Look();

 private:
  using Sessions = std::vector<std::unique_ptr<Session>>;

  void Run();
  bool TakeNew(Sessions& watched);
  void Wake();
  void WaitForEnds(Sessions& watched, int timeout_ms);

  Keep* keep_;
  gate::Descriptor wake_;
  TendThread tending_;
  std::mutex mutex_;
  Sessions new_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace edgekeep::keep
