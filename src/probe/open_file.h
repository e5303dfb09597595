// A file opened for reading, with one owner.
#pragma once
#include <string>
#include <utility>

#include "edgekeep/base/result.h"

namespace edgekeep::probe {

class OpenFile {
 public:
  explicit OpenFile(int fd) noexcept : fd_(fd) {}

  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  OpenFile(OpenFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

  OpenFile& operator=(OpenFile&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }

  ~OpenFile();

  int fd() const noexcept { return fd_; }

 private:
  int fd_;
};

// Does not follow a symbolic link at the end of `path`, except below /proc, and does not wait for a pipe's writer.
// Fails with kNotFound, kForbidden or kIo.
Result<OpenFile> OpenForReading(const std::string& path);

}  // namespace edgekeep::probe
