#include "lent_spawner.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace edgekeep::attack {
namespace {

using gate::Channel;
using gate::Command;
using gate::Descriptor;

constexpr int kTimeoutMs = 10'000;

std::string NewRoot() {
  char name[] = "/tmp/edgekeep-root-XXXXXX";
  EXPECT_NE(mkdtemp(name), nullptr);
  EXPECT_EQ(chmod(name, 0755), 0);
  return name;
}

// Descriptors a careless service manager left open: a directory and a file. No cell may see them.
void LeakDescriptors() {
  if (open("/", O_RDONLY | O_DIRECTORY) < 0 || open("/etc/passwd", O_RDONLY) < 0) _exit(126);
}

void EnterGroup(const std::string& group) {
  const int members = open((group + "/cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC);
  if (members < 0 || write(members, "0", 1) != 1) _exit(125);
}

// What execve() takes.
std::vector<char*> PointersTo(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

[[noreturn]] void Exec(const std::string& root, int ready, const Launch& launch) {
  LeakDescriptors();
  if (!launch.control_group.empty()) EnterGroup(launch.control_group);
  std::vector<std::string> words = {EK_SPAWNER,           "--root", root, "--libexec", launch.libexec, "--ready-fd",
                                    std::to_string(ready)};
  if (!launch.engine.empty()) words.insert(words.end(), {"--engine", launch.engine});
  std::vector<std::string> variables = launch.environment;
  execve(EK_SPAWNER, PointersTo(words).data(), PointersTo(variables).data());
  _exit(127);
}

bool ReadLineWithin(int fd, std::string_view expected) {
  std::string line;
  pollfd watched{.fd = fd, .events = POLLIN, .revents = 0};
  char byte = 0;
  while (poll(&watched, 1, kTimeoutMs) > 0 && read(fd, &byte, 1) == 1 && byte != '\n') line.push_back(byte);
  return line == expected;
}

}  // namespace

LentSpawner::LentSpawner(const Launch& launch) : root_(NewRoot()) {
  int ready[2];
  EXPECT_EQ(pipe(ready), 0);
  pid_ = fork();
  if (pid_ == 0) Exec(root_, ready[1], launch);
  close(ready[1]);
  EXPECT_TRUE(ReadLineWithin(ready[0], "ready"));
  close(ready[0]);
  Borrow();
}

LentSpawner::~LentSpawner() {
  if (pid_ > 0) End(SIGTERM);
  std::filesystem::remove_all(root_);
}

void LentSpawner::Borrow() {
  std::array<std::uint8_t, gate::kFrameHeaderSize> buffer{};
  spawner_ = Channel();
  for (int attempt = 0; attempt < 500; ++attempt) {
    auto lender = Channel::Connect(root_ + "/run/edgekeep/lend.sock");
    if (lender) {
      auto message = lender->Receive(buffer, kTimeoutMs);
      const auto peer = gate::PeerOf(lender->fd());
      if (message && peer && static_cast<pid_t>(peer->pid) != keep_pid_) {
        keep_pid_ = static_cast<pid_t>(peer->pid);
        spawner_ = Channel(std::move(message->descriptors[0]));
        lender_ = std::move(*lender);
        return;
      }
    }
    // Nothing to wait on: the new keep's socket file appears when it appears.
    poll(nullptr, 0, 20);
  }
  FAIL() << "no keep came up";
}

Result<isolation::CellStarted> LentSpawner::Ask(isolation::Purpose purpose, std::uint64_t memory_bytes,
                                                Descriptor* control) {
  EK_TRY(spawner_.Send(Command::kStartCell, 1, Encode(isolation::StartCell{purpose, memory_bytes})));
  std::array<std::uint8_t, isolation::kSpawnerFrameSize> buffer{};
  for (;;) {
    EK_TRY_ASSIGN(auto message, spawner_.Receive(buffer, kTimeoutMs));
    if (message.frame.header.command == Command::kCellEnded) {
      EK_TRY_ASSIGN(const auto ended, isolation::DecodeCellEnded(message.frame.body));
      ended_[ended.cell] = static_cast<int>(ended.wait_status);
      continue;
    }
    if (message.num_descriptors == 1) *control = std::move(message.descriptors[0]);
    return isolation::DecodeCellStarted(message.frame.body);
  }
}

HostileCell LentSpawner::Start(isolation::Purpose purpose, std::uint64_t memory_bytes) {
  HostileCell cell;
  Descriptor control;
  const auto started = Ask(purpose, memory_bytes, &control);
  EXPECT_TRUE(started && started->error == 0);
  if (!started || started->error != 0) return cell;
  cell.number = started->cell;
  cell.control = Channel(std::move(control));
  std::vector<std::uint8_t> buffer(gate::kMaxFrameSize);
  const auto hello = cell.control.Receive(buffer, kTimeoutMs);
  EXPECT_TRUE(hello) << "the cell was not confined: wait status " << WaitStatusOf(cell.number);
  if (hello) cell.hello = AsText(hello->frame.body);
  return cell;
}

void LentSpawner::Kill(isolation::CellNumber cell) {
  EXPECT_TRUE(spawner_.Send(Command::kKillCell, 2, Encode(isolation::KillCell{.cell = cell})));
}

int LentSpawner::WaitStatusOf(isolation::CellNumber cell) {
  std::array<std::uint8_t, isolation::kSpawnerFrameSize> buffer{};
  while (!ended_.contains(cell)) {
    const auto message = spawner_.Receive(buffer, kTimeoutMs);
    const auto ended = message ? isolation::DecodeCellEnded(message->frame.body) : Error(ErrorCode::kTimedOut);
    EXPECT_TRUE(ended);
    if (!ended) return -1;
    ended_[ended->cell] = static_cast<int>(ended->wait_status);
  }
  return ended_[cell];
}

std::vector<pid_t> LentSpawner::Children() const {
  std::ifstream list("/proc/" + std::to_string(pid_) + "/task/" + std::to_string(pid_) + "/children");
  std::vector<pid_t> children;
  for (pid_t child = 0; list >> child;) children.push_back(child);
  return children;
}

int LentSpawner::End(int signal) {
  kill(pid_, signal);
  int status = 0;
  EXPECT_EQ(waitpid(pid_, &status, 0), pid_);
  pid_ = -1;
  return status;
}

bool CanRunSpawner() {
  return geteuid() == 0 && getpwnam("edgekeep-keep") != nullptr && getpwnam("edgekeep-cell-7") != nullptr;
}

bool WaitUntilGone(pid_t pid) {
  for (int attempt = 0; attempt < 1000; ++attempt) {
    const std::string state = StatusField(pid, "State");
    if (state.empty() || state[0] == 'Z' || state[0] == 'X') return true;
    poll(nullptr, 0, 10);
  }
  return false;
}

std::string StatusField(pid_t pid, const std::string& name) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(name + ":")) {
      const std::size_t value = line.find_first_not_of(" \t", name.size() + 1);
      return value == std::string::npos ? "" : line.substr(value);
    }
  }
  return "";
}

}  // namespace edgekeep::attack
