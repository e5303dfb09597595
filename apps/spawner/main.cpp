// edgekeep-spawner: the one root process of a device. It starts the keep and, for the keep, cells; it holds no key,
// speaks to nobody but the keep, and reads nothing but fixed fields. Everything it does as root is in this directory
// and in src/isolation/process.
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "edgekeep/isolation/process/limits.h"
#include "edgekeep/isolation/process/spawner_lock_down.h"
#include "engine_copy.h"
#include "readiness.h"
#include "supervisor.h"

namespace edgekeep::spawner {
namespace {

using gate::Descriptor;

Descriptor TakeOverSignals() {
  sigset_t watched;
  sigemptyset(&watched);
  for (const int signal : {SIGCHLD, SIGTERM, SIGINT}) sigaddset(&watched, signal);
  sigprocmask(SIG_BLOCK, &watched, nullptr);
  return Descriptor(signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK));
}

// Without an engine the keep still runs, and can be given a new one.
void TakeEngine(Settings& settings) {
  if (settings.arguments.engine.empty()) return;
  auto engine = CopyEngine(settings);
  if (engine) {
    settings.engine = *std::move(engine);
  } else {
    std::fprintf(stderr, "edgekeep-spawner: cells have no engine: %s: %s\n", engine.error().where(),
                 NameOf(engine.error().code()));
  }
}

int Main(int count, char** values) {
  Arguments arguments = ParseArguments(count, values);
  if (geteuid() != 0) {
    std::fputs("edgekeep-spawner: must be started by root: it makes users' processes and namespaces\n", stderr);
    return 1;
  }
  prctl(PR_SET_DUMPABLE, 0);
  auto settings = Prepare(std::move(arguments));
  if (!settings) {
    std::fprintf(stderr, "edgekeep-spawner: %s: %s\n", settings.error().where(), NameOf(settings.error().code()));
    return 1;
  }
  if (settings->arguments.ready_fd >= 0) fcntl(settings->arguments.ready_fd, F_SETFD, FD_CLOEXEC);
  isolation::AllowLockingAll();
  TakeEngine(*settings);
  settings->service_manager = ConnectServiceManager();
  if (const Status confined = isolation::LockDownSpawner(); !confined) {
    std::fprintf(stderr, "edgekeep-spawner: not confined: %s\n", confined.error().where());
    return 1;
  }
  return Supervisor(*settings, TakeOverSignals()).Run();
}

}  // namespace
}  // namespace edgekeep::spawner

int main(int count, char** values) {
  return edgekeep::spawner::Main(count, values);
}
