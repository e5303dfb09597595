#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "settings.h"

namespace edgekeep::spawner {
namespace {

using gate::Descriptor;

// In the file itself: what else a host may look users up with is code of others, which root need not run.
Result<isolation::UserIds> FindUser(const std::string& name) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen("/etc/passwd", "re"), std::fclose);
  for (const passwd* user = nullptr; file && (user = fgetpwent(file.get())) != nullptr;) {
    if (name == user->pw_name) return isolation::UserIds{.uid = user->pw_uid, .gid = user->pw_gid};
  }
  return Error(ErrorCode::kNotFound, "a system user edgekeep-* (systemd-sysusers makes them)");
}

// Opens `path` below `root`, making what is missing of it. Never follows a link: the last step is changed as root.
Result<Descriptor> OpenBelow(const std::string& root, std::string_view path) {
  Descriptor at(open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  while (at.valid() && !path.empty()) {
    const std::string step(path.substr(0, path.find('/')));
    path.remove_prefix(step.size() == path.size() ? step.size() : step.size() + 1);
    if (mkdirat(at.get(), step.c_str(), 0755) != 0 && errno != EEXIST) return Error(ErrorCode::kIo, "--root");
    at = Descriptor(openat(at.get(), step.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  }
  if (!at.valid()) return Error(ErrorCode::kIo, "--root");
  return at;
}

// Changes nothing where nothing is to be changed: what is read-only and right is right.
Status Make(const std::string& root, std::string_view path, isolation::UserIds owner, mode_t mode) {
  EK_TRY_ASSIGN(const Descriptor directory, OpenBelow(root, path));
  struct stat found{};
  if (fstat(directory.get(), &found) != 0) return Error(ErrorCode::kIo, "--root: a directory");
  const bool owned = found.st_uid == owner.uid && found.st_gid == owner.gid;
  const bool moded = (found.st_mode & 07777) == mode;
  if ((!owned && fchown(directory.get(), owner.uid, owner.gid) != 0) ||
      (!moded && fchmod(directory.get(), mode) != 0)) {
    return Error(ErrorCode::kIo, "--root: owner of a directory");
  }
  return {};
}

Result<Life> NewLife() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return Error(ErrorCode::kIo, "pipe");
  return Life{.children = Descriptor(ends[0]), .spawner = Descriptor(ends[1])};
}

isolation::ControlGroups TakeOverGroups() {
  auto groups = isolation::ControlGroups::TakeOver("/");
  if (!groups || !groups->complete()) {
    std::fprintf(stderr, "edgekeep-spawner: setrlimit alone bounds memory and tasks: %s\n",
                 groups ? "control groups without memory or pids" : groups.error().where());
  }
  return groups ? *std::move(groups) : isolation::ControlGroups();
}

Result<std::string> RealPath(const std::string& path) {
  const std::unique_ptr<char, void (*)(void*)> real(realpath(path.c_str(), nullptr), std::free);
  if (!real) return Error(ErrorCode::kNotFound, "--root: no such directory");
  return std::string(real.get());
}

}  // namespace

Result<Users> FindUsers() {
  Users users;
  EK_TRY_ASSIGN(users.keep, FindUser("edgekeep-keep"));
  for (std::size_t i = 0; i < kCellUsers; ++i) {
    EK_TRY_ASSIGN(users.cells[i], FindUser("edgekeep-cell-" + std::to_string(i)));
  }
  return users;
}

Result<Settings> Prepare(Arguments arguments) {
  Settings settings;
  settings.arguments = std::move(arguments);
  EK_TRY_ASSIGN(settings.arguments.root, RealPath(settings.arguments.root));
  EK_TRY_ASSIGN(settings.users, FindUsers());
  const std::string& root = settings.arguments.root;
  EK_TRY(Make(root, "var/lib/edgekeep/keep", settings.users.keep, 0700));
  EK_TRY(Make(root, "var/lib/edgekeep/anchor", settings.users.keep, 0700));
  EK_TRY(Make(root, "var/lib/edgekeep/cell-root", {.uid = 0, .gid = 0}, 0700));
  EK_TRY(Make(root, "run/edgekeep", settings.users.keep, 0755));
  settings.mount_point = root + "/var/lib/edgekeep/cell-root";
  settings.groups = TakeOverGroups();
  EK_TRY_ASSIGN(settings.life, NewLife());
  settings.null = Descriptor(open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!settings.null.valid()) return Error(ErrorCode::kIo, "/dev/null");
  return settings;
}

}  // namespace edgekeep::spawner
