// Tells a person at a terminal that something is still being waited for.
#pragma once
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace edgekeep::cli::device {

// Shows `text` and the seconds that went by, on standard error, while it lives; nothing where that is no terminal.
class Waiting {
 public:
  explicit Waiting(std::string text);
  Waiting(const Waiting&) = delete;
  Waiting(Waiting&&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  Waiting& operator=(Waiting&&) = delete;
  ~Waiting();

 private:
  void Show();

  std::string text_;
  std::mutex mutex_;  // guards done_
  std::condition_variable changed_;
  bool done_ = false;
  std::thread thread_;
};

}  // namespace edgekeep::cli::device
