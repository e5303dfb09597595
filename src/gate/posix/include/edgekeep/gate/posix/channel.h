// Channel: gate messages over a SOCK_SEQPACKET Unix socket, with descriptors beside them (spec/gate.md §2).
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/inline_vector.h"
#include "edgekeep/base/result.h"
#include "edgekeep/gate/frame.h"
#include "edgekeep/gate/posix/descriptor.h"

namespace edgekeep::gate {

// A received message. Descriptors are close-on-exec and owned.
struct Message {
  Frame frame;  // borrows from the receiving buffer
  std::array<Descriptor, kMaxDescriptors> descriptors;
  std::size_t num_descriptors = 0;
};

// Where a deadline is asked for: milliseconds from now, or kForever.
inline constexpr int kForever = -1;

class Channel {
 public:
  Channel() = default;

  explicit Channel(Descriptor socket) noexcept : socket_(std::move(socket)) {}

  // Connects to a socket by path. Fails with kNotFound (nobody listens), kForbidden, kIo.
  static Result<Channel> Connect(std::string_view path);
  // Two connected ends.
  static Result<std::pair<Channel, Channel>> Pair();

  // Fails with kPeerGone, kTimedOut or kIo. Never raises SIGPIPE.
  Status Send(Command command, std::uint64_t id, ByteView body, std::span<const int> descriptors = {});
  // Receives into `buffer` (kMaxFrameSize bytes). More descriptors than kMaxDescriptors, or truncation, is kMalformed.
  // Not for strangers: closing a descriptor they passed can wait, for ever, for whoever serves the file behind it.
  Result<Message> Receive(MutableByteView buffer, int timeout_ms);
  // The same from anybody: a message with descriptors is kMalformed, and they never become this process's own.
  Result<Message> ReceiveWithoutDescriptors(MutableByteView buffer, int timeout_ms);

  int fd() const noexcept { return socket_.get(); }

  bool valid() const noexcept { return socket_.valid(); }

  Descriptor TakeSocket() noexcept { return std::move(socket_); }

 private:
  enum class Passed : std::uint8_t { kTaken, kRefused };

  Result<Message> ReceiveMessage(MutableByteView buffer, int timeout_ms, Passed passed);

  Descriptor socket_;
};

// Who is at the other end (SO_PEERCRED, SO_PEERGROUPS), as of connect time.
struct PeerCredentials {
  std::uint32_t pid = 0;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
};

Result<PeerCredentials> PeerOf(int socket);
// True when the peer's primary or supplementary groups hold `gid`.
Result<bool> PeerIsInGroup(int socket, std::uint32_t gid);

// Refuses descriptors to whoever would send them to this socket (Linux 6.16 and later). False where the kernel cannot:
// there ReceiveWithoutDescriptors drops what comes, and the last one to drop a network socket lingers in its sender's
// stead, for as long as the sender said.
bool RefuseDescriptors(int socket) noexcept;

// Whether who connects may send descriptors along.
enum class Passing : std::uint8_t { kPossible, kRefused };  // kRefused as far as RefuseDescriptors can

// Listens on a new socket file with the given mode; replaces a stale one that nobody answers at, refuses a live one
// (kBusy).
Result<Descriptor> Listen(std::string_view path, unsigned mode, Passing passing = Passing::kPossible);
Result<Descriptor> Accept(int listener);

}  // namespace edgekeep::gate
