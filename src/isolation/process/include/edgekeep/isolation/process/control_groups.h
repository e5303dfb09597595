// Control groups (cgroup v2): bounds that count what setrlimit() does not, such as memory behind files and pages of the
// kernel's, and that no fork escapes.
#pragma once
#include <cstdint>

#include "edgekeep/base/result.h"
#include "edgekeep/gate/posix/descriptor.h"
#include "edgekeep/isolation/process/purpose.h"

namespace edgekeep::isolation {

struct GroupBounds {
  std::uint64_t memory_bytes = 0;
  std::uint64_t tasks = 0;
  std::uint64_t cpu_weight = 100;  // the kernel's default
};

GroupBounds BoundsForCell(Purpose purpose, std::uint64_t memory_bytes) noexcept;
GroupBounds BoundsForKeep() noexcept;

class ControlGroups {
 public:
  // Groups nobody has made: nothing is bounded by them.
  ControlGroups() = default;

  // Takes over the group in which this process lies, if nobody else is in it: who starts the spawner gives it one of
  // its own (systemd: Delegate=memory pids cpu). The process moves on to a group inside, beside those made later.
  // Paths are below `root`, which is "/". Fails with kUnsupported and what is in the way.
  static Result<ControlGroups> TakeOver(const char* root);

  // True when memory and tasks are bounded.
  bool complete() const noexcept { return memory_ && tasks_; }

  // Makes the group `name` or finds it, and sets its bounds. Whoever writes "0" to the descriptor joins it, also from a
  // namespace in which the group has no name. Not valid, and no failure, where there are no groups.
  Result<gate::Descriptor> Bound(const char* name, const GroupBounds& bounds) const;

 private:
  gate::Descriptor own_;
  bool memory_ = false;
  bool tasks_ = false;
};

// Moves this process into the group that Bound() gave; does nothing without one.
Status Join(const gate::Descriptor& group);

}  // namespace edgekeep::isolation
