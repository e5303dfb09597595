// A child process that holds canaries (tests/canary_holder.cpp).
#pragma once
#include <sys/types.h>

#include <string>
#include <vector>

namespace edgekeep::probe {

class HeldProcess {
 public:
  // `name` is what the program is called in its own arguments and in its file's name.
  explicit HeldProcess(std::vector<std::string> arguments, const std::string& name = "canary_holder");
  HeldProcess(const HeldProcess&) = delete;
  HeldProcess(HeldProcess&&) = delete;
  HeldProcess& operator=(const HeldProcess&) = delete;
  HeldProcess& operator=(HeldProcess&&) = delete;
  ~HeldProcess();

  // "ready", or "unavailable" where the kernel lacks this kind of memory.
  const std::string& greeting() const { return greeting_; }

  // Returns once the canaries are wiped.
  void Wipe();

  pid_t pid() const { return pid_; }

 private:
  std::string ReadLine();

  pid_t pid_ = -1;
  int input_ = -1;
  int output_ = -1;
  std::string greeting_;
  std::string copy_;  // of the program, where it has another name
};

}  // namespace edgekeep::probe
