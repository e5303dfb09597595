#include "edgekeep/isolation/process/private_root.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "edgekeep/isolation/process/purpose.h"
#include "kernel_text.h"
#include "libraries.h"

namespace edgekeep::isolation {
namespace {

constexpr unsigned long kReadOnly = MS_RDONLY | MS_NOSUID | MS_NODEV;

Status Mount(const char* source, const char* target, const char* type, unsigned long flags, const char* options) {
  if (mount(source, target, type, flags, options) != 0) return Error(ErrorCode::kIo, "private root: mount");
  return {};
}

Status MakeDirectory(const char* path, mode_t mode) {
  if (mkdir(path, mode) != 0 && errno != EEXIST) return Error(ErrorCode::kIo, "private root: directory");
  return {};
}

// Makes every directory above `path`, which is relative to the new root.
Status MakeParents(std::string_view path) {
  std::array<char, 256> buffer{};
  for (std::size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/', slash + 1)) {
    if (slash >= buffer.size()) return Error(ErrorCode::kTooLarge, "private root: path");
    EK_TRY(MakeDirectory(Text(buffer).Add(path.substr(0, slash)).c_str(), 0755));
  }
  return {};
}

Status MakePlaceFor(const struct stat& source, const char* target) {
  EK_TRY(MakeParents(target));
  if (S_ISDIR(source.st_mode)) return MakeDirectory(target, 0755);
  const int file = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
  if (file < 0) return Error(ErrorCode::kIo, "private root: file");
  close(file);
  return {};
}

// `path` is a place in the new root: as the cell will name it, absolute.
Status BindReadOnly(const char* source, const char* path) {
  const char* target = path + 1;
  struct stat found{};
  if (stat(source, &found) != 0) return Error(ErrorCode::kNotFound, "private root: source");
  EK_TRY(MakePlaceFor(found, target));
  EK_TRY(Mount(source, target, nullptr, MS_BIND, nullptr));
  // The kernel ignores these flags while it binds.
  return Mount(nullptr, target, nullptr, MS_REMOUNT | MS_BIND | kReadOnly, nullptr);
}

Status BindLibraries() {
  for (const char* path : kLibraries) {
    if (access(path, F_OK) == 0) EK_TRY(BindReadOnly(path, path));
  }
  return {};
}

Status MountProc() {
  EK_TRY(MakeDirectory("proc", 0555));
  constexpr unsigned long kFlags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
  if (mount("proc", "proc", "proc", kFlags, "subset=pid") == 0) return {};
  // Before Linux 5.8 there is no such option.
  return Mount("proc", "proc", "proc", kFlags, nullptr);
}

// What lies there is plaintext, which must not reach the swap.
Status MountScratch(const PrivateRoot& root) {
  if (root.scratch_bytes == 0) return {};
  std::array<char, 192> buffer{};
  Text options(buffer);
  // In front, so that what an older kernel is told begins after it.
  constexpr std::string_view kNoSwap = "noswap,";
  options.Add(kNoSwap);
  options.Add("mode=0700,nr_inodes=64,size=").Add(Decimal(root.scratch_bytes).view());
  options.Add(",uid=").Add(Decimal(root.user.uid).view()).Add(",gid=").Add(Decimal(root.user.gid).view());
  const char* target = kScratchPath + 1;
  EK_TRY(MakeDirectory(target, 0700));
  constexpr unsigned long kFlags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
  if (mount("scratch", target, "tmpfs", kFlags, options.c_str()) == 0) return {};
  // Before Linux 6.3 there is no such option.
  return Mount("scratch", target, "tmpfs", kFlags, options.c_str() + kNoSwap.size());
}

// The new root takes the old one's place, and the old one goes.
Status Pivot() {
  if (syscall(SYS_pivot_root, ".", ".") != 0) return Error(ErrorCode::kIo, "private root: pivot_root");
  if (umount2(".", MNT_DETACH) != 0) return Error(ErrorCode::kIo, "private root: old root");
  if (chdir("/") != 0) return Error(ErrorCode::kIo, "private root");
  return {};
}

}  // namespace

Status EnterPrivateRoot(const PrivateRoot& root) {
  EK_TRY(Mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr));
  EK_TRY(Mount("cell", root.mount_point, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=64k,nr_inodes=64"));
  if (chdir(root.mount_point) != 0) return Error(ErrorCode::kIo, "private root");
  EK_TRY(BindLibraries());
  EK_TRY(BindReadOnly(root.cell_binary, kCellPath));
  EK_TRY(MountProc());
  EK_TRY(MountScratch(root));
  EK_TRY(Mount(nullptr, ".", nullptr, MS_REMOUNT | MS_BIND | kReadOnly | MS_NOEXEC, nullptr));
  return Pivot();
}

}  // namespace edgekeep::isolation
