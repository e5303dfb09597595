#include "session.h"

#include <unistd.h>

namespace edgekeep::client {
namespace {

// Spinning pays only where the cell can run meanwhile.
constexpr std::uint32_t kSpinMicroseconds = 20;

std::uint32_t SpinMicroseconds() noexcept {
  return ::sysconf(_SC_NPROCESSORS_ONLN) > 1 ? kSpinMicroseconds : 0;
}

}  // namespace

Session::Session(gate::RingMemory ring, gate::Descriptor socket) noexcept
    : ring_(std::move(ring)),
      socket_(std::move(socket)),
      answers_seen_(ring_.header().answer_sequence.load(std::memory_order_acquire)),
      spin_us_(SpinMicroseconds()) {}

Result<Session> Session::Start(gate::Descriptor ring, gate::Descriptor socket) {
  EK_TRY_ASSIGN(gate::RingMemory memory, gate::RingMemory::Map(std::move(ring)));
  return Session(std::move(memory), std::move(socket));
}

gate::Failure Session::Break(const gate::Failure& failure) {
  broken_ = failure;
  return failure;
}

Outcome Session::AwaitAnswer(const Deadline& deadline) {
  gate::RingHeader& header = ring_.header();
  const Status changed = gate::WaitForChange(header.answer_sequence, answers_seen_, header.application_waiting,
                                             spin_us_, deadline.remaining_ms(), socket_.get());
  if (!changed && changed.error().code() == ErrorCode::kTimedOut) return changed.error();
  if (!changed) return Break(gate::FailureOf(changed.error()));
  if (header.answer_sequence.load(std::memory_order_acquire) != answers_seen_ + 1) {
    return Break(gate::FailureOf(Error(ErrorCode::kMalformed, "the cell answers out of turn")));
  }
  ++answers_seen_;
  awaiting_ = false;
  return {};
}

Outcome Session::Settle(const Deadline& deadline) {
  if (broken_) return *broken_;
  if (!awaiting_) return {};
  return AwaitAnswer(deadline);
}

Answer<gate::TensorPlaces> Session::TakeAnswer() {
  const gate::RingCall& answer = ring_.header().answer;
  const bool refused = __atomic_load_n(&answer.status, __ATOMIC_RELAXED) != 0;
  const Result<gate::TensorPlaces> places = gate::TakeCall(answer, ring_.data_size());
  if (places) return *places;
  if (refused) return places.error();
  return Break(gate::FailureOf(Error(ErrorCode::kMalformed, "the cell's answer: its outputs make no sense")));
}

Answer<gate::TensorPlaces> Session::Call(const gate::TensorPlaces& inputs, const Deadline& deadline) {
  if (broken_) return *broken_;
  EK_CHECK(!awaiting_);
  gate::RingHeader& header = ring_.header();
  gate::PutCall(inputs, header.request);
  awaiting_ = true;
  gate::Raise(header.request_sequence, header.cell_waiting);
  EK_TRY(AwaitAnswer(deadline));
  return TakeAnswer();
}

}  // namespace edgekeep::client
