#include "tpm_link.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "edgekeep/base/reader.h"

namespace edgekeep::anchor {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t kHeaderSize = 10;
constexpr std::uint64_t kLinkMagic = 0x454b54504d4c4e4b;

// A socket that hung up must not end the process; a device node is no socket.
ssize_t WriteSome(int fd, ByteView bytes) {
  const ssize_t sent = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  return sent < 0 && errno == ENOTSOCK ? write(fd, bytes.data(), bytes.size()) : sent;
}

std::size_t SizeInHeader(ByteView header) {
  Reader in(header.subspan(2));
  return in.ReadU32BigEndian().value_or(0);
}

}  // namespace

TpmLink::TpmLink(int fd, milliseconds answer_limit, int lost_fd) noexcept
    : fd_(fd), answer_limit_(answer_limit), lost_fd_(lost_fd) {
  context_.common.magic = kLinkMagic;
  context_.common.version = 1;
  context_.common.transmit = &TpmLink::Transmit;
  context_.common.receive = &TpmLink::Receive;
  context_.link = this;
}

TpmLink::~TpmLink() {
  close(fd_);
}

void TpmLink::Break(State how) {
  state_ = how;
  const std::uint64_t one = 1;
  // Nobody waits for it, or it is full of the same news.
  if (lost_fd_ >= 0 && write(lost_fd_, &one, sizeof one) < 0) return;
}

bool TpmLink::Send(ByteView command) {
  while (!command.empty()) {
    const ssize_t sent = WriteSome(fd_, command);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    command = command.subspan(static_cast<std::size_t>(sent));
  }
  return true;
}

bool TpmLink::WaitForMore(steady_clock::time_point deadline) {
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now()).count();
    pollfd watched{.fd = fd_, .events = POLLIN, .revents = 0};
    const int ready = poll(&watched, 1, static_cast<int>(std::max<std::int64_t>(left, 0)));
    if (ready > 0) return true;
    if (ready < 0 && errno == EINTR) continue;
    Break(ready == 0 ? State::kTimedOut : State::kGone);
    return false;
  }
}

std::size_t TpmLink::TakeAnswer(MutableByteView room) {
  const auto deadline = steady_clock::now() + answer_limit_;
  std::size_t used = 0;
  while (used < kHeaderSize || used < SizeInHeader(room)) {
    // An answer that claims more than there is room for is none.
    if (used >= kHeaderSize && SizeInHeader(room) > room.size()) break;
    if (!WaitForMore(deadline)) return 0;
    const ssize_t size = read(fd_, room.data() + used, room.size() - used);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) break;
    used += static_cast<std::size_t>(size);
  }
  if (used >= kHeaderSize && used == SizeInHeader(room)) return used;
  Break(State::kGone);
  return 0;
}

Result<std::uint32_t> TpmLink::Exchange(ByteView command) {
  std::array<std::uint8_t, 4096> answer{};
  if (broken() || !Send(command) || TakeAnswer(answer) == 0) return Error(ErrorCode::kIo, "tpm2: the TPM is gone");
  Reader in(ByteView(answer).subspan(6));
  return in.ReadU32BigEndian();
}

TSS2_RC TpmLink::Transmit(TSS2_TCTI_CONTEXT* context, std::size_t size, const std::uint8_t* command) {
  TpmLink& link = *reinterpret_cast<Context*>(context)->link;
  if (link.broken()) return TSS2_TCTI_RC_IO_ERROR;
  if (link.Send({command, size})) return TSS2_RC_SUCCESS;
  link.Break(State::kGone);
  return TSS2_TCTI_RC_IO_ERROR;
}

// The library waits for ever or not at all; here it waits as long as a TPM may take, whatever it asks for.
TSS2_RC TpmLink::Receive(TSS2_TCTI_CONTEXT* context, std::size_t* size, std::uint8_t* response, std::int32_t) {
  TpmLink& link = *reinterpret_cast<Context*>(context)->link;
  if (link.broken()) return TSS2_TCTI_RC_IO_ERROR;
  if (response == nullptr) {
    *size = 4096;
    return TSS2_RC_SUCCESS;
  }
  if (*size < kHeaderSize) return TSS2_TCTI_RC_INSUFFICIENT_BUFFER;
  *size = link.TakeAnswer({response, *size});
  return *size == 0 ? TSS2_TCTI_RC_IO_ERROR : TSS2_RC_SUCCESS;
}

}  // namespace edgekeep::anchor
