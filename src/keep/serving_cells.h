// ServingCells: which cell serves what. Sessions of one install share its cell.
#pragma once
#include <array>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "edgekeep/base/ids.h"
#include "edgekeep/gate/cell_sessions.h"
#include "edgekeep/gate/tensor.h"
#include "edgekeep/ports/cell_host.h"

namespace edgekeep::keep {

// One install of one product. Installing the same version once more is another install.
struct Served {
  ProductName product;
  Digest install;  // header digest of its canonical slot file

  bool operator==(const Served&) const = default;
};

// A cell that has its model loaded.
struct ServingCell {
  Served served;
  Version version;
  gate::ModelInfo model;
  std::unique_ptr<ports::Cell> cell;
};

class ServingCells;

// One use of one cell, mostly a session's: while there are any, the cell goes on.
class CellUse {
 public:
  CellUse(CellUse&& other) noexcept : cells_(std::exchange(other.cells_, nullptr)), place_(other.place_) {}

  CellUse& operator=(CellUse&&) = delete;
  ~CellUse();

  // Null as long as the cell is still to be started, which is then for the holder of this use alone to do.
  ServingCell* cell() const noexcept;
  void Started(ServingCell cell) noexcept;

 private:
  friend class ServingCells;

  CellUse(ServingCells& cells, std::size_t place) noexcept : cells_(&cells), place_(place) {}

  ServingCells* cells_;
  std::size_t place_;
};

// Any number of threads; one of them collects.
class ServingCells {
 public:
  // More than can be started at a time: some are ending.
  static constexpr std::size_t kMost = 16;

  // Joins the cell that serves `served`, or that somebody else is just starting; waits for that. Where there is none,
  // the caller is to start it. Fails with kBusy.
  Result<CellUse> Join(const Served& served);

  gate::SessionNumber NewSessionNumber() noexcept { return ++last_session_; }

  // Ends for good the cells without a use that have ended by themselves, or have not in good time. True while there is
  // one more to come. `now` in seconds of a clock that nobody turns. To be called often, by one thread.
  bool Collect(std::uint64_t now);

 private:
  friend class CellUse;

  enum class State : std::uint8_t { kFree, kStarting, kServing, kEnding };

  struct Place {
    State state = State::kFree;
    std::uint32_t uses = 0;
    Served served;  // while it is started; then the cell says it
    std::optional<ServingCell> cell;
    std::optional<std::uint64_t> ending_since;
  };

  std::optional<std::size_t> FindToJoin(const Served& served);
  void Leave(std::size_t place) noexcept;

  std::atomic<gate::SessionNumber> last_session_ = 0;
  std::mutex mutex_;  // guards everything below; not held while a cell starts, works or is ended
  std::condition_variable changed_;
  std::array<Place, kMost> places_;
};

}  // namespace edgekeep::keep
