// EnsureDirectory; NewDirectory: a directory that appears with all its files, or not at all.
#pragma once
#include <string>

#include "edgekeep/base/result.h"

namespace edgekeep::files {

// A directory for this user alone, there already or made: what is written into it from now on does not vanish with it
// when power is cut.
Status EnsureDirectory(const std::string& path);

// Fill `path()`, then Commit. Until then it is called ".NAME.part.XXXXXX" beside its place, mode 0700; the
// destructor removes it with everything in it.
class NewDirectory {
 public:
  // Fails with kAlreadyExists when something other than an empty directory stands at `target`.
  static Result<NewDirectory> Create(const std::string& target);
  NewDirectory(NewDirectory&& other) noexcept;
  NewDirectory& operator=(NewDirectory&&) = delete;
  ~NewDirectory();

  const std::string& path() const noexcept { return path_; }

  // Syncs and gives the directory its name. On failure nothing stands there that did not before.
  Status Commit();

 private:
  NewDirectory(std::string target, std::string parent, std::string path) noexcept
      : target_(std::move(target)), parent_(std::move(parent)), path_(std::move(path)) {}

  std::string target_;
  std::string parent_;
  std::string path_;  // empty once committed
};

}  // namespace edgekeep::files
