#include "losses.h"

#include <algorithm>
#include <array>
#include <csignal>

#include "edgekeep/base/writer.h"
#include "journal_words.h"

namespace edgekeep::keep {
namespace {

void WriteDown(ports::Journal& journal, const LostCell& lost, const ports::CellEnd& end) {
  const char* how = "the cell ended by itself, wiped";
  if (end.signal != 0)
    how = end.wiped ? "the cell crashed, wiped" : "the cell was ended, its memory left to the kernel";
  if (end.signal == 0 && !end.wiped) how = "the cell ended, nobody knows how";
  if (lost.hung) how = "the cell hung and was ended, its memory left to the kernel";
  std::array<std::uint8_t, 32 + ProductName::kMaxLength> buffer;
  Writer what(buffer);
  const auto write = [&]() -> Status {
    EK_TRY(what.WriteBytes(AsBytes("serve ")));
    return what.WriteBytes(AsBytes(lost.product.view()));
  };
  const ErrorCode code = lost.hung ? ErrorCode::kTimedOut : ErrorCode::kPeerGone;
  journal.NoteRefusal(write() ? AsText(what.written()) : "serve", Error(code, how));
}

UnixTime TimeNow(KeepState& state) {
  const std::lock_guard lock(state.mutex);
  return state.clock.Now().value_or(UnixTime{});
}

// Whoever else kills a cell, the kernel for want of memory too, says nothing about what it ran.
bool IsTheCellsOwn(const LostCell& lost, const ports::CellEnd& end) {
  return lost.hung || end.wiped || (end.signal != 0 && end.signal != SIGKILL);
}

void CountAgainstPreparedForm(KeepState& state, const ProductName& product, std::uint64_t seconds) {
  const std::lock_guard lock(state.mutex);
  ProductNote& note = state.NoteOf(product);
  if (note.prepared_form_set_aside()) return;
  if (seconds >= Crashes::kWell) note.prepared_form_crashes = 0;
  ++note.prepared_form_crashes;
  if (!note.prepared_form_set_aside()) return;
  NoteEvent(state.world.journal,
            {product.view(),
             ": cells that ran its prepared form crashed or hung again and again, it is opened from the "
             "canonical package from now on"});
}

}  // namespace

bool WasStopped(KeepState& state, const ServingCell& serving) {
  const std::lock_guard lock(state.mutex);
  return serving.desk->stage() == CellDesk::Stage::kStopped;
}

std::uint64_t NoteCrash(KeepState& state, const LostCell& lost) {
  const ports::CellEnd end = lost.cell.HowItEnded();
  WriteDown(state.world.journal, lost, end);
  const std::uint64_t now = state.world.clock.SecondsSinceStart().value_or(lost.started);
  if (lost.prepared && IsTheCellsOwn(lost, end))
    CountAgainstPreparedForm(state, lost.product, now - std::min(now, lost.started));
  return state.crashes.Note(lost.product, lost.started, now, {TimeNow(state), end});
}

std::uint64_t NoteLoss(KeepState& state, const ServingCell& lost) {
  if (WasStopped(state, lost)) return 0;
  return NoteCrash(state, {lost.served.product, lost.started, lost.prepared, *lost.cell});
}

}  // namespace edgekeep::keep
