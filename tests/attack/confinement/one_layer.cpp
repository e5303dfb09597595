#include "one_layer.h"

#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "edgekeep/isolation/process/cell_user.h"
#include "edgekeep/isolation/process/descriptors.h"
#include "edgekeep/isolation/process/landlock.h"
#include "edgekeep/isolation/process/limits.h"
#include "edgekeep/isolation/process/namespaces.h"
#include "edgekeep/isolation/process/private_root.h"
#include "edgekeep/isolation/process/seccomp.h"
#include "edgekeep/isolation/process/spawner_lock_down.h"

namespace edgekeep::attack {
namespace {

constexpr std::uint64_t kMemory = 16 << 20;

Result<isolation::UserIds> CellUser() {
  const passwd* const found = getpwnam("edgekeep-cell-0");
  if (found == nullptr) return Error(ErrorCode::kNotFound, "edgekeep-cell-0");
  return isolation::UserIds{.uid = found->pw_uid, .gid = found->pw_gid};
}

[[noreturn]] void EndAs(pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) kill(getpid(), WTERMSIG(status));
  _exit(WEXITSTATUS(status));
}

Status EnterNamespaces() {
  EK_TRY_ASSIGN(const pid_t child, isolation::ForkCell());
  if (child != 0) EndAs(child);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  return {};
}

Status EnterRoot() {
  EK_TRY_ASSIGN(const isolation::UserIds user, CellUser());
  std::array<char, 4096> program{};
  if (readlink("/proc/self/exe", program.data(), program.size() - 1) < 0) return Error(ErrorCode::kIo, "program");
  EK_TRY(EnterNamespaces());
  return isolation::EnterPrivateRoot(
      {.mount_point = "/mnt", .cell_binary = program.data(), .user = user, .scratch_bytes = 0});
}

}  // namespace

Status EnterLayer(std::string_view name) {
  if (name == "user") {
    EK_TRY_ASSIGN(const isolation::UserIds user, CellUser());
    return isolation::BecomeUser(user, isolation::kNoCapabilities);
  }
  if (name == "namespaces") return EnterNamespaces();
  if (name == "private_root") return EnterRoot();
  if (name == "landlock") return isolation::ForbidFilesExcept({});
  if (name == "seccomp") return isolation::AllowOnlyCellCalls(isolation::Purpose::kServe);
  if (name == "spawner") return isolation::LockDownSpawner();
  if (name == "limits") return isolation::LimitCell(isolation::Purpose::kServe, kMemory);
  if (name == "descriptors") {
    const int kept[] = {0, 1, 2, isolation::kControlDescriptor};
    return isolation::KeepOnly(kept);
  }
  return Error(ErrorCode::kNotFound, "layer");
}

}  // namespace edgekeep::attack
