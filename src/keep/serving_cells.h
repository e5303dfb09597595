// ServingCells: which cell serves what. Sessions of one install share its cell, and move together to another one.
#pragma once
#include <array>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <utility>

#include "cell_desk.h"
#include "edgekeep/base/ids.h"
#include "edgekeep/base/inline_vector.h"
#include "edgekeep/gate/cell_sessions.h"
#include "edgekeep/gate/frame.h"
#include "edgekeep/gate/statistics.h"
#include "edgekeep/gate/tensor.h"
#include "edgekeep/ports/cell_host.h"
#include "edgekeep/ports/session_host.h"
#include "edgekeep/ports/store.h"

namespace edgekeep::keep {

// One install of one product under one licence. Installing the same version once more is another install.
struct Served {
  ProductName product;
  Digest install;              // header digest of its canonical slot file
  formats::LicenceId licence;  // which renewals keep

  bool operator==(const Served&) const = default;
};

// What a cell is told of its licence's end. For the one thread that looks after licences.
struct LicenceOrder {
  std::optional<gate::Command> command;  // none: nothing is under way
  bool posted = false;
  std::uint64_t due = 0;  // by then the cell has taken it, or is ended; of the clock of Collect
};

// A cell that has its model loaded.
struct ServingCell {
  Served served;
  Version version;
  gate::ModelInfo model;
  std::uint8_t provider = 0;
  bool prepared = false;  // what it loaded is the prepared form
  // They end from the last to the first: a ledger is served until its cell is gone.
  std::unique_ptr<CellDesk> desk;
  std::unique_ptr<ports::Ledger> ledger;
  std::unique_ptr<ports::Cell> cell;
  std::uint32_t threads = 0;
  std::uint32_t linger_seconds = 0;   // it stays for so long without a session
  bool awaits_first_session = false;  // and for ever before the first
  std::uint64_t started = 0;          // seconds of the clock of Collect
  LicenceOrder licence_order = {};
};

// A session's place at a cell.
struct Seat {
  gate::SessionNumber number = 0;
  ports::SessionLine* line = nullptr;
  std::uint32_t user = 0;
  std::uint64_t since = 0;  // seconds of the clock of Collect
  bool over = false;        // no cell can serve it any more
};

// What a place shows to who watches.
struct CellFacts {
  struct Sitter {
    gate::SessionNumber number = 0;
    std::uint32_t user = 0;
    std::uint64_t since = 0;
  };

  ProductName product;
  Version version;
  gate::CellState state = gate::CellState::kStarting;
  std::uint64_t started = 0;
  std::uint32_t threads = 0;
  InlineVector<Sitter, gate::kMaxSessionsOfCell> sitters;
};

class ServingCells;

// One use of one cell, mostly a session's: while there are any, the cell goes on.
class CellUse {
 public:
  CellUse(CellUse&& other) noexcept
      : cells_(std::exchange(other.cells_, nullptr)),
        place_(other.place_),
        number_(other.number_),
        line_(std::move(other.line_)) {}

  CellUse& operator=(CellUse&&) = delete;
  // Waits for nothing. While sessions are being moved, the line ends with the move.
  ~CellUse();

  // Null as long as the cell is still to be started, which is then for the holder of this use alone to do. Until Sit
  // nobody takes it away.
  ServingCell* cell() const noexcept;
  void Started(ServingCell cell) noexcept;

  // From now on the session moves with the others. Fails with kBusy.
  Status Sit(Seat seat, std::unique_ptr<ports::SessionLine> line);

  // Of a session that sits.
  ports::SessionLine& line() const noexcept { return *line_; }

  // Hangs up when the cell has ended; -1 while that is known, or there is none.
  int end_signal() const noexcept;
  // True when the session has lost its cell and gets no other.
  bool over() const noexcept;

 private:
  friend class ServingCells;

  CellUse(ServingCells& cells, std::size_t place) noexcept : cells_(&cells), place_(place) {}

  ServingCells* cells_;
  std::size_t place_;
  gate::SessionNumber number_ = 0;  // once it sits
  std::unique_ptr<ports::SessionLine> line_;
};

// A look at one cell, by who gives it an order but is no session. It keeps the cell from going, not from ending.
class CellVisit {
 public:
  CellVisit(CellVisit&& other) noexcept : cells_(std::exchange(other.cells_, nullptr)), place_(other.place_) {}

  CellVisit& operator=(CellVisit&&) = delete;
  ~CellVisit();

  ServingCell& cell() const noexcept;

 private:
  friend class ServingCells;

  CellVisit(ServingCells& cells, std::size_t place) noexcept : cells_(&cells), place_(place) {}

  ServingCells* cells_;
  std::size_t place_;
};

// The sessions of one place at rest: nobody joins, and the lines of those who leave stay, until this ends. For the one
// thread that tends cells.
class Move {
 public:
  Move(Move&& other) noexcept : cells_(std::exchange(other.cells_, nullptr)), place_(other.place_) {}

  Move& operator=(Move&&) = delete;
  ~Move();

  ServingCell& cell() const noexcept;
  std::span<Seat> seats() const noexcept;

  std::size_t place() const noexcept { return place_; }

  bool is_lost() const noexcept;
  // Since when another cell may be started.
  std::uint64_t due() const noexcept;
  // Another start of a lost cell's successor is not due before `when`.
  void PutOff(std::uint64_t when) noexcept;
  // From now on nobody looks at the cell either. Waits for those who do.
  void BeginHandOver() noexcept;
  // The seats are `next`'s from now on; the former cell ends. After BeginHandOver.
  void Finish(ServingCell next) noexcept;
  // No cell will serve the sessions any more, or this one of them.
  void GiveUp() noexcept;
  void GiveUp(Seat& seat) noexcept;
  // They go on as they are, whatever was installed before the move began.
  void Stay() noexcept;

