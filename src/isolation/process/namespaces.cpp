#include "edgekeep/isolation/process/namespaces.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "edgekeep/isolation/process/capabilities.h"
#include "kernel_text.h"

namespace edgekeep::isolation {
namespace {

constexpr unsigned long kKeepNamespaces = CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;
constexpr unsigned long kCellNamespaces = kKeepNamespaces | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWCGROUP;

Result<pid_t> ForkInto(unsigned long namespaces) {
  // The plain system call: fork() cannot name namespaces, and clone() wants a stack.
  const long pid = syscall(SYS_clone, namespaces | SIGCHLD, nullptr, nullptr, nullptr, nullptr);
  if (pid < 0) return Error(ErrorCode::kIo, "namespaces");
  return static_cast<pid_t>(pid);
}

Status WriteFile(const char* path, std::string_view text) {
  const int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return Error(ErrorCode::kIo, "user namespace");
  const bool written = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  close(file);
  if (!written) return Error(ErrorCode::kIo, "user namespace");
  return {};
}

// "ID ID 1": the id keeps its number, and there is no other one.
Status MapOnly(const char* path, std::uint32_t id) {
  std::array<char, 64> line{};
  const Decimal number(id);
  Text text(line);
  text.Add(number.view()).Add(" ").Add(number.view()).Add(" 1");
  return WriteFile(path, text.view());
}

Status MapSelf(std::uint32_t uid, std::uint32_t gid) {
  EK_TRY(WriteFile("/proc/self/setgroups", "deny"));
  EK_TRY(MapOnly("/proc/self/uid_map", uid));
  return MapOnly("/proc/self/gid_map", gid);
}

}  // namespace

Result<pid_t> ForkCell() {
  return ForkInto(kCellNamespaces);
}

Result<pid_t> ForkKeep() {
  return ForkInto(kKeepNamespaces);
}

Status EnterOwnUserNamespace() {
  const std::uint32_t uid = geteuid();
  const std::uint32_t gid = getegid();
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  EK_TRY(SetCapabilities(kNoCapabilities, kNoCapabilities));
  // A process that cannot be dumped does not own its files in /proc.
  if (prctl(PR_SET_DUMPABLE, 1) != 0) return Error(ErrorCode::kIo, "user namespace");
  if (unshare(CLONE_NEWUSER) != 0) return Error(ErrorCode::kIo, "user namespace");
  EK_TRY(MapSelf(uid, gid));
  if (prctl(PR_SET_DUMPABLE, 0) != 0) return Error(ErrorCode::kIo, "user namespace");
  // The new namespace begins with every capability over itself.
  EK_TRY(LimitBoundingSet(kNoCapabilities));
  EK_TRY(LockSecurebits());
  EK_TRY(SetCapabilities(kNoCapabilities, kNoCapabilities));
  return CheckNoPrivileges();
}

}  // namespace edgekeep::isolation
