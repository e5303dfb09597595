// Descriptor: a file descriptor with one owner.
#pragma once
#include <utility>

namespace edgekeep::gate {

class Descriptor {
 public:
  Descriptor() = default;

  explicit Descriptor(int fd) noexcept : fd_(fd) {}

  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();

  int get() const noexcept { return fd_; }

  bool valid() const noexcept { return fd_ >= 0; }

  int Release() noexcept { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

}  // namespace edgekeep::gate
