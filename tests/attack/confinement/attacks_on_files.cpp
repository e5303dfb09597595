#include <fcntl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <new>

#include "attack_table.h"
#include "edgekeep/isolation/process/purpose.h"

namespace edgekeep::attack {
namespace {

int OpenFile(const Knowledge& knowledge) {
  return Outcome(open(knowledge.file.c_str(), O_RDONLY));
}

int OpenOwnProgram(const Knowledge&) {
  return Outcome(open("/proc/self/exe", O_RDONLY));
}

int OpenLibrary(const Knowledge&) {
  return Outcome(open("/lib/x86_64-linux-gnu/libc.so.6", O_RDONLY));
}

int CreateFile(const Knowledge& knowledge) {
  return Outcome(open((knowledge.directory + "/created").c_str(), O_CREAT | O_WRONLY, 0600));
}

int MakeDirectory(const Knowledge& knowledge) {
  return Outcome(mkdir((knowledge.directory + "/made").c_str(), 0700));
}

int MakeLink(const Knowledge& knowledge) {
  return Outcome(symlink("/proc", (knowledge.directory + "/link").c_str()));
}

int MountSomething(const Knowledge& knowledge) {
  const int outcome = Outcome(mount("tmpfs", knowledge.directory.c_str(), "tmpfs", 0, nullptr));
  if (outcome == 0) umount2(knowledge.directory.c_str(), MNT_DETACH);
  return outcome;
}

// The newer calls for the same, which an older list of forbidden ones does not have.
int MountByDescriptor(const Knowledge&) {
  constexpr unsigned kClone = 1;  // OPEN_TREE_CLONE
  if (const int failed = Outcome(syscall(SYS_fsopen, "tmpfs", 0)); failed != 0) return failed;
  return Outcome(syscall(SYS_open_tree, AT_FDCWD, "/", kClone));
}

int ChangeRoot(const Knowledge&) {
  return Outcome(chroot("/"));
}

// A directory descriptor from before would lead out of the private root; there must be none.
int LeaveByDescriptor(const Knowledge& knowledge) {
  for (int fd = 0; fd < 1024; ++fd) {
    if (openat(fd, ("../../../../.." + knowledge.file).c_str(), O_RDONLY) >= 0) return 0;
  }
  return EACCES;
}

// Descriptors other than the control socket that answer at all, 0 to 2 apart.
int UseAnotherDescriptor(const Knowledge&) {
  for (int fd = isolation::kControlDescriptor + 1; fd < 4096; ++fd) {
    if (lseek(fd, 0, SEEK_CUR) >= 0 || errno != EBADF) return 0;
  }
  return EBADF;
}

// Writes until the file system, or a limit, is full: 0 when 128 MiB went in.
int Fill(const Knowledge& knowledge) {
  static std::array<char, 1 << 20> block;
  const std::string path = knowledge.directory + "/fill";
  const int file = open(path.c_str(), O_CREAT | O_WRONLY, 0600);
  if (file < 0) return errno;
  int outcome = 0;
  for (int written = 0; written < 128 && outcome == 0; ++written) {
    if (write(file, block.data(), block.size()) < 0) outcome = errno;
  }
  unlink(path.c_str());
  return outcome;
}

// As many empty files as a small disk has room for.
int FillWithFiles(const Knowledge& knowledge) {
  int outcome = 0;
  for (int i = 0; i < 1000 && outcome == 0; ++i) {
    const std::string path = knowledge.directory + "/file" + std::to_string(i);
    const int file = open(path.c_str(), O_CREAT | O_WRONLY, 0600);
    outcome = Outcome(file);
    close(file);
  }
  return outcome;
}

// Everybody's files, as they are opened.
int WatchFiles(const Knowledge&) {
  return Outcome(syscall(SYS_fanotify_init, 0, O_RDONLY));
}

// By number, past every directory's permissions.
int OpenByHandle(const Knowledge& knowledge) {
  alignas(file_handle) std::array<unsigned char, sizeof(file_handle) + MAX_HANDLE_SZ> room{};
  auto* const handle = new (room.data()) file_handle;
  handle->handle_bytes = MAX_HANDLE_SZ;
  int mount = 0;
  if (name_to_handle_at(AT_FDCWD, knowledge.file.c_str(), handle, &mount, 0) != 0) return errno;
  const int root = open("/tmp", O_RDONLY | O_DIRECTORY);
  if (root < 0) return errno;
  return Outcome(open_by_handle_at(root, handle, O_RDONLY));
}

// Memory files are memory too, and could be executed.
int MakeMemoryFile(const Knowledge&) {
  return Outcome(memfd_create("attack", 0));
}

constexpr Named kOnFiles[] = {{"open_file", OpenFile},
                              {"open_own_program", OpenOwnProgram},
                              {"open_library", OpenLibrary},
                              {"create_file", CreateFile},
                              {"make_directory", MakeDirectory},
                              {"make_link", MakeLink},
                              {"mount", MountSomething},
                              {"mount_by_descriptor", MountByDescriptor},
                              {"watch_files", WatchFiles},
                              {"chroot", ChangeRoot},
                              {"leave_by_descriptor", LeaveByDescriptor},
                              {"use_another_descriptor", UseAnotherDescriptor},
                              {"open_by_handle", OpenByHandle},
                              {"fill", Fill},
                              {"fill_with_files", FillWithFiles},
                              {"memory_file", MakeMemoryFile}};

}  // namespace

Attack FindFileAttack(std::string_view name) {
  return Find(kOnFiles, name);
}

}  // namespace edgekeep::attack
