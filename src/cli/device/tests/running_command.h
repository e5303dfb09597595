// `edgekeep` running beside the test.
#pragma once
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <utility>
#include <vector>

namespace edgekeep::cli::device {

class RunningCommand {
 public:
  enum class Errors { kApart, kAmongTheRest };

  explicit RunningCommand(std::vector<std::string> arguments, Errors errors = Errors::kApart,
                          const char* program = EK_EDGEKEEP) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return;
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      if (errors == Errors::kAmongTheRest) ::dup2(ends[1], STDERR_FILENO);
      std::vector<char*> words{const_cast<char*>(program)};
      for (std::string& argument : arguments) words.push_back(argument.data());
      words.push_back(nullptr);
      ::execv(program, words.data());
      ::_exit(127);
    }
    ::close(ends[1]);
    out_ = ends[0];
  }

  RunningCommand(const RunningCommand&) = delete;
  RunningCommand& operator=(const RunningCommand&) = delete;

  ~RunningCommand() {
    if (pid_ > 0) End(SIGKILL);
    ::close(out_);
  }

  // Reads what it says until that contains `text` so many times. False where it ended, or a minute passed without a
  // word.
  bool Says(const std::string& text, int times, int patience_ms = 60'000) {
    while (Count(text) < times) {
      pollfd watched{out_, POLLIN, 0};
      char buffer[4096];
      if (::poll(&watched, 1, patience_ms) <= 0) return false;
      const ssize_t size = ::read(out_, buffer, sizeof buffer);
      if (size <= 0) return false;
      said.append(buffer, static_cast<std::size_t>(size));
    }
    return true;
  }

  // Its exit status; -1 where it died of a signal.
  int End(int signal) {
    ::kill(pid_, signal);
    int status = 0;
    ::waitpid(std::exchange(pid_, -1), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  std::string said;

 private:
  int Count(const std::string& text) const {
    int count = 0;
    for (std::size_t at = said.find(text); at != std::string::npos; at = said.find(text, at + 1)) ++count;
    return count;
  }

  pid_t pid_ = -1;
  int out_ = -1;
};

}  // namespace edgekeep::cli::device
