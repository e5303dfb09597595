// FileLock: one process of this machine at a time, from what it reads first to what it writes last.
#pragma once
#include <chrono>
#include <string>

#include "edgekeep/author/context.h"
#include "edgekeep/author/failure.h"
#include "edgekeep/files/descriptor.h"

namespace edgekeep::author {

// Exclusive as long as this lives; a process that ends, however it does, gives it back.
class FileLock {
 public:
  // Makes `path`, which stays, in a directory that is there. Fails with `taken` (kBusy) after `patience`, kPeerGone
  // when the context asks to stop.
  static Outcome<FileLock> Take(const Context& context, const std::string& path, std::chrono::milliseconds patience,
                                Failure taken);

 private:
  explicit FileLock(files::Descriptor file) : file_(std::move(file)) {}

  files::Descriptor file_;
};

}  // namespace edgekeep::author
