// AnswerLoop: the calls of all sessions of a cell, answered one after another.
#pragma once
#include <array>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

#include "counted_calls.h"
#include "edgekeep/cell/call_statistics.h"
#include "edgekeep/cell/served_model.h"
#include "edgekeep/cell/session_turns.h"
#include "edgekeep/gate/posix/ring_memory.h"

namespace edgekeep::cell {

// One thread runs it; another one adds and ends sessions meanwhile, and reads the counts.
class AnswerLoop {
 public:
  // Calls are drawn and receipts signed over `ledger`.
  explicit AnswerLoop(ServedModel& model, Ledger ledger = {}) noexcept
      : model_(&model), ledger_(std::move(ledger)), calls_(ledger_) {}

  AnswerLoop(const AnswerLoop&) = delete;
  AnswerLoop& operator=(const AnswerLoop&) = delete;

  // Answers until Stop; then nothing more is drawn, and what was not used goes back.
  void Run();
  void Stop() noexcept;

  // From now on calls are answered only if the keep lets them be.
  void BoundCalls() noexcept { calls_.Bind(); }

  // Calls that are not begun yet are answered with `code`, and every session is told that it is over.
  void Refuse(ErrorCode code) noexcept;

  // Fails with kAlreadyExists, kBusy or kNoMemory.
  Status Add(gate::SessionNumber number, gate::RingMemory ring);
  // No further call of the session is begun; its ring is unmapped once nothing works on it. Fails with kNotFound.
  Status Drop(gate::SessionNumber number);
  // The same, and waits until the ring is unmapped: for as long as the call under way takes.
  Status End(gate::SessionNumber number);

  // All but what is known elsewhere: the memory.
  gate::CellStatistics Statistics();

 private:
  struct Client {
    Client(gate::SessionNumber its_number, gate::RingMemory its_ring) noexcept
        : number(its_number), ring(std::move(its_ring)) {}

    gate::SessionNumber number;
    gate::RingMemory ring;
    CallStatistics statistics;
    bool ended = false;
  };

  struct Work {
    gate::SubmittedCalls::Call call;
    Client* client = nullptr;
    std::optional<ErrorCode> refusal;
  };

  std::optional<Work> NextCall(gate::SpinMemory& spin);
  void Answer(const Work& work);
  void AnswerWithOutputs(const Work& work, gate::RingSlot& slot);
  void Note(const Work& work, std::optional<ErrorCode> refusal, std::uint64_t microseconds) noexcept;
  std::optional<ErrorCode> Compute(const Work& work, gate::RingSlot& slot);
  void AnswerWithReceipt(const Work& work, std::uint64_t number, gate::RingSlot& slot);
  Result<Bytes> ReceiptOf(std::uint64_t number, gate::SessionNumber session);
  void SleepUntilABellRings(std::unique_lock<std::mutex>& lock, gate::SpinMemory& spin);
  void LetGoOfEnded();
  std::unique_ptr<Client>* Find(gate::SessionNumber number) noexcept;

  void Ring() noexcept { gate::Raise(bell_, waiting_); }

  ServedModel* model_;
  Ledger ledger_;
  CountedCalls calls_;
  CallStatistics statistics_;
  LatencyHistogram latencies_;
  // Rung when there is something to do besides calls.
  std::atomic<std::uint32_t> bell_ = 0;
  std::atomic<std::uint32_t> waiting_ = 0;

  std::mutex mutex_;  // guards everything below; not held while a call is answered or a bell waited for
  std::condition_variable let_go_;
  SessionTurns turns_;
  std::array<std::unique_ptr<Client>, gate::kMaxSessionsOfCell> clients_;
  bool any_ended_ = false;
  bool stopping_ = false;
  std::optional<ErrorCode> refusal_;
  bool stopped_ = false;
};

}  // namespace edgekeep::cell
