#include "session.h"

#include <sched.h>

#include <new>

#include "room.h"

namespace edgekeep::client {
namespace {

// Spinning pays only where the cell can run meanwhile. As long as a cell may need to be woken up and to answer a small
// call: who fell asleep before that would have to be woken up as well.
constexpr std::uint32_t kSpinMicroseconds = 50;
// How often somebody who waits for the cell to finish a given-up call looks for other slots.
constexpr int kLookMs = 10;

// By the affinity mask: processors this process may not use are of no use to it.
std::uint32_t SpinMicroseconds() noexcept {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  // A machine with more processors than the set holds has enough.
  if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0) return kSpinMicroseconds;
  return CPU_COUNT(&allowed) > 1 ? kSpinMicroseconds : 0;
}

gate::Failure OutOfTurn() {
  return gate::FailureOf(Error(ErrorCode::kMalformed, "the cell answers out of turn"));
}

}  // namespace

Session::Session(gate::RingMemory ring, gate::Descriptor socket) noexcept
    : ring_(std::move(ring)), socket_(std::move(socket)) {
  const gate::WaitMemory spin(SpinMicroseconds());
  for (State& slot : slots_) slot.spin = spin;
}

Result<std::unique_ptr<Session>> Session::Start(gate::Descriptor ring, gate::Descriptor socket) {
  EK_TRY_ASSIGN(gate::RingMemory memory, gate::RingMemory::Map(std::move(ring)));
  std::unique_ptr<Session> session(new (std::nothrow) Session(std::move(memory), std::move(socket)));
  if (!session) return Error(ErrorCode::kNoMemory, "session");
  return session;
}

gate::Failure Session::Break(const gate::Failure& failure) {
  const std::lock_guard lock(mutex_);
  if (!broken_) broken_ = failure;
  given_back_.notify_all();
  return *broken_;
}

gate::Failure Session::BreakOff(const Error& error) {
  const std::optional<ErrorCode> reason = gate::EndReason(ring_.header());
  return Break(gate::FailureOf(reason ? Error(*reason, "the cell has ended") : error));
}

Outcome Session::CheckWhole() {
  const std::lock_guard lock(mutex_);
  if (broken_) return *broken_;
  return {};
}

Answer<bool> Session::IsAnswered(Slot slot) {
  const std::uint32_t answered = shared(slot).answered.load(std::memory_order_acquire);
  const std::uint32_t number = slots_[slot].number;
  if (answered == number) return true;
  if (answered != number - 1) return OutOfTurn();
  return false;
}

// Slots take turns, so that the view of an old answer lasts as long as it can.
Answer<std::optional<Session::Slot>> Session::FindFree() {
  for (std::size_t turn = 0; turn < num_slots(); ++turn) {
    const Slot slot = (next_ + turn) % num_slots();
    State& state = slots_[slot];
    if (state.use == Use::kGivenUp) {
      const Answer<bool> answered = IsAnswered(slot);
      if (!answered) return *(broken_ = answered.error());
      if (*answered) state.use = Use::kFree;
    }
    if (state.use != Use::kFree) continue;
    state.use = Use::kTaken;
    next_ = (slot + 1) % num_slots();
    return std::optional(slot);
  }
  return std::optional<Slot>();
}

Answer<Session::Slot> Session::Take(const Deadline& deadline) {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (broken_) return *broken_;
    EK_TRY_ASSIGN(const std::optional<Slot> slot, FindFree());
    if (slot) return *slot;
    if (!deadline.waits()) return Error(ErrorCode::kBusy, "as many calls are under way as the model was opened for");
    if (deadline.remaining_ms() == 0) return Error(ErrorCode::kTimedOut, "other calls of this model");
    WaitForFree(lock, deadline);
  }
}

