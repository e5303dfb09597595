#include "cut_disk.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace edgekeep::author {
namespace {

CutDisk* g_watched = nullptr;

std::uint64_t InodeOf(const std::string& path) {
  struct stat status;
  return ::lstat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

std::string ContentsOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void CutWatched() {
  if (g_watched != nullptr) g_watched->Cut();
}

}  // namespace

CutDisk::CutDisk(std::string directory) : directory_(std::move(directory)), root_(InodeOf(directory_)) {
  TakeAll(directory_);
  g_watched = this;
}

CutDisk::~CutDisk() {
  g_watched = nullptr;
}

CutDisk::Names CutDisk::NamesIn(const std::string& path) {
  Names names;
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    const std::string name = entry.path().filename().string();
    names[entry.is_directory() ? name + "/" : name] = InodeOf(entry.path().string());
  }
  return names;
}

void CutDisk::TakeAll(const std::string& path) {
  names_[InodeOf(path)] = NamesIn(path);
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    if (entry.is_directory()) {
      TakeAll(entry.path().string());
    } else {
      contents_[InodeOf(entry.path().string())] = ContentsOf(entry.path().string());
    }
  }
}

void CutDisk::AddSynced(std::uint64_t inode, const std::string& path, DiskState& state) const {
  const auto names = names_.find(inode);
  if (names == names_.end()) return;
  for (const auto& [name, child] : names->second) {
    if (name.ends_with('/')) {
      state[path + name];
      AddSynced(child, path + name, state);
    } else {
      const auto contents = contents_.find(child);
      state[path + name] = contents == contents_.end() ? std::string() : contents->second;
    }
  }
}

DiskState CutDisk::WithAllNames() const {
  DiskState state;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory_)) {
    const std::string path = entry.path().string().substr(directory_.size() + 1);
    const auto contents = contents_.find(InodeOf(entry.path().string()));
    state[entry.is_directory() ? path + "/" : path] = contents == contents_.end() ? std::string() : contents->second;
  }
  return state;
}

void CutDisk::Cut() {
  DiskState synced;
  AddSynced(root_, "", synced);
  states_.insert(std::move(synced));
  states_.insert(WithAllNames());
}

void CutDisk::Synced(int descriptor) {
  struct stat status;
  if (::fstat(descriptor, &status) != 0) return;
  const std::string path = "/proc/self/fd/" + std::to_string(descriptor);
  if (S_ISDIR(status.st_mode)) {
    names_[status.st_ino] = NamesIn(path + "/");
  } else {
    contents_[status.st_ino] = ContentsOf(path);
  }
}

void Restore(const DiskState& state, const std::string& directory) {
  std::filesystem::create_directory(directory);
  for (const auto& [path, contents] : state) {
    if (path.ends_with('/')) {
      std::filesystem::create_directories(directory + "/" + path);
    } else {
      std::ofstream(directory + "/" + path, std::ios::binary) << contents;
    }
  }
  // A publisher's keys are not taken from files that others may read.
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory))
    std::filesystem::permissions(entry, std::filesystem::perms{entry.is_directory() ? 0700U : 0600U});
}

extern "C" {

// In place of the C library's, for this test program alone.
int fsync(int descriptor) {
  CutWatched();
  const auto result = static_cast<int>(::syscall(SYS_fsync, descriptor));
  if (result == 0 && g_watched != nullptr) g_watched->Synced(descriptor);
  return result;
}

int rename(const char* from, const char* to) noexcept {
  CutWatched();
  return static_cast<int>(::syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}

int renameat2(int from_directory, const char* from, int to_directory, const char* to, unsigned flags) noexcept {
  CutWatched();
  return static_cast<int>(::syscall(SYS_renameat2, from_directory, from, to_directory, to, flags));
}

int linkat(int from_directory, const char* from, int to_directory, const char* to, int flags) noexcept {
  CutWatched();
  return static_cast<int>(::syscall(SYS_linkat, from_directory, from, to_directory, to, flags));
}

int mkdir(const char* path, mode_t mode) noexcept {
  CutWatched();
  return static_cast<int>(::syscall(SYS_mkdirat, AT_FDCWD, path, mode));
}
}

}  // namespace edgekeep::author
