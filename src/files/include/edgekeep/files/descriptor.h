// Descriptor: an open file that closes itself.
#pragma once
#include <unistd.h>

#include <utility>

#include "edgekeep/base/result.h"

namespace edgekeep::files {

// Owns one file descriptor, or none (-1).
class Descriptor {
 public:
  Descriptor() = default;

  explicit Descriptor(int fd) noexcept : fd_(fd) {}

  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }

  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }

  int get() const noexcept { return fd_; }

  bool valid() const noexcept { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// Returns what `error_number` means to a caller: kNotFound, kAlreadyExists, kForbidden, kNoSpace, kReadOnly, kNoMemory
// or kIo.
Error FromErrno(int error_number, const char* where) noexcept;

}  // namespace edgekeep::files
