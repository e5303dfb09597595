#include "edgekeep/gate/posix/descriptor.h"

#include <unistd.h>

namespace edgekeep::gate {

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  Descriptor ended(std::exchange(fd_, other.Release()));
  return *this;
}

Descriptor::~Descriptor() {
  // Linux has released the number even where close() reports an error.
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace edgekeep::gate
