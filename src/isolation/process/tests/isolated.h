// Runs one function in a child process, so that what it gives up stays given up there.
#pragma once
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace edgekeep::isolation {

// The child's exit status, or minus the signal that ended it.
template <typename F>
int InChild(F function) {
  const pid_t pid = fork();
  if (pid == 0) _exit(function());
  int status = 0;
  EXPECT_EQ(waitpid(pid, &status, 0), pid);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

inline bool IsRoot() {
  return geteuid() == 0;
}

}  // namespace edgekeep::isolation
