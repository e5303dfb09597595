#include "spawned_cell.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>

#include "edgekeep/gate/failure.h"

namespace edgekeep::isolation {
namespace {

using gate::Command;

constexpr int kEndTimeoutMs = 2000;

// What a model that was refused holds is nothing that its caller may learn of.
Error InCell(ErrorCode code) {
  if (code == ErrorCode::kModelRefused) return Error(code, "cell: the keep's journal says why");
  return Error(code, "cell");
}

int MsUntil(std::chrono::steady_clock::time_point end) {
  using std::chrono::milliseconds;
  const auto left = std::chrono::ceil<milliseconds>(end - std::chrono::steady_clock::now());
  return std::max(0, static_cast<int>(left.count()));
}

bool HangsUp(int socket, int timeout_ms) {
  pollfd watched{.fd = socket, .events = POLLRDHUP, .revents = 0};
  return poll(&watched, 1, timeout_ms) > 0 && watched.revents != 0;
}

}  // namespace

SpawnedCell::~SpawnedCell() {
  link_->Kill(number_);
  link_->WaitForEnd(number_, kEndTimeoutMs);
  link_->Forget(number_);
}

Status SpawnedCell::TakeHello(int timeout_ms) {
  EK_TRY_ASSIGN(Bytes buffer, Bytes::Allocate(gate::kMaxFrameSize));
  const auto message = control_.Receive(buffer.mutable_view(), timeout_ms);
  if (!message && message.error().code() == ErrorCode::kPeerGone) return WhyItEnded();
  if (!message) return InCell(message.error().code());
  if (message->frame.header.command != Command::kCellHello) return InCell(ErrorCode::kMalformed);
  EK_TRY_ASSIGN(hello_, Bytes::Copy(message->frame.body));
  return {};
}

Error SpawnedCell::WhyItEnded() {
  const auto status = link_->WaitForEnd(number_, kEndTimeoutMs);
  if (!status) return Error(ErrorCode::kPeerGone, "spawner");
  const int wait_status = static_cast<int>(*status);
  if (WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == kExitNoEngine) {
    return Error(ErrorCode::kModelRefused, "cell: no engine");
  }
  return Error(ErrorCode::kInternal, "cell: ended while it started");
}

Result<Bytes> SpawnedCell::Order(std::uint16_t command, const SecretBytes& body, std::span<const int> descriptors,
                                 int timeout_ms) {
  const Clock::time_point end = Clock::now() + std::chrono::milliseconds(timeout_ms);
  const std::unique_lock lock(mutex_, end);
  if (!lock.owns_lock()) return GiveUp(ErrorCode::kTimedOut);
  why_refused_ = {};
  const gate::FrameHeader asked{.command = static_cast<Command>(command), .body_size = 0, .id = ++last_id_};
  const Status sent = control_.Send(asked.command, asked.id, body.Reveal(), descriptors);
  // One that was asked to end is wiping.
  if (!sent && sent.error().code() == ErrorCode::kPeerGone) return InCell(ErrorCode::kPeerGone);
  if (!sent) return GiveUp(sent.error().code());
  EK_TRY_ASSIGN(Bytes buffer, Bytes::Allocate(gate::kMaxFrameSize));
  const auto message = Receive(buffer.mutable_view(), end);
  if (!message) return GiveUp(message.error().code());
  return TakeAnswer(message->frame, asked);
}

Result<Bytes> SpawnedCell::Ask(std::uint16_t command, int timeout_ms) {
  const Clock::time_point end = Clock::now() + std::chrono::milliseconds(timeout_ms);
  const std::unique_lock lock(mutex_, end);
  if (!lock.owns_lock()) return InCell(ErrorCode::kTimedOut);
  // One at a time: answers that nobody reads would fill the socket. One that is late had its time.
  EK_TRY(TakeLate());
  EK_TRY_ASSIGN(Bytes buffer, Bytes::Allocate(gate::kMaxFrameSize));
  const gate::FrameHeader asked{.command = static_cast<Command>(command), .body_size = 0, .id = ++last_id_};
  const Status sent = control_.Send(asked.command, asked.id, {});
  if (!sent) return InCell(sent.error().code());
  const auto message = control_.Receive(buffer.mutable_view(), MsUntil(end));
  if (message) return TakeAnswer(message->frame, asked);
  if (message.error().code() == ErrorCode::kTimedOut) late_id_ = asked.id;
  return InCell(message.error().code());
}

// Fails with kTimedOut while it has not come.
Status SpawnedCell::TakeLate() {
  if (late_id_ == 0) return {};
  EK_TRY_ASSIGN(Bytes buffer, Bytes::Allocate(gate::kMaxFrameSize));
  const auto late = control_.Receive(buffer.mutable_view(), 0);
  if (!late) return InCell(late.error().code());
  if (late->frame.header.id != late_id_) return GiveUp(ErrorCode::kMalformed);
  late_id_ = 0;
  return {};
}

Status SpawnedCell::Post(std::uint16_t command, const SecretBytes& body) {
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock.owns_lock()) return InCell(ErrorCode::kBusy);
  const Status late = TakeLate();
  if (!late) return late.error().code() == ErrorCode::kTimedOut ? InCell(ErrorCode::kBusy) : late.error();
  const Status sent = control_.Send(static_cast<Command>(command), ++last_id_, body.Reveal());
  if (!sent) return InCell(sent.error().code());
  late_id_ = posted_id_ = last_id_;
  return {};
}

