// A child process that runs one function; its exit status is the function's value.
#pragma once
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace edgekeep::gate {

class Child {
 public:
  template <typename F>
  explicit Child(F function) : pid_(fork()) {
    if (pid_ == 0) _exit(function());
    EXPECT_GT(pid_, 0);
  }

  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  ~Child() {
    if (pid_ > 0) Kill();
  }

  int Wait() {
    int status = 0;
    EXPECT_EQ(waitpid(pid_, &status, 0), pid_);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

  void Kill() {
    kill(pid_, SIGKILL);
    Wait();
  }

 private:
  pid_t pid_;
};

}  // namespace edgekeep::gate
