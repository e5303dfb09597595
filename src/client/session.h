// Session: the application's end of one ring, and of the socket that tells that the cell lives.
#pragma once
#include <array>
#include <condition_variable>
#include <mutex>
#include <optional>

#include "answer.h"
#include "deadline.h"
#include "edgekeep/gate/posix/ring_memory.h"

namespace edgekeep::client {

// Calls, each in a slot of its own. Any number of threads; a slot belongs to one at a time. Everything the cell can
// write is taken once and checked. A session that broke (the cell ended, or answers nonsense) repeats that refusal from
// then on. A slot whose call was given up comes back when the cell is done with it.
class Session {
 public:
  using Slot = std::size_t;

  // Fails with kMalformed when `ring` is no ring, with kNoMemory.
  static Result<std::unique_ptr<Session>> Start(gate::Descriptor ring, gate::Descriptor socket);

  // Takes a free slot, or waits for one. Fails with kTimedOut; with kBusy by a deadline that does not wait.
  Answer<Slot> Take(const Deadline& deadline);
  // Gives a slot back; a call that still is under way there is given up.
  void GiveBack(Slot slot);

  // Where the inputs and outputs of a slot's call lie.
  MutableByteView room(Slot slot) noexcept { return ring_.room(slot); }

  // Hands `inputs`, whose bytes stand in the slot's room, to the cell.
  void Submit(Slot slot, const gate::TensorPlaces& inputs);
  // Fails where the session broke.
  Outcome CheckWhole();
  // Waits for the slot's answer, and returns the places of its outputs, each inside the room. Fails with the cell's
  // refusal, kPeerGone or kMalformed; with kTimedOut, after which it may be waited for again.
  Answer<gate::TensorPlaces> Await(Slot slot, const Deadline& deadline);

  // Asks for the receipt that `number` names, in a slot that was taken and has no call under way; Await waits for it.
  void SubmitReceiptRequest(Slot slot, std::uint64_t number);
  // The number by which the receipt of a slot's answered call can be asked for. Fails with kNotFound when it has none.
  Answer<std::uint64_t> ReceiptNumber(Slot slot);

  std::uint64_t room_size() const noexcept { return ring_.room_size(); }

  std::uint32_t num_slots() const noexcept { return ring_.num_slots(); }

 private:
  enum class Use : std::uint8_t { kFree, kTaken, kUnderWay, kGivenUp };

  struct State {
    Use use = Use::kFree;
    std::uint32_t number = 0;  // of the last call
    gate::WaitMemory spin{0};  // of whoever has the slot
  };

  Session(gate::RingMemory ring, gate::Descriptor socket) noexcept;

  gate::RingSlot& shared(Slot slot) noexcept { return ring_.header().slots[slot]; }

  Answer<std::optional<Slot>> FindFree();
  // True when the cell is done with the slot's last call.
  Answer<bool> IsAnswered(Slot slot);
  void WaitForFree(std::unique_lock<std::mutex>& lock, const Deadline& deadline);
  Outcome AwaitAnswer(Slot slot, const Deadline& deadline);
  void RaiseSubmitted(Slot slot, std::uint64_t wanted_receipt);
  Answer<gate::TensorPlaces> TakeAnswer(Slot slot);
  gate::Failure Break(const gate::Failure& failure);
  // Breaks with what the cell said of its end, where it said something.
  gate::Failure BreakOff(const Error& error);

  gate::RingMemory ring_;
  gate::Descriptor socket_;
  std::mutex mutex_;  // guards the slots' use, and what follows
  std::condition_variable given_back_;
  std::size_t next_ = 0;
  std::optional<gate::Failure> broken_;
  std::array<State, gate::kMaxSlots> slots_;
};

}  // namespace edgekeep::client
