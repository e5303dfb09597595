// Cells of the test's own: each is a thread at the other end of a ring.
#pragma once
#include <atomic>
#include <functional>
#include <list>
#include <mutex>
#include <thread>

#include "edgekeep/gate/app.h"
#include "edgekeep/gate/posix/ring_memory.h"
#include "fake_keep.h"

namespace edgekeep::client {

// The model that fake cells pretend to be: x float32 [-1, 4], k int64 [] → y float32 [-1, 4], n int64 [1].
gate::ModelInfo FakeModelInfo();

// What fake cells do by default: y = 2 x + k, n = number of rows. Writes outputs and answer, and raises the sequence.
void Compute(gate::RingMemory& ring);

// Compute without raising, so that the test can spoil the answer first.
void WriteAnswer(gate::RingMemory& ring);
void RaiseAnswer(gate::RingMemory& ring);

class FakeCells {
 public:
  // Called for each request on a ring.
  using Handler = std::function<void(gate::RingMemory& ring)>;

  explicit FakeCells(Handler handler = Compute) : handler_(std::move(handler)) {}

  FakeCells(const FakeCells&) = delete;
  FakeCells(FakeCells&&) = delete;
  FakeCells& operator=(const FakeCells&) = delete;
  FakeCells& operator=(FakeCells&&) = delete;
  ~FakeCells();

  // Starts a cell; what is returned goes to the application.
  struct Ends {
    gate::Descriptor ring;
    gate::Descriptor session;
  };

  Ends Start(std::uint64_t data_bytes);

  // Ends the session sockets of all cells, as the kernel does when a cell dies.
  void Kill();

  // Answers kOpenModel with a new cell.
  FakeKeep::Handler AsKeep();

 private:
  struct Cell {
    gate::RingMemory ring;
    gate::Descriptor session;
    std::thread thread;
  };

  void Work(Cell& cell);

  Handler handler_;
  std::atomic<bool> dead_ = false;
  std::mutex mutex_;  // guards cells_
  std::list<Cell> cells_;
};

}  // namespace edgekeep::client
