#include "answer_loop.h"

#include <algorithm>
#include <chrono>
#include <new>

#include "crash_wipe.h"
#include "processors.h"

namespace edgekeep::cell {
namespace {

// How long calls may be apart to be answered without a wake-up, where a core is free for it.
constexpr std::uint32_t kSpinMicroseconds = 50;
// Applications may withhold their wake-ups.
constexpr int kLookMs = 100;

static_assert(gate::kMaxSessionsOfCell + 1 <= gate::kMaxBells);

using Clock = std::chrono::steady_clock;

std::uint64_t MicrosecondsSince(Clock::time_point start) {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start).count());
}

}  // namespace

void AnswerLoop::Run() {
  gate::SpinMemory spin(ProcessorCount() > 1 ? kSpinMicroseconds : 0);
  while (const std::optional<Work> work = NextCall(spin)) Answer(*work);
  calls_.End();
  // A keep that is gone hears it no more.
  static_cast<void>(ledger_.Report(Statistics()).has_value());
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  let_go_.notify_all();
}

void AnswerLoop::Stop() noexcept {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  Ring();
}

// Nothing works on any ring when this begins.
std::optional<AnswerLoop::Work> AnswerLoop::NextCall(gate::SpinMemory& spin) {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (any_ended_) LetGoOfEnded();
    // Whoever refuses calls refuses all that were submitted before it ends.
    if (stopping_ && !refusal_) return std::nullopt;
    if (const auto turn = turns_.Next()) return Work{turn->call, Find(turn->session)->get(), refusal_};
    if (stopping_) return std::nullopt;
    SleepUntilABellRings(lock, spin);
  }
}

void AnswerLoop::SleepUntilABellRings(std::unique_lock<std::mutex>& lock, gate::SpinMemory& spin) {
  std::array<gate::Bell, gate::kMaxSessionsOfCell + 1> bells{gate::Bell{&bell_, bell_.load(), &waiting_}};
  std::size_t count = 1;
  for (const SessionTurns::Session& session : turns_.sessions()) {
    bells[count++] = {&session.ring->bell, *session.quiet_at, &session.ring->cell_waiting};
  }
  lock.unlock();
  gate::WaitForAny(std::span(bells).first(count), spin, kLookMs);
  lock.lock();
}

// What nobody waits for is not computed.
void AnswerLoop::Answer(const Work& work) {
  gate::RingSlot& slot = work.client->ring.header().slots[work.call.slot];
  // Should this cell die of it, the call is not computed again.
  slot.taken.store(work.call.number, std::memory_order_release);
  const std::uint64_t wanted_receipt = slot.wanted_receipt.load(std::memory_order_relaxed);
  if (work.call.given_up) {
    gate::PutFailure(ErrorCode::kTimedOut, slot.answer);
    statistics_.NoteGivenUp();
    work.client->statistics.NoteGivenUp();
  } else if (work.refusal) {
    gate::PutFailure(*work.refusal, slot.answer);
    Note(work, work.refusal, 0);
  } else if (wanted_receipt != 0) {
    AnswerWithReceipt(work, wanted_receipt - 1, slot);
  } else {
    AnswerWithOutputs(work, slot);
  }
  CrashWipe::HoldBack();
  gate::Set(slot.answered, work.call.number, slot.application_waiting);
}

void AnswerLoop::AnswerWithOutputs(const Work& work, gate::RingSlot& slot) {
  const Clock::time_point start = Clock::now();
  const std::optional<ErrorCode> refusal = Compute(work, slot);
  const std::uint64_t microseconds = MicrosecondsSince(start);
  Note(work, refusal, microseconds);
  if (!refusal) latencies_.Note(microseconds);
}

void AnswerLoop::Note(const Work& work, std::optional<ErrorCode> refusal, std::uint64_t microseconds) noexcept {
  statistics_.Note(refusal, microseconds);
  work.client->statistics.Note(refusal, microseconds);
}

std::optional<ErrorCode> AnswerLoop::Compute(const Work& work, gate::RingSlot& slot) {
  const Status allowed = calls_.Use();
  if (!allowed) {
    gate::PutFailure(allowed.error().code(), slot.answer);
    return allowed.error().code();
  }
  const std::optional<ErrorCode> refusal =
      model_->Answer(slot, work.client->ring.room(work.call.slot), work.client->number);
  calls_.Used(model_->gave_outputs());
  return refusal;
}

