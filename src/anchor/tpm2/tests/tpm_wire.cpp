#include "tpm_wire.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <utility>

namespace edgekeep::anchor {

TpmWire::TpmWire(int tpm_fd, Asked before, Asked after)
    : tpm_(tpm_fd), before_(std::move(before)), after_(std::move(after)) {
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

// Commands and answers are small: each comes in one piece. Nothing: the other side is gone.
std::vector<std::uint8_t> TpmWire::Take(int from) {
  std::vector<std::uint8_t> bytes(4096);
  const ssize_t size = read(from, bytes.data(), bytes.size());
  bytes.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  const std::lock_guard lock(mutex_);
  heard_.insert(heard_.end(), bytes.begin(), bytes.end());
  return bytes;
}

bool TpmWire::Give(int to, const std::vector<std::uint8_t>& bytes) {
  return !bytes.empty() && send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
}

void TpmWire::Carry() {
  for (int number = 0; before_(number); ++number) {
    if (!Give(tpm_, Take(our_end_))) break;
    const std::vector<std::uint8_t> answer = Take(tpm_);
    if (!after_(number) || !Give(our_end_, answer)) break;
  }
  close(our_end_);
  close(tpm_);
}

}  // namespace edgekeep::anchor
