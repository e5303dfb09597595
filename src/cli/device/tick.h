// Tick: the times at which something is done again and again, until somebody ends it.
#pragma once
#include <chrono>
#include <csignal>

namespace edgekeep::cli::device {

// From its beginning on SIGINT and SIGTERM end the waiting instead of the program. Before any other thread.
class Tick {
 public:
  Tick();
  Tick(const Tick&) = delete;
  Tick& operator=(const Tick&) = delete;
  ~Tick();

  // False when it was asked to end.
  bool Wait(std::chrono::milliseconds time) const;

  // While it lives they end the program at once, with exit code 0: for what may wait for others.
  class Interruptible {
   public:
    explicit Interruptible(const Tick& tick);
    Interruptible(const Interruptible&) = delete;
    Interruptible& operator=(const Interruptible&) = delete;
    ~Interruptible();

   private:
    const Tick& tick_;
    struct sigaction interrupt_{};
    struct sigaction terminate_{};
  };

 private:
  sigset_t ends_{};
  sigset_t before_{};
};

}  // namespace edgekeep::cli::device