void AnswerLoop::AnswerWithReceipt(const Work& work, std::uint64_t number, gate::RingSlot& slot) {
  const bool answered_here = slot.receipt.load(std::memory_order_relaxed) == number + 1;
  const Result<Bytes> receipt = answered_here ? ReceiptOf(number, work.client->number)
                                              : Error(ErrorCode::kNotFound, "receipt: not of this slot's last call");
  if (receipt) {
    ServedModel::AnswerWithReceipt(receipt->view(), slot, work.client->ring.room(work.call.slot));
  } else {
    gate::PutFailure(receipt.error().code(), slot.answer);
  }
}

Result<Bytes> AnswerLoop::ReceiptOf(std::uint64_t number, gate::SessionNumber session) {
  ReceiptLog* const log = model_->receipts();
  if (log == nullptr) return Error(ErrorCode::kNotFound, "receipts: not of this product");
  for (;;) {
    EK_TRY_ASSIGN(const auto missing, log->Missing(number, session));
    if (!missing) return log->Make(number);
    EK_TRY_ASSIGN(const Bytes object, ledger_.Sign(*missing));
    EK_TRY(log->TakeSigned(object.view()));
  }
}

void AnswerLoop::Refuse(ErrorCode code) noexcept {
  const std::lock_guard lock(mutex_);
  refusal_ = code;
  for (const std::unique_ptr<Client>& client : clients_) {
    if (client != nullptr) client->ring.header().ended.store(std::to_underlying(code), std::memory_order_release);
  }
  Ring();
}

void AnswerLoop::LetGoOfEnded() {
  for (std::unique_ptr<Client>& client : clients_) {
    if (client != nullptr && client->ended) client.reset();
  }
  any_ended_ = false;
  model_->ForgetInputs();
  let_go_.notify_all();
}

std::unique_ptr<AnswerLoop::Client>* AnswerLoop::Find(gate::SessionNumber number) noexcept {
  const auto is_it = [&](const auto& client) { return client != nullptr && client->number == number; };
  const auto found = std::ranges::find_if(clients_, is_it);
  return found == clients_.end() ? nullptr : &*found;
}

Status AnswerLoop::Add(gate::SessionNumber number, gate::RingMemory ring) {
  const std::lock_guard lock(mutex_);
  // One that has ended and is still worked on is in the way of its number, too.
  if (Find(number) != nullptr) return Error(ErrorCode::kAlreadyExists, "session");
  const auto free = std::ranges::find_if(clients_, [](const auto& client) { return client == nullptr; });
  if (free == clients_.end()) return Error(ErrorCode::kBusy, "sessions of a cell");
  std::unique_ptr<Client> client(new (std::nothrow) Client(number, std::move(ring)));
  if (client == nullptr) return Error(ErrorCode::kNoMemory, "session");
  EK_TRY(turns_.Add(number, client->ring.header(), client->ring.num_slots()));
  // Another cell may have let go of it for a reason that is no more.
  const std::uint32_t ended = refusal_ ? std::to_underlying(*refusal_) : 0;
  client->ring.header().ended.store(ended, std::memory_order_release);
  // Receipts of another cell's calls are gone with it; their numbers may be others' here.
  for (gate::RingSlot& slot : client->ring.header().slots) slot.receipt.store(0, std::memory_order_relaxed);
  *free = std::move(client);
  Ring();
  return {};
}

Status AnswerLoop::Drop(gate::SessionNumber number) {
  const std::lock_guard lock(mutex_);
  EK_TRY(turns_.Remove(number));
  (*Find(number))->ended = true;
  any_ended_ = true;
  Ring();
  return {};
}

Status AnswerLoop::End(gate::SessionNumber number) {
  EK_TRY(Drop(number));
  std::unique_lock lock(mutex_);
  let_go_.wait(lock, [&] { return stopped_ || Find(number) == nullptr; });
  return {};
}

gate::CellStatistics AnswerLoop::Statistics() {
  gate::CellStatistics statistics;
  statistics.cell.calls = statistics_.Read();
  statistics.cell.latencies = latencies_.Read();
  statistics.cell.model_bytes = model_->plaintext_size();
  const std::lock_guard lock(mutex_);
  for (const SessionTurns::Session& session : turns_.sessions()) {
    const Client& client = **Find(session.number);
    statistics.cell.ring_bytes += gate::kRingDataOffset + client.ring.data_size();
    // There is room for as many as there can be sessions.
    EK_CHECK(statistics.sessions.PushBack({.number = session.number,
                                           .calls = client.statistics.Read(),
                                           .waiting = session.calls.NumWaiting(),
                                           .capacity = session.calls.num_slots()}));
  }
  return statistics;
}

}  // namespace edgekeep::cell