// For another thread to give a slot back, or for the cell to finish what was given up.
void Session::WaitForFree(std::unique_lock<std::mutex>& lock, const Deadline& deadline) {
  for (Slot slot = 0; slot < num_slots(); ++slot) {
    if (slots_[slot].use != Use::kGivenUp) continue;
    const std::uint32_t before = slots_[slot].number - 1;
    lock.unlock();
    const int left = deadline.remaining_ms();
    gate::WaitMemory no_spin(0);
    const Status changed = gate::WaitForChange(shared(slot).answered, before, shared(slot).application_waiting, no_spin,
                                               left < 0 || left > kLookMs ? kLookMs : left, socket_.get());
    if (!changed && changed.error().code() != ErrorCode::kTimedOut) BreakOff(changed.error());
    lock.lock();
    return;
  }
  if (deadline.end()) {
    given_back_.wait_until(lock, *deadline.end());
  } else {
    given_back_.wait(lock);
  }
}

void Session::GiveBack(Slot slot) {
  const std::lock_guard lock(mutex_);
  State& state = slots_[slot];
  if (state.use == Use::kUnderWay) {
    state.use = Use::kGivenUp;
    shared(slot).given_up.store(state.number, std::memory_order_relaxed);
  } else {
    state.use = Use::kFree;
  }
  given_back_.notify_one();
}

void Session::Submit(Slot slot, const gate::TensorPlaces& inputs) {
  gate::PutCall(inputs, shared(slot).request);
  RaiseSubmitted(slot, 0);
}

void Session::SubmitReceiptRequest(Slot slot, std::uint64_t number) {
  gate::PutCall({}, shared(slot).request);
  RaiseSubmitted(slot, number);
}

Answer<std::uint64_t> Session::ReceiptNumber(Slot slot) {
  const std::uint64_t number = shared(slot).receipt.load(std::memory_order_relaxed);
  if (number == 0) return Error(ErrorCode::kNotFound, "this call has no receipt: the product's policy wants none");
  return number;
}

void Session::RaiseSubmitted(Slot slot, std::uint64_t wanted_receipt) {
  State& state = slots_[slot];
  EK_CHECK(state.use == Use::kTaken);
  shared(slot).wanted_receipt.store(wanted_receipt, std::memory_order_relaxed);
  {
    const std::lock_guard lock(mutex_);
    state.use = Use::kUnderWay;
    ++state.number;
  }
  shared(slot).submitted.store(state.number);
  gate::Raise(ring_.header().bell, ring_.header().cell_waiting);
}

Outcome Session::AwaitAnswer(Slot slot, const Deadline& deadline) {
  State& state = slots_[slot];
  const Status changed = gate::WaitForChange(shared(slot).answered, state.number - 1, shared(slot).application_waiting,
                                             state.spin, deadline.remaining_ms(), socket_.get());
  if (!changed && changed.error().code() == ErrorCode::kTimedOut) return changed.error();
  if (!changed) return BreakOff(changed.error());
  const Answer<bool> answered = IsAnswered(slot);
  if (!answered || !*answered) return Break(OutOfTurn());
  const std::lock_guard lock(mutex_);
  state.use = Use::kTaken;
  return {};
}

Answer<gate::TensorPlaces> Session::TakeAnswer(Slot slot) {
  const gate::RingCall& answer = shared(slot).answer;
  const bool refused = __atomic_load_n(&answer.status, __ATOMIC_RELAXED) != 0;
  const Result<gate::TensorPlaces> places = gate::TakeCall(answer, room_size());
  if (places) return *places;
  if (refused && places.error().code() == ErrorCode::kTooLarge) return TooLittleRoom(gate::NeededRoom(answer));
  if (refused) return places.error();
  return Break(gate::FailureOf(Error(ErrorCode::kMalformed, "the cell's answer: its outputs make no sense")));
}

Answer<gate::TensorPlaces> Session::Await(Slot slot, const Deadline& deadline) {
  EK_TRY(CheckWhole());
  EK_TRY(AwaitAnswer(slot, deadline));
  return TakeAnswer(slot);
}

}  // namespace edgekeep::client
