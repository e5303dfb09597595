// An application's end of one session with a cell under test.
#pragma once
#include <optional>
#include <vector>

#include "edgekeep/gate/posix/channel.h"
#include "edgekeep/gate/posix/ring_memory.h"
#include "order_taker.h"

namespace edgekeep::cell {

class TestSession {
 public:
  // A ring and a socket pair, of which the cell is given its end; a copy stays here, as with the keep.
  static Result<TestSession> Open(OrderTaker& cell, gate::SessionNumber number, std::uint32_t num_slots = 1);

  // Gives the same ring to a cell, as a session of that number.
  Status JoinTo(OrderTaker& cell, gate::SessionNumber number);

  // Calls with one float input, and returns the first output.
  Result<std::vector<float>> Call(const std::vector<float>& x, std::initializer_list<std::int64_t> shape);
  // Calls with inputs that stand in the first slot's room.
  Result<gate::TensorPlaces> CallWith(const gate::TensorPlaces& inputs);
  // The first half of Call, in any slot.
  Status StartCall(const std::vector<float>& x, std::initializer_list<std::int64_t> shape, std::size_t slot = 0);
  // The second half.
  Result<std::vector<float>> Await(std::size_t slot = 0, int timeout_ms = 30'000);

  gate::RingMemory& ring() { return *ring_; }

  int socket() const { return ours_.fd(); }

  void HangUp() { ours_ = gate::Channel(); }

 private:
  std::optional<gate::RingMemory> ring_;
  gate::Channel ours_;
  gate::Channel cells_;
};

}  // namespace edgekeep::cell
