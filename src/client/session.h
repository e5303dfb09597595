// Session: the application's end of one ring, and of the socket that tells that the cell lives.
#pragma once
#include <optional>

#include "answer.h"
#include "deadline.h"
#include "edgekeep/gate/posix/ring_memory.h"

namespace edgekeep::client {

// One call at a time. Everything the cell can write is taken once and checked. A session that broke (the cell ended, or
// answers nonsense) repeats that refusal from then on; one that timed out heals when the late answer comes.
class Session {
 public:
  // Fails with kMalformed when `ring` is no ring.
  static Result<Session> Start(gate::Descriptor ring, gate::Descriptor socket);

  // Waits for the late answer of an earlier call, if there is one; the ring may be written afterwards.
  Outcome Settle(const Deadline& deadline);

  // Hands `inputs`, whose bytes stand in data(), to the cell and returns the places of its outputs, each inside data().
  // Requires Settle. Fails with the cell's refusal, kTimedOut, kPeerGone or kMalformed.
  Answer<gate::TensorPlaces> Call(const gate::TensorPlaces& inputs, const Deadline& deadline);

  MutableByteView data() noexcept { return ring_.data(); }

  std::uint64_t data_size() const noexcept { return ring_.data_size(); }

 private:
  Session(gate::RingMemory ring, gate::Descriptor socket) noexcept;

  Outcome AwaitAnswer(const Deadline& deadline);
  Answer<gate::TensorPlaces> TakeAnswer();
  gate::Failure Break(const gate::Failure& failure);

  gate::RingMemory ring_;
  gate::Descriptor socket_;
  std::uint32_t answers_seen_;
  std::uint32_t spin_us_;
  bool awaiting_ = false;
  std::optional<gate::Failure> broken_;
};

}  // namespace edgekeep::client
