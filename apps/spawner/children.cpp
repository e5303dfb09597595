#include "children.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "edgekeep/isolation/process/descriptors.h"
#include "edgekeep/isolation/process/limits.h"
#include "edgekeep/isolation/process/namespaces.h"
#include "edgekeep/isolation/process/private_root.h"

namespace edgekeep::spawner {
namespace {

using gate::Channel;
using gate::Descriptor;
using isolation::Purpose;

// The engine's maker builds in telemetry; this turns it off before its first line runs.
char no_telemetry[] = "ORT_DISABLE_TELEMETRY=1";
// A function looked up at its first call has the dynamic linker save every register on the stack, and what a vector
// register holds after a copy may be plaintext or a key. Libraries of others are not all linked to look up at start.
char no_lazy_binding[] = "LD_BIND_NOW=1";
char* const kEnvironment[] = {no_telemetry, no_lazy_binding, nullptr};

// In a cell's place before exec: where it reports what is in the way.
constexpr int kReport = 5;

// In the child: reports what is in the way of the new program, and ends.
[[noreturn]] void GiveUp(const char* who, const Error& error, int report = STDERR_FILENO) {
  dprintf(report, "edgekeep-spawner: %s could not be started: %s\n", who, error.where());
  _exit(isolation::kExitNotConfined);
}

// In the child: undoes what the spawner set up for itself.
void ResetInherited(const Settings& settings) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  umask(022);
  // Away from the operator's terminal, and from the signals it sends.
  setsid();
  // Otherwise this process would keep its own parent's end of the pipe alive.
  close(settings.life.spawner.get());
}

Status ConfineKeep(const Settings& settings, int control, int ready, int program) {
  EK_TRY(isolation::LimitKeep());
  EK_TRY(isolation::BecomeUser(settings.users.keep, isolation::kNoCapabilities));
  EK_TRY(isolation::DieWithParent(settings.life.children.get()));
  umask(077);
  const int kept[] = {settings.null.get(), STDOUT_FILENO, STDERR_FILENO, control, ready, program};
  return isolation::KeepOnly(kept);
}

Error ExecKeep(const Settings& settings) {
  constexpr int kProgram = 5;
  fcntl(kProgram, F_SETFD, FD_CLOEXEC);
  std::string words[] = {"edgekeep-keep", "--root", settings.arguments.root, "--spawner-fd", "3",
                         "--ready-fd",    "4",      "--no-spare-cell"};
  char* arguments[std::size(words) + 1] = {};
  // A spare cell without an engine would end as soon as it was started.
  const bool spare = settings.arguments.spare_cell && settings.engine.copy.valid();
  const std::size_t count = spare ? std::size(words) - 1 : std::size(words);
  for (std::size_t i = 0; i < count; ++i) arguments[i] = words[i].data();
  // By descriptor: the directories above may be closed to the keep's user.
  syscall(SYS_execveat, kProgram, "", arguments, kEnvironment, AT_EMPTY_PATH);
  return Error(ErrorCode::kIo, "edgekeep-keep cannot be executed");
}

// The descriptors below are the program's own; the last one reports what is in the way of it, and is closed by exec.
struct CellDescriptors {
  int control = -1;
  int engine = -1;  // -1: none
};

Status ConfineCell(const Settings& settings, isolation::UserIds user, const isolation::StartCell& order,
                   const CellDescriptors& given) {
  const std::string binary = settings.arguments.libexec + "/edgekeep-cell";
  const bool installs = order.purpose == Purpose::kInstall;
  EK_TRY(isolation::EnterPrivateRoot({.mount_point = settings.mount_point.c_str(),
                                      .cell_binary = binary.c_str(),
                                      .user = user,
                                      .scratch_bytes = installs ? isolation::ScratchBytesFor(order.memory_bytes) : 0}));
  EK_TRY(isolation::LimitCell(order.purpose, order.memory_bytes));
  // The one capability left is for locking memory that the limits would not allow; the cell drops it right after.
  EK_TRY(isolation::BecomeUser(user, isolation::Capabilities{1} << CAP_IPC_LOCK));
  EK_TRY(isolation::DieWithParent(settings.life.children.get()));
  umask(077);
  const int null = settings.null.get();
  // In the engine's place, where there is none, lies what exec closes.
  const int kept[] = {null, null, null, given.control, given.engine < 0 ? null : given.engine, STDERR_FILENO};
  EK_TRY(isolation::KeepOnly(kept));
  if (given.engine < 0) fcntl(isolation::kEngineDescriptor, F_SETFD, FD_CLOEXEC);
  fcntl(kReport, F_SETFD, FD_CLOEXEC);
  return {};
}

const char* NameOf(Purpose purpose) {
  switch (purpose) {
    case Purpose::kServe:
      return "serve";
    case Purpose::kInstall:
      return "install";
    case Purpose::kMeasure:
      return "measure";
    case Purpose::kExport:
      break;
  }
  return "export";
}

[[noreturn]] void ExecCell(const isolation::StartCell& order, const Engine& engine) {
  std::string words[] = {"edgekeep-cell",
                         "--purpose",
                         NameOf(order.purpose),
                         "--pool-bytes",
                         std::to_string(order.memory_bytes),
                         "--engine",
                         isolation::kEnginePath,
                         "--engine-sha256",
                         engine.sha256};
  char* arguments[std::size(words) + 1] = {};
  const std::size_t count = engine.sha256.empty() ? std::size(words) - 2 : std::size(words);
  for (std::size_t i = 0; i < count; ++i) arguments[i] = words[i].data();
  execve(isolation::kCellPath, arguments, kEnvironment);
  GiveUp("a cell", Error(ErrorCode::kIo, "edgekeep-cell cannot be executed"), kReport);
}

}  // namespace

