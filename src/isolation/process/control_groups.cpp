#include "edgekeep/isolation/process/control_groups.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "edgekeep/isolation/process/limits.h"
#include "kernel_text.h"

namespace edgekeep::isolation {
namespace {

using gate::Descriptor;

constexpr std::size_t kMaxPath = 1024;

Error Unsupported(const char* where) {
  return Error(ErrorCode::kUnsupported, where);
}

// A text of the kernel's without its last line end; empty when it cannot be read or is too long.
std::string_view ReadText(int directory, const char* path, std::span<char> buffer) {
  const Descriptor file(openat(directory, path, O_RDONLY | O_CLOEXEC));
  const ssize_t size = file.valid() ? read(file.get(), buffer.data(), buffer.size()) : -1;
  if (size <= 0 || static_cast<std::size_t>(size) == buffer.size()) return {};
  return {buffer.data(), static_cast<std::size_t>(size) - 1};
}

bool WriteText(int directory, const char* path, std::string_view text) {
  const Descriptor file(openat(directory, path, O_WRONLY | O_CLOEXEC));
  return file.valid() && write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

// This process's group of version 2 is told as "0::/path", in one line of several.
std::string_view OwnPath(std::string_view told) {
  constexpr std::string_view kVersionTwo = "0::";
  while (!told.empty()) {
    const std::string_view line(told.data(), std::min(told.find('\n'), told.size()));
    told.remove_prefix(std::min(line.size() + 1, told.size()));
    if (line.starts_with(kVersionTwo)) return {line.data() + kVersionTwo.size(), line.size() - kVersionTwo.size()};
  }
  return {};
}

// Version 2 alone, or beside version 1.
Descriptor OpenOwn(int root, std::string_view path) {
  for (const char* mount : {"sys/fs/cgroup", "sys/fs/cgroup/unified"}) {
    std::array<char, kMaxPath> buffer{};
    Descriptor group(openat(root, Text(buffer).Add(mount).Add(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (group.valid() && faccessat(group.get(), "cgroup.controllers", R_OK, 0) == 0) return group;
  }
  return {};
}

Status Make(int directory, const char* name) {
  if (mkdirat(directory, name, 0755) != 0 && errno != EEXIST) return Unsupported("control groups: making one");
  return {};
}

}  // namespace

GroupBounds BoundsForCell(Purpose purpose, std::uint64_t memory_bytes) noexcept {
  return {.memory_bytes = MemoryBytesFor(purpose, memory_bytes), .tasks = kCellTasks};
}

GroupBounds BoundsForKeep() noexcept {
  // It answers while cells compute.
  return {.memory_bytes = kKeepBytes, .tasks = kKeepTasks, .cpu_weight = 200};
}

Result<ControlGroups> ControlGroups::TakeOver(const char* root) {
  const Descriptor top(open(root, O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!top.valid()) return Unsupported("control groups: no such root");
  std::array<char, kMaxPath / 2> told{};
  const std::string_view path = OwnPath(ReadText(top.get(), "proc/self/cgroup", told));
  if (path.empty()) return Unsupported("control groups: no cgroup v2");
  ControlGroups groups;
  groups.own_ = OpenOwn(top.get(), path);
  const int own = groups.own_.get();
  if (!groups.own_.valid()) return Unsupported("control groups: no cgroup v2 at /sys/fs/cgroup");
  std::array<char, 64> members{};
  if (ReadText(own, "cgroup.procs", members) != Decimal(static_cast<std::uint64_t>(getpid())).view()) {
    return Unsupported("control groups: others are in the spawner's group");
  }
  // A group whose members are processes hands nothing on to groups inside.
  EK_TRY(Make(own, "spawner"));
  if (!WriteText(own, "spawner/cgroup.procs", "0")) return Unsupported("control groups: moving on");
  groups.memory_ = WriteText(own, "cgroup.subtree_control", "+memory");
  groups.tasks_ = WriteText(own, "cgroup.subtree_control", "+pids");
  WriteText(own, "cgroup.subtree_control", "+cpu");
  return groups;
}

Result<Descriptor> ControlGroups::Bound(const char* name, const GroupBounds& bounds) const {
  if (!own_.valid()) return Descriptor();
  EK_TRY(Make(own_.get(), name));
  const Descriptor group(openat(own_.get(), name, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!group.valid()) return Error(ErrorCode::kIo, "control groups: opening one");
  const auto set = [&](const char* file, std::uint64_t value) {
    return WriteText(group.get(), file, Decimal(value).view());
  };
  if ((memory_ && !set("memory.max", bounds.memory_bytes)) || (tasks_ && !set("pids.max", bounds.tasks))) {
    return Error(ErrorCode::kIo, "control groups: bounds");
  }
  // Where the kernel has them: no swap, the end of all together where memory ends, and a share of the processor.
  set("memory.swap.max", 0);
  set("memory.oom.group", 1);
  set("cpu.weight", bounds.cpu_weight);
  Descriptor joining(openat(group.get(), "cgroup.procs", O_WRONLY | O_CLOEXEC));
  if (!joining.valid()) return Error(ErrorCode::kIo, "control groups: joining");
  return joining;
}

Status Join(const Descriptor& group) {
  if (group.valid() && write(group.get(), "0", 1) != 1) return Error(ErrorCode::kIo, "control groups: joining");
  return {};
}

}  // namespace edgekeep::isolation
