#include "tpm_wire.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <utility>

namespace edgekeep::anchor {

TpmWire::TpmWire(int tpm_fd, std::function<bool(int)> before) : tpm_(tpm_fd), before_(std::move(before)) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) std::abort();
  anchor_end_ = ends[0];
  our_end_ = ends[1];
  carrier_ = std::thread([this] { Carry(); });
}

TpmWire::~TpmWire() {
  carrier_.join();
}

std::vector<std::uint8_t> TpmWire::Heard() {
  const std::lock_guard lock(mutex_);
  return heard_;
}

// Commands and answers are small: each comes in one piece.
bool TpmWire::CarryOne(int from, int to) {
  std::array<std::uint8_t, 4096> bytes;
  const ssize_t size = read(from, bytes.data(), bytes.size());
  if (size <= 0) return false;
  {
    const std::lock_guard lock(mutex_);
    heard_.insert(heard_.end(), bytes.begin(), bytes.begin() + size);
  }
  return send(to, bytes.data(), static_cast<std::size_t>(size), MSG_NOSIGNAL) == size;
}

void TpmWire::Carry() {
  for (int number = 0; before_(number); ++number) {
    if (!CarryOne(our_end_, tpm_) || !CarryOne(tpm_, our_end_)) break;
  }
  close(our_end_);
  close(tpm_);
}

}  // namespace edgekeep::anchor
