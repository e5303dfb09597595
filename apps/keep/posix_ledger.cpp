#include "posix_ledger.h"

#include <sys/socket.h>

#include <array>
#include <new>

#include "edgekeep/gate/failure.h"
#include "small_thread.h"

namespace edgekeep::keep {

Result<std::unique_ptr<ports::Ledger>> PosixLedger::Open(ports::LedgerDesk& desk) {
  EK_TRY_ASSIGN(auto ends, gate::Channel::Pair());
  EK_TRY_ASSIGN(Bytes buffer, Bytes::Allocate(gate::kMaxFrameSize));
  std::unique_ptr<PosixLedger> ledger(
      new (std::nothrow) PosixLedger(std::move(ends.first), std::move(ends.second), std::move(buffer), desk));
  if (!ledger) return Error(ErrorCode::kNoMemory, "ledger");
  EK_TRY(ledger->Start());
  return std::unique_ptr<ports::Ledger>(std::move(ledger));
}

// What the cell said last is taken before the end is seen: messages come before it. Not waiting for the cell's end to
// be closed: a cell may have passed it on to somebody who keeps it.
PosixLedger::~PosixLedger() {
  cell_end_ = gate::Channel();
  ::shutdown(keep_end_.fd(), SHUT_RDWR);
  if (thread_) ::pthread_join(*thread_, nullptr);
}

Status PosixLedger::Start() {
  const auto run = [](void* ledger) -> void* {
    static_cast<PosixLedger*>(ledger)->Serve();
    return nullptr;
  };
  thread_ = StartSmallThread(run, this);
  return thread_ ? Status() : Error(ErrorCode::kNoMemory, "ledger: thread");
}

void PosixLedger::Serve() {
  while (AnswerOne()) {
  }
}

Status PosixLedger::AnswerOne() {
  // A cell passes no descriptors, and none is taken from it.
  EK_TRY_ASSIGN(const gate::Message message,
                keep_end_.ReceiveWithoutDescriptors(buffer_.mutable_view(), gate::kForever));
  const gate::FrameHeader& asked = message.frame.header;
  const Result<std::optional<Bytes>> answer =
      desk_->Answer(static_cast<std::uint16_t>(asked.command), message.frame.body);
  if (answer && !*answer) return {};
  if (answer) return keep_end_.Send(asked.command, asked.id, (*answer)->view());
  std::array<std::uint8_t, 256> body;
  CborWriter out(body);
  EK_TRY(gate::EncodeFailure(gate::FailureOf(answer.error()), out));
  return keep_end_.Send(gate::Command::kError, asked.id, out.written());
}

}  // namespace edgekeep::keep
