// A directory as power cuts may leave it: while it is watched, this process may lose its power in front of every fsync,
// rename, link and new directory.
#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <string>

namespace edgekeep::author {

// Path below the directory → contents; directories end in '/'.
using DiskState = std::map<std::string, std::string>;

// One at a time, and no other thread changes files meanwhile.
class CutDisk {
 public:
  // All that is there now is on the disk.
  explicit CutDisk(std::string directory);
  CutDisk(const CutDisk&) = delete;
  CutDisk& operator=(const CutDisk&) = delete;
  ~CutDisk();

  // What cuts may have left, each once, the end of all included. Of what is not synced either nothing survives, or all
  // names and no contents.
  const std::set<DiskState>& states() {
    Cut();
    return states_;
  }

  void Cut();
  void Synced(int descriptor);

 private:
  // Where a directory's entries lead, by inode.
  using Names = std::map<std::string, std::uint64_t>;

  static Names NamesIn(const std::string& path);
  void AddSynced(std::uint64_t inode, const std::string& path, DiskState& state) const;
  DiskState WithAllNames() const;
  void TakeAll(const std::string& path);

  std::string directory_;
  std::uint64_t root_ = 0;
  std::map<std::uint64_t, std::string> contents_;  // of files, as synced
  std::map<std::uint64_t, Names> names_;           // of directories, as synced
  std::set<DiskState> states_;
};

// Makes `directory`, which must not exist, hold exactly that, for its owner alone to read.
void Restore(const DiskState& state, const std::string& directory);

}  // namespace edgekeep::author
