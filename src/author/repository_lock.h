// RepositoryLock: one act at a time on a repository, from what it reads first to what it replaces last.
#pragma once
#include <chrono>
#include <string>

#include "edgekeep/author/context.h"
#include "edgekeep/author/failure.h"
#include "edgekeep/files/descriptor.h"

namespace edgekeep::author {

inline constexpr std::chrono::milliseconds kRepositoryPatience = std::chrono::seconds(30);

// Exclusive among processes of one machine as long as this lives; a process that ends, however it does, gives it back.
class RepositoryLock {
 public:
  // Makes REPOSITORY/publication.lock, which stays, and waits for whoever has it. Fails with kBusy after `patience`,
  // kPeerGone when the context asks to stop.
  static Outcome<RepositoryLock> Take(const Context& context, const std::string& repository,
                                      std::chrono::milliseconds patience = kRepositoryPatience);

 private:
  explicit RepositoryLock(files::Descriptor file) : file_(std::move(file)) {}

  files::Descriptor file_;
};

}  // namespace edgekeep::author
