// A real spawner on a root directory of its own, with the tests in the keep's place.
#pragma once
#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

#include "edgekeep/gate/posix/channel.h"
#include "edgekeep/isolation/process/spawner_messages.h"

namespace edgekeep::attack {

// How a process ended or what it said: exactly one is meaningful.
struct Outcome {
  bool answered = false;
  int error = 0;        // what it answered: 0 or an errno
  int wait_status = 0;  // how it ended, when it did not answer
};

struct HostileCell {
  isolation::CellNumber number = 0;
  gate::Channel control;
  std::string hello;
};

struct Launch {
  std::string libexec = EK_LIBEXEC;
  std::string engine;
  std::vector<std::string> environment;
  std::string control_group;  // a directory of cgroup v2 to start in
};

class LentSpawner {
 public:
  explicit LentSpawner(const Launch& launch = {});
  ~LentSpawner();

  LentSpawner(const LentSpawner&) = delete;
  LentSpawner& operator=(const LentSpawner&) = delete;

  const std::string& root() const { return root_; }

  pid_t pid() const { return pid_; }

  pid_t keep_pid() const { return keep_pid_; }

  gate::Channel& channel() { return spawner_; }

  // To the program in the keep's place: it tries what it is ordered to.
  gate::Channel& keep() { return lender_; }

  // Takes the place of a keep that has just started; waits for one that is not the last.
  void Borrow();

  // Gives the socket away, to a SpawnerCellHost.
  gate::Descriptor TakeSocket() { return spawner_.TakeSocket(); }

  // Asks for a cell and takes its hello.
  HostileCell Start(isolation::Purpose purpose, std::uint64_t memory_bytes);
  Result<isolation::CellStarted> Ask(isolation::Purpose purpose, std::uint64_t memory_bytes, gate::Descriptor* control);
  void Kill(isolation::CellNumber cell);
  int WaitStatusOf(isolation::CellNumber cell);
  // Processes the spawner has now, the keep included.
  std::vector<pid_t> Children() const;
  // Sends a signal to the spawner and waits for its end; its wait status.
  int End(int signal);

 private:
  std::string root_;
  pid_t pid_ = -1;
  pid_t keep_pid_ = -1;
  gate::Channel lender_;
  gate::Channel spawner_;
  std::map<isolation::CellNumber, int> ended_;
};

// True when these tests can run here at all: as root, on a machine with the system users.
bool CanRunSpawner();
// Waits until `pid` is gone or a zombie; false after ten seconds.
bool WaitUntilGone(pid_t pid);
// Empty when it is gone.
std::string StatusField(pid_t pid, const std::string& name);

}  // namespace edgekeep::attack
