#include "tend_cells.h"

#include <algorithm>

#include "losses.h"
#include "retire.h"
#include "start_serving.h"

namespace edgekeep::keep {
namespace {

using Calls = ports::SessionLine::Calls;

// While a crashed cell's successor is not due, calls that come meanwhile are told so within this time.
constexpr int kLookMs = 100;
// A successor that could not be started, for want of a place or memory, is tried again then.
constexpr std::uint64_t kAgainSeconds = 5;

void Refuse(const Move& move, Calls calls, ErrorCode code) {
  for (const Seat& seat : move.seats()) seat.line->Refuse(calls, code);
}

bool MayPass(ErrorCode code) {
  return code == ErrorCode::kBusy || code == ErrorCode::kNoMemory || code == ErrorCode::kTimedOut ||
         code == ErrorCode::kPeerGone;
}

ErrorCode WhyLost(KeepState& state, const ServingCell& lost) {
  return WasStopped(state, lost) ? ErrorCode::kExpired : ErrorCode::kPeerGone;
}

// True when it is lost and nobody has taken notice of that.
bool TakeNoticeOfLoss(KeepState& state, const ServingCell& cell, std::size_t place) {
  if (!state.cells.TakeLoss(place)) return false;
  state.cells.PutOff(place, NoteLoss(state, cell));
  return true;
}

Result<ServingCell> StartSuccessor(KeepState& state, const ServingCell& former) {
  EK_TRY_ASSIGN(const Installation found, Decide(state, former.served.product));
  const Result<std::uint32_t> threads = ThreadsFor(state.settings, found, former.threads);
  EK_TRY_ASSIGN(const std::uint32_t allowed, threads ? threads : ThreadsFor(state.settings, found, 0));
  EK_TRY_ASSIGN(ServingCell next, StartServing(state, found, allowed));
  if (!(next.model == former.model)) return Error(ErrorCode::kWrongVersion, "inputs or outputs are not the same");
  return next;
}

// True when the cell has let go of the session's ring; one that it does not know it has let go of already. Otherwise
// the cell is gone when this returns.
bool LetsGo(ports::Cell& cell, gate::SessionNumber number) {
  const Status ended = EndSession(cell, number);
  if (ended || ended.error().code() == ErrorCode::kNotFound) return true;
  static_cast<void>(cell.HowItEnded());
  return false;
}

// What the former cell took it has answered when it lets go of a ring; the counters there tell the next one where to
// go on.
void MoveSeats(KeepState& state, Move& move, ServingCell next) {
  move.BeginHandOver();
  ports::Cell& former = *move.cell().cell;
  bool lost = move.is_lost();
  for (Seat& seat : move.seats()) {
    lost = lost || !LetsGo(former, seat.number);
    if (lost) seat.line->Refuse(Calls::kBegun, WhyLost(state, move.cell()));
    if (!AddSession(*next.cell, seat.number, *seat.line)) move.GiveUp(seat);
  }
  TakeNoticeOfLoss(state, move.cell(), move.place());
  move.Finish(std::move(next));
}

// In how many milliseconds there is more to do for this place.
int Replace(KeepState& state, Move& move, std::uint64_t now) {
  Result<ServingCell> next = StartSuccessor(state, move.cell());
  if (next) {
    MoveSeats(state, move, *std::move(next));
    return ServingCells::kNothing;
  }
  state.world.journal.NoteRefusal(move.is_lost() ? "start a cell after a crash" : "start a new version's cell",
                                  next.error());
  if (MayPass(next.error().code())) {
    move.PutOff(now + kAgainSeconds);
    return kLookMs;
  }
  if (move.is_lost()) {
    Refuse(move, Calls::kAll, WhyLost(state, move.cell()));
    move.GiveUp();
  } else {
    move.Stay();
  }
  return ServingCells::kNothing;
}

// The call that a lost cell was at is never computed again; those that wait are, by the next cell.
int Tend(KeepState& state, const ServingCells::Need& need, std::uint64_t now) {
  if (const std::optional<CellVisit> visit = state.cells.Visit(need.place)) {
    TakeNoticeOfLoss(state, visit->cell(), need.place);
  }
  std::optional<Move> move = state.cells.BeginMove(need.place);
  if (!move) return kLookMs;
  if (need.lost) Refuse(*move, Calls::kBegun, WhyLost(state, move->cell()));
  if (now >= move->due() && state.crashes.CheckMayStart(need.product, now)) return Replace(state, *move, now);
  if (need.lost) Refuse(*move, Calls::kAll, ErrorCode::kBusy);
  return kLookMs;
}

// Of products that are to be served from the start on.
void StartAtBoot(KeepState& state, const ProductName& product) {
  const auto start = [&]() -> Status {
    EK_TRY_ASSIGN(const Installation found, Decide(state, product));
    EK_TRY_ASSIGN(std::optional<CellUse> use, state.cells.JoinIfFirst(ServedBy(found.record(), found.licence)));
    if (!use) return {};
    EK_TRY_ASSIGN(const std::uint32_t threads, ThreadsFor(state.settings, found, 0));
    EK_TRY_ASSIGN(ServingCell cell, StartServing(state, found, threads));
    cell.awaits_first_session = true;
    use->Started(std::move(cell));
    return {};
  };
  const Status started = start();
  if (started) return;
  state.world.journal.NoteRefusal("start at boot", started.error());
  const std::lock_guard lock(state.mutex);
  state.NoteOf(product).boot_failed = true;
}

std::optional<ProductName> TakeBootDue(KeepState& state) {
  const std::lock_guard lock(state.mutex);
  const auto found = std::ranges::find(state.notes, true, &ProductNote::boot_due);
  if (found == state.notes.end()) return std::nullopt;
  found->boot_due = false;
  return found->product;
}

int Sooner(int a, int b) {
  if (a < 0 || b < 0) return std::max(a, b);
  return std::min(a, b);
}

}  // namespace

int TendCells(KeepState& state) {
  while (const std::optional<ProductName> product = TakeBootDue(state)) StartAtBoot(state, *product);
  int next_ms = ServingCells::kNothing;
  for (std::size_t place = 0; place < ServingCells::kMost; ++place) {
    const std::optional<ServingCells::Need> need = state.cells.NeedOf(place);
    if (!need) continue;
    const std::uint64_t now = state.world.clock.SecondsSinceStart().value_or(0);
    next_ms = Sooner(next_ms, Tend(state, *need, now));
  }
  static_cast<void>(EndCellsIfRetiring(state).has_value());
  return next_ms;
}

}  // namespace edgekeep::keep
