// Two bare wake-ups: what the kernel takes for a call to a process that sleeps, with nothing around it.
#pragma once
#include <sys/types.h>

#include <atomic>
#include <cstdint>

namespace edgekeep::bench {

// A process that sleeps on a futex and answers by another: the floor of every call to a cell that is asleep.
class BareEcho {
 public:
  BareEcho();
  BareEcho(const BareEcho&) = delete;
  BareEcho& operator=(const BareEcho&) = delete;
  ~BareEcho();

  // There and back.
  void Call();

 private:
  struct Shared {
    std::atomic<std::uint32_t> request = 0;
    std::atomic<std::uint32_t> answer = 0;
  };

  [[noreturn]] static void Answer(Shared& shared);

  Shared* shared_;
  pid_t process_;
};

}  // namespace edgekeep::bench