 private:
  friend class ServingCells;

  Move(ServingCells& cells, std::size_t place) noexcept : cells_(&cells), place_(place) {}

  ServingCells* cells_;
  std::size_t place_;
};

// Any number of threads; one of them collects, one tends.
class ServingCells {
 public:
  // More than can be started at a time: some are ending.
  static constexpr std::size_t kMost = 16;
  static constexpr int kNothing = -1;

  // Joins the cell that serves `served`, or that somebody else is just starting, moving or replacing; waits for that.
  // Where there is none, the caller is to start it. Fails with kBusy.
  Result<CellUse> Join(const Served& served);

  // Where there is none, nor one to come, the caller is to start it. Waits for nothing: for who tends cells, of whom
  // others wait that a lost one is replaced. Fails with kBusy.
  Result<std::optional<CellUse>> JoinIfFirst(const Served& served);

  // The cell at a place below kMost, if one serves there, though it be about to be replaced: to look at all of them.
  std::optional<CellVisit> Visit(std::size_t place) noexcept;

  // None for a place where nothing is.
  std::optional<CellFacts> FactsOf(std::size_t place) const noexcept;

  gate::SessionNumber NewSessionNumber() noexcept { return ++last_session_; }

  // Hears of cells that nobody uses any more and that had ended unasked; the cell is there while it is told.
  class LossListener {
   public:
    virtual void TakeNotice(const ServingCell& lost) = 0;

   protected:
    ~LossListener() = default;
  };

  // Ends for good the cells without a use that have ended by themselves, or have not in good time, and those that had
  // no session for too long. Returns in how many milliseconds there may be more to do, or kNothing. `now` in seconds
  // of a clock that nobody turns. By one thread.
  int Collect(std::uint64_t now, LossListener& listener);

  // Has one cell without sessions end, for its place; waits shortly until it is gone. False where there is none.
  bool GiveUpIdle();

  // Sessions with another install of the product are to move, and cells without sessions to end: those that serve now,
  // and those that are only being started, or will be by who has decided already.
  void NoteInstalled(const Served& installed) noexcept;

  // Whether a cell was found lost, by whoever looked first, of which who tends has not heard.
  bool AnyUntendedLoss() const noexcept;

  // By the one thread that tends. What is to be done at a place, if anything: its cell was lost, or its product was
  // installed anew.
  struct Need {
    std::size_t place = 0;
    bool lost = false;
    ProductName product;
  };

  std::optional<Need> NeedOf(std::size_t place) noexcept;
  // True once for each cell that was lost, for whoever comes first: it has to take notice.
  bool TakeLoss(std::size_t place) noexcept;
  // Another start of a lost cell's successor is not due before `when`.
  void PutOff(std::size_t place, std::uint64_t when) noexcept;
  // Waits until those who are just joining have joined. None where there is nothing to move any more.
  std::optional<Move> BeginMove(std::size_t place);

 private:
  friend class CellUse;
  friend class CellVisit;
  friend class Move;

  enum class State : std::uint8_t { kFree, kStarting, kServing, kEnding };

  using Lines = std::array<std::unique_ptr<ports::SessionLine>, gate::kMaxSessionsOfCell>;

  struct Place {
    State state = State::kFree;
    bool moving = false;
    bool handing_over = false;
    bool outdated = false;  // its product was installed anew
    bool lost = false;      // its cell ended unasked
    bool told = false;      // that it is lost
    std::uint32_t uses = 0;
    std::uint32_t visits = 0;
    std::uint64_t due = 0;
    std::optional<Served> latest_before_move;
    Served served;  // while it is started; then the cell says it
    std::optional<ServingCell> cell;
    std::optional<std::uint64_t> idle_since;
    std::optional<std::uint64_t> ending_since;
    std::optional<ServingCell> former;  // whose sessions moved
    InlineVector<Seat, gate::kMaxSessionsOfCell> seats;
    Lines left;  // of the seats whose sessions left during a move
  };

  std::optional<std::size_t> FindToJoin(const Served& served);
  Result<CellUse> JoinFirst(const Served& served);
  void Leave(std::size_t place, gate::SessionNumber number, std::unique_ptr<ports::SessionLine>& line) noexcept;
  static void Unseat(Place& place, std::size_t seat) noexcept;
  static void EndUse(Place& place) noexcept;
  void EndMove(std::size_t place) noexcept;
  bool IsEnding(Place& place, std::uint64_t now) noexcept;

  struct Ended {
    ServingCell cell;
    bool lost = false;  // and nobody has been told
  };

  // What of a place ends for good now.
  std::optional<Ended> TakeEnded(Place& place, std::uint64_t now, int& next_ms);
  static void AskToEnd(Place& place) noexcept;
  static gate::CellState StateOf(const Place& place) noexcept;
  std::optional<Served> LatestOf(const ProductName& product) const noexcept;
  bool IsOutdated(const Served& served) const noexcept;

  std::atomic<gate::SessionNumber> last_session_ = 0;
  mutable std::mutex mutex_;  // guards everything below; not held while a cell starts, works or is ended
  std::condition_variable changed_;
  std::array<Place, kMost> places_;
  InlineVector<Served, ports::kMaxStoredProducts> installed_;  // since the keep began, the last of each product
};

}  // namespace edgekeep::keep
