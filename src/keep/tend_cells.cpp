#include "tend_cells.h"

#include <algorithm>

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

void NoteCrash(KeepState& state, const ProductName& product, const ports::CellEnd& end) {
  const char* how = "the cell ended by itself, wiped";
  if (end.signal != 0)
    how = end.wiped ? "the cell crashed, wiped" : "the cell was ended, its memory left to the kernel";
  if (end.signal == 0 && !end.wiped) how = "the cell ended, nobody knows how";
  std::array<std::uint8_t, 32 + ProductName::kMaxLength> buffer;
  Writer what(buffer);
  const auto write = [&]() -> Status {
    EK_TRY(what.WriteBytes(AsBytes("serve ")));
    return what.WriteBytes(AsBytes(product.view()));
  };
  state.world.journal.NoteRefusal(write() ? AsText(what.written()) : "serve", Error(ErrorCode::kPeerGone, how));
}

UnixTime TimeNow(KeepState& state) {
  const std::lock_guard lock(state.mutex);
  return state.clock.Now().value_or(UnixTime{});
}

// True when the keep itself ended it, for its licence was over.
bool WasStopped(KeepState& state, const ServingCell& serving) {
  const std::lock_guard lock(state.mutex);
  return serving.desk->stage() == CellDesk::Stage::kStopped;
}

ErrorCode WhyLost(KeepState& state, const ServingCell& lost) {
  return WasStopped(state, lost) ? ErrorCode::kExpired : ErrorCode::kPeerGone;
}

// The call that the cell was at is never computed again; those that wait are, by the next cell.
std::uint64_t TakeNoticeOfLoss(KeepState& state, const Move& move, std::uint64_t now) {
  const ServingCell& lost = move.cell();
  if (WasStopped(state, lost)) {
    Refuse(move, Calls::kBegun, ErrorCode::kExpired);
    return now;
  }
  const ports::CellEnd end = lost.cell->HowItEnded();
  NoteCrash(state, lost.served.product, end);
  Refuse(move, Calls::kBegun, ErrorCode::kPeerGone);
  return state.crashes.Note(lost.served.product, lost.started, now, {TimeNow(state), end});
}

Result<ServingCell> StartSuccessor(KeepState& state, const ServingCell& former) {
  EK_TRY_ASSIGN(const Installation found, Decide(state, former.served.product));
  const Result<std::uint32_t> threads = ThreadsFor(state.settings, found.record().policy, former.threads);
  EK_TRY_ASSIGN(const std::uint32_t allowed, threads ? threads : ThreadsFor(state.settings, found.record().policy, 0));
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

int Tend(KeepState& state, const ServingCells::Need& need, std::uint64_t now) {
  std::optional<Move> move = state.cells.BeginMove(need.place);
  if (!move) return kLookMs;
  std::uint64_t due = need.due;
  if (need.is_new) {
    due = TakeNoticeOfLoss(state, *move, now);
    move->PutOff(due);
  }
  if (now >= due) return Replace(state, *move, now);
  if (need.lost) Refuse(*move, Calls::kAll, ErrorCode::kBusy);
  return kLookMs;
}

// Of products that are to be served from the start on.
void StartAtBoot(KeepState& state, const ProductName& product) {
  const auto start = [&]() -> Status {
    EK_TRY_ASSIGN(const Installation found, Decide(state, product));
    EK_TRY_ASSIGN(std::optional<CellUse> use, state.cells.JoinIfFirst(ServedBy(found.record())));
    if (!use) return {};
    EK_TRY_ASSIGN(const std::uint32_t threads, ThreadsFor(state.settings, found.record().policy, 0));
    EK_TRY_ASSIGN(ServingCell cell, StartServing(state, found, threads));
    cell.awaits_first_session = true;
    use->Started(std::move(cell));
    return {};
  };
  const Status started = start();
  if (!started) state.world.journal.NoteRefusal("start at boot", started.error());
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
  return next_ms;
}

}  // namespace edgekeep::keep
