// Two bare wake-ups: what the kernel takes for a call to somebody who sleeps, with nothing around it.
#pragma once
#include <atomic>
#include <cstdint>
#include <thread>

namespace edgekeep::bench {

// A thread that sleeps on a futex and answers by another.
class BareEcho {
 public:
  BareEcho();
  BareEcho(const BareEcho&) = delete;
  BareEcho& operator=(const BareEcho&) = delete;
  ~BareEcho();

  // There and back.
  void Call();

 private:
  void Answer();

  std::atomic<std::uint32_t> request_ = 0;
  std::atomic<std::uint32_t> answer_ = 0;
  std::atomic<bool> ended_ = false;
  std::thread thread_;
};

}  // namespace edgekeep::bench