Status SpawnedCell::TakePosted() {
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock.owns_lock()) return InCell(ErrorCode::kBusy);
  if (late_id_ != posted_id_) return {};
  const Status late = TakeLate();
  if (!late && late.error().code() == ErrorCode::kTimedOut) return InCell(ErrorCode::kBusy);
  return late;
}

// The answer to the order that was given last; one that is late comes before it.
Result<gate::Message> SpawnedCell::Receive(MutableByteView buffer, Clock::time_point end) {
  for (;;) {
    EK_TRY_ASSIGN(gate::Message message, control_.Receive(buffer, MsUntil(end)));
    if (late_id_ == 0 || message.frame.header.id != late_id_) return message;
    late_id_ = 0;
  }
}

Result<Bytes> SpawnedCell::TakeAnswer(const gate::Frame& answer, const gate::FrameHeader& asked) {
  if (answer.header.id != asked.id) return GiveUp(ErrorCode::kMalformed);
  if (answer.header.command == asked.command) return Bytes::Copy(answer.body);
  if (answer.header.command != Command::kError) return GiveUp(ErrorCode::kMalformed);
  const auto failure = gate::DecodeFailureInside(answer.body);
  if (!failure) return GiveUp(ErrorCode::kMalformed);
  why_refused_ = failure->where;
  return InCell(failure->code);
}

InlineString<96> SpawnedCell::WhyRefused() {
  const std::lock_guard lock(mutex_);
  return why_refused_;
}

// A cell that is late, or answers what nobody asked, is in a state nobody knows.
Error SpawnedCell::GiveUp(ErrorCode code) {
  Kill();
  return InCell(code);
}

void SpawnedCell::Kill() {
  link_->Kill(number_);
}

// Its own end stays open, for the cell's hang-up to be seen on.
void SpawnedCell::AskToEnd() {
  shutdown(control_.fd(), SHUT_WR);
}

ports::CellEnd SpawnedCell::HowItEnded() {
  const auto status = link_->WaitForEnd(number_, kEndTimeoutMs);
  if (!status) return {};
  const int wait_status = static_cast<int>(*status);
  if (WIFSIGNALED(wait_status)) return {.signal = WTERMSIG(wait_status), .wiped = false};
  const int code = WEXITSTATUS(wait_status);
  return {.signal = code > kExitOfSignal ? code - kExitOfSignal : 0, .wiped = true};
}

bool SpawnedCell::alive() {
  return !HangsUp(control_.fd(), 0);
}

}  // namespace edgekeep::isolation
