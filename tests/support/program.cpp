#include "program.h"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <utility>

#include "eventually.h"

namespace edgekeep::test {
namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void Execute(const std::vector<std::string>& arguments) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  ::execv(argv[0], argv.data());
  ::_exit(127);
}

void BecomeUser(const ProgramOptions& options) {
  if (!options.as_user) return;
  if (::setgroups(options.groups.size(), options.groups.data()) != 0) ::_exit(126);
  if (::setresgid(*options.as_user, *options.as_user, *options.as_user) != 0) ::_exit(126);
  if (::setresuid(*options.as_user, *options.as_user, *options.as_user) != 0) ::_exit(126);
}

struct Pipe {
  int read_end = -1;
  int write_end = -1;
};

Pipe MakePipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) std::abort();
  return {ends[0], ends[1]};
}

// Drains both pipes until both are closed or time is over; true when both are closed.
bool Drain(const Pipe& out, const Pipe& err, Clock::time_point end, Outcome& outcome) {
  std::array<pollfd, 2> polled = {pollfd{out.read_end, POLLIN, 0}, pollfd{err.read_end, POLLIN, 0}};
  std::array<std::string*, 2> texts = {&outcome.out, &outcome.err};
  while (polled[0].fd >= 0 || polled[1].fd >= 0) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
    if (left <= 0 || ::poll(polled.data(), polled.size(), static_cast<int>(left)) <= 0) return false;
    for (std::size_t i = 0; i < polled.size(); ++i) {
      if (polled[i].fd < 0 || polled[i].revents == 0) continue;
      std::array<char, 65536> buffer;
      const ssize_t got = ::read(polled[i].fd, buffer.data(), buffer.size());
      if (got > 0) texts[i]->append(buffer.data(), static_cast<std::size_t>(got));
      if (got <= 0) polled[i].fd = -1;
    }
  }
  return true;
}

// Of the first thread: SIGKILL is put before every one.
bool IsPending(pid_t pid, int signal) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with("SigPnd:") && !line.starts_with("ShdPnd:")) continue;
    if ((std::stoull(line.substr(7), nullptr, 16) >> (signal - 1) & 1) != 0) return true;
  }
  return false;
}

int ExitCodeOf(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

Outcome RunProgram(const std::vector<std::string>& arguments, const ProgramOptions& options) {
  const Pipe out = MakePipe();
  const Pipe err = MakePipe();
  const pid_t child = ::fork();
  if (child == 0) {
    ::setsid();  // no terminal to ask at, wherever the tests themselves run
    ::dup2(::open("/dev/null", O_RDONLY), 0);
    ::dup2(out.write_end, 1);
    ::dup2(err.write_end, 2);
    BecomeUser(options);
    Execute(arguments);
  }
  ::close(out.write_end);
  ::close(err.write_end);
  Outcome outcome;
  if (!Drain(out, err, Clock::now() + options.limit, outcome)) ::kill(child, SIGKILL);
  int status = 0;
  rusage usage{};
  ::wait4(child, &status, 0, &usage);
  outcome.exit_code = ExitCodeOf(status);
  outcome.peak_rss_kib = usage.ru_maxrss;
  ::close(out.read_end);
  ::close(err.read_end);
  return outcome;
}

std::optional<Background> Background::StartReady(std::vector<std::string> arguments, std::chrono::milliseconds limit) {
  const Pipe ready = MakePipe();
  arguments.insert(arguments.end(), {"--ready-fd", "9"});
  const pid_t child = ::fork();
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(ready.write_end, 9);
    ::fcntl(9, F_SETFD, 0);  // where it is 9 already, it would be closed
    Execute(arguments);
  }
  ::close(ready.write_end);
  Background background(child);
  pollfd polled{ready.read_end, POLLIN, 0};
  char byte = 0;
  const bool is_ready =
      ::poll(&polled, 1, static_cast<int>(limit.count())) == 1 && ::read(ready.read_end, &byte, 1) == 1;
  ::close(ready.read_end);
  if (!is_ready) return std::nullopt;
  return background;
}

Background Background::Start(const std::vector<std::string>& arguments, const std::filesystem::path& log) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int file = ::open(log.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600);
    ::dup2(file, 1);
    ::dup2(file, 2);
    Execute(arguments);
  }
  return Background(child);
}

Background::Background(Background&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}

Background& Background::operator=(Background&& other) noexcept {
  std::swap(pid_, other.pid_);
  return *this;
}

Background::~Background() {
  if (pid_ <= 0) return;
  Signal(SIGTERM);
  if (Wait(std::chrono::seconds(10))) return;
  Signal(SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void Background::Signal(int signal) const {
  if (pid_ > 0) ::kill(pid_, signal);
}

bool IsBeingKilled(pid_t pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  if (!std::getline(stat, line)) return false;
  // Behind the name, which may hold anything: state, five numbers, flags (proc(5)).
  std::istringstream words(line.substr(line.rfind(')') + 2));
  char state = 0;
  long ignored = 0;
  unsigned long flags = 0;
  words >> state;
  for (int i = 0; i < 5; ++i) words >> ignored;
  words >> flags;
  if (state == 'Z' || state == 'X') return false;
  constexpr unsigned long kExiting = 0x4;  // PF_EXITING: the signal is no longer pending
  return (flags & kExiting) != 0 || IsPending(pid, SIGKILL);
}

std::optional<int> Background::Wait(std::chrono::milliseconds limit) {
  int status = 0;
  const bool ended = Eventually([&] { return ::waitpid(pid_, &status, WNOHANG) == pid_; }, limit);
  if (!ended) return std::nullopt;
  pid_ = -1;
  return ExitCodeOf(status);
}

}  // namespace edgekeep::test
