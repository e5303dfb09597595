#include "edgekeep/gate/posix/channel.h"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <optional>

#include "deadline.h"

namespace edgekeep::gate {
namespace {

// How long a peer may leave its queue full.
constexpr int kSendTimeoutMs = 5000;

Error SocketError(const char* where) {
  switch (errno) {
    case EPIPE:
    case ECONNRESET:
    case ENOTCONN:
      return Error(ErrorCode::kPeerGone, where);
    case ENOMEM:
    case ENOBUFS:
      return Error(ErrorCode::kNoMemory, where);
    default:
      return Error(ErrorCode::kIo, where);
  }
}

// Waits for one of `events`; a hang-up counts as one of them, and the call that follows finds it.
Status WaitFor(int fd, short events, const Deadline& deadline) {
  for (;;) {
    pollfd waiting{.fd = fd, .events = events, .revents = 0};
    const int ready = poll(&waiting, 1, deadline.remaining_ms());
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return Error(ErrorCode::kIo, "waiting on the gate");
    if (ready == 0 && deadline.passed()) return Error(ErrorCode::kTimedOut, "gate");
  }
}

// Room for exactly as many descriptors as a message may carry; the kernel drops and flags what does not fit.
struct alignas(cmsghdr) Control {
  char bytes[CMSG_SPACE(kMaxDescriptors * sizeof(int))];
};

void PutDescriptors(std::span<const int> descriptors, Control& control, msghdr& message) {
  if (descriptors.empty()) return;
  message.msg_control = control.bytes;
  message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(descriptors.size_bytes());
  std::memcpy(CMSG_DATA(header), descriptors.data(), descriptors.size_bytes());
}

// Owns every descriptor that came, whatever is then thought of the message.
void TakeDescriptors(msghdr& header, Message& message) {
  for (cmsghdr* part = CMSG_FIRSTHDR(&header); part != nullptr; part = CMSG_NXTHDR(&header, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(part) + i * sizeof(int), sizeof fd);
      Descriptor owned(fd);
      if (message.num_descriptors < kMaxDescriptors) message.descriptors[message.num_descriptors++] = std::move(owned);
    }
  }
}

struct Received {
  std::size_t size = 0;
  bool truncated = false;
};

// Empty when nothing has come after all. Without room for descriptors the kernel drops what was passed, which flushes
// nothing, and says so: closing one of an attacker's FUSE files would wait for the attacker, and not even be killable.
Result<std::optional<Received>> ReceiveOnce(int socket, MutableByteView buffer, bool takes_descriptors,
                                            Message& message) {
  Control control{};
  iovec part{.iov_base = buffer.data(), .iov_len = buffer.size()};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  if (takes_descriptors) {
    header.msg_control = control.bytes;
    header.msg_controllen = sizeof control.bytes;
  }
  const ssize_t size = recvmsg(socket, &header, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return std::nullopt;
  if (size < 0) return SocketError("receiving on the gate");
  TakeDescriptors(header, message);
  return Received{.size = static_cast<std::size_t>(size),
                  .truncated = (header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0};
}

}  // namespace

Result<std::pair<Channel, Channel>> Channel::Pair() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return Error(ErrorCode::kIo, "socket pair");
  return std::pair(Channel(Descriptor(ends[0])), Channel(Descriptor(ends[1])));
}

Status Channel::Send(Command command, std::uint64_t id, ByteView body, std::span<const int> descriptors) {
  if (descriptors.size() > kMaxDescriptors) return Error(ErrorCode::kBadArgument, "descriptors of a gate message");
  std::array<std::uint8_t, kFrameHeaderSize> head{};
  if (body.size() > kMaxBodySize) return Error(ErrorCode::kTooLarge, "gate message");
  EK_TRY(EncodeFrameHeader({.command = command, .body_size = static_cast<std::uint32_t>(body.size()), .id = id}, head));
  Control control{};
  iovec parts[2] = {{.iov_base = head.data(), .iov_len = head.size()},
                    {.iov_base = const_cast<std::uint8_t*>(body.data()), .iov_len = body.size()}};
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = 2;
  PutDescriptors(descriptors, control, message);
  const Deadline deadline(kSendTimeoutMs);
  for (;;) {
    if (sendmsg(fd(), &message, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) return {};
    if (errno != EAGAIN && errno != EINTR) return SocketError("sending on the gate");
    EK_TRY(WaitFor(fd(), POLLOUT, deadline));
  }
}

Result<Message> Channel::Receive(MutableByteView buffer, int timeout_ms) {
  return ReceiveMessage(buffer, timeout_ms, Passed::kTaken);
}

Result<Message> Channel::ReceiveWithoutDescriptors(MutableByteView buffer, int timeout_ms) {
  return ReceiveMessage(buffer, timeout_ms, Passed::kRefused);
}

Result<Message> Channel::ReceiveMessage(MutableByteView buffer, int timeout_ms, Passed passed) {
  if (!valid()) return Error(ErrorCode::kBadState, "closed gate channel");
  const Deadline deadline(timeout_ms);
  for (;;) {
    EK_TRY(WaitFor(fd(), POLLIN, deadline));
    Message message;
    EK_TRY_ASSIGN(const auto received, ReceiveOnce(fd(), buffer, passed == Passed::kTaken, message));
    if (!received) continue;
    if (received->truncated)
      return Error(ErrorCode::kMalformed, "oversized gate message, or descriptors where none belong");
    // The end of a connection and an empty message look alike; neither is followed by anything of use.
    if (received->size == 0) return Error(ErrorCode::kPeerGone, "receiving on the gate");
    EK_TRY_ASSIGN(message.frame, DecodeFrame(buffer.first(received->size)));
    return message;
  }
}

}  // namespace edgekeep::gate
