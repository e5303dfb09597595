// SessionWatch: one thread that ends sessions whose application or cell is gone.
#pragma once
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "edgekeep/gate/posix/descriptor.h"
#include "edgekeep/keep/session.h"

namespace edgekeep::keep {

class SessionWatch {
 public:
  SessionWatch();
  // Ends all sessions.
  ~SessionWatch();

  SessionWatch(const SessionWatch&) = delete;
  SessionWatch& operator=(const SessionWatch&) = delete;

  void Add(std::unique_ptr<Session> session);

 private:
  using Clock = std::chrono::steady_clock;

  struct Watched {
    std::unique_ptr<Session> session;
    // When a cell that did not end by itself is ended; set once its application is gone.
    std::optional<Clock::time_point> deadline;
  };

  void Run();
  bool TakeNew(std::vector<Watched>& watched);
  void Wake();

  gate::Descriptor wake_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Session>> new_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace edgekeep::keep
