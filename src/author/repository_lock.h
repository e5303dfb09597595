// RepositoryLock: one act at a time on a repository, from what it reads first to what it replaces last.
#pragma once
#include "file_lock.h"

namespace edgekeep::author {

inline constexpr std::chrono::milliseconds kRepositoryPatience = std::chrono::seconds(30);

class RepositoryLock {
 public:
  // Makes REPOSITORY/publication.lock, which stays, and waits for whoever has it. Fails with kBusy after `patience`,
  // kPeerGone when the context asks to stop.
  static Outcome<RepositoryLock> Take(const Context& context, const std::string& repository,
                                      std::chrono::milliseconds patience = kRepositoryPatience);

 private:
  explicit RepositoryLock(FileLock lock) : lock_(std::move(lock)) {}

  FileLock lock_;
};

}  // namespace edgekeep::author
