// A factory's station at the other end of a socket: messages behind their sizes (spec/production-order.md §7).
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "edgekeep/base/bytes.h"
#include "outcome.h"

namespace edgekeep::cli::device {

class StationSocket {
 public:
  // "unix:PATH", or an IPv4 address and a port, to which something leads that carries the factory's messages.
  static Outcome<StationSocket> Connect(const std::string& address);
  StationSocket(StationSocket&& other) noexcept;
  StationSocket& operator=(StationSocket&&) = delete;
  ~StationSocket();

  // Says something and waits for the answer, no longer than two minutes.
  Outcome<std::vector<std::uint8_t>> Ask(ByteView message) const;

 private:
  StationSocket(int fd, std::string address) : fd_(fd), address_(std::move(address)) {}

  Failure Gone() const;

  int fd_;
  std::string address_;
};

}  // namespace edgekeep::cli::device