Result<Keep> StartKeep(const Settings& settings) {
  const std::string path = settings.arguments.libexec + "/edgekeep-keep";
  const Descriptor program(open(path.c_str(), O_PATH | O_CLOEXEC));
  if (!program.valid()) return Error(ErrorCode::kNotFound, "edgekeep-keep (see --libexec)");
  EK_TRY_ASSIGN(auto ends, Channel::Pair());
  // A keep passes the spawner none, and a cell passes the keep none.
  gate::RefuseDescriptors(ends.first.fd());
  int ready[2];
  if (pipe2(ready, O_CLOEXEC | O_NONBLOCK) != 0) return Error(ErrorCode::kIo, "pipe");
  Keep keep{.pid = 0, .channel = std::move(ends.first), .ready = Descriptor(ready[0])};
  const Descriptor ready_end(ready[1]);
  EK_TRY_ASSIGN(const Descriptor group, settings.groups.Bound("keep", isolation::BoundsForKeep()));
  EK_TRY_ASSIGN(keep.pid, isolation::ForkKeep());
  if (keep.pid != 0) return keep;
  ResetInherited(settings);
  Status confined = isolation::Join(group);
  if (confined) confined = ConfineKeep(settings, ends.second.fd(), ready_end.get(), program.get());
  GiveUp("the keep", confined ? ExecKeep(settings) : confined.error());
}

Result<StartedCell> StartCell(const Settings& settings, const Engine& engine, std::size_t place,
                              const isolation::StartCell& order) {
  EK_TRY_ASSIGN(auto ends, Channel::Pair());
  gate::RefuseDescriptors(ends.first.fd());
  const std::string name = "cell-" + std::to_string(place);
  const isolation::GroupBounds bounds = isolation::BoundsForCell(order.purpose, order.memory_bytes);
  EK_TRY_ASSIGN(const Descriptor group, settings.groups.Bound(name.c_str(), bounds));
  StartedCell cell{.pid = 0, .control = ends.first.TakeSocket()};
  EK_TRY_ASSIGN(cell.pid, isolation::ForkCell());
  if (cell.pid != 0) return cell;
  ResetInherited(settings);
  // Who hands bytes out needs no engine.
  const int library = order.purpose == Purpose::kExport ? -1 : engine.copy.get();
  Status confined = isolation::Join(group);
  if (confined) {
    confined = ConfineCell(settings, settings.users.cells[place], order, {ends.second.fd(), library});
  }
  if (!confined) GiveUp("a cell", confined.error());
  ExecCell(order, engine);
}

}  // namespace edgekeep::spawner
