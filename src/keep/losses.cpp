#include "losses.h"

#include <algorithm>
#include <array>
#include <csignal>

#include "edgekeep/base/writer.h"
#include "journal_words.h"

namespace edgekeep::keep {
namespace {

void WriteDown(ports::Journal& journal, const ProductName& product, const Error& how) {
  std::array<std::uint8_t, 32 + ProductName::kMaxLength> buffer;
  Writer what(buffer);
  const auto write = [&]() -> Status {
    EK_TRY(what.WriteBytes(AsBytes("serve ")));
    return what.WriteBytes(AsBytes(product.view()));
  };
  journal.NoteRefusal(write() ? AsText(what.written()) : "serve", how);
}

const char* HowItEnded(const ports::CellEnd& end) {
  const char* how = "the cell ended by itself, wiped";
  if (end.signal != 0)
    how = end.wiped ? "the cell crashed, wiped" : "the cell was ended, its memory left to the kernel";
  if (end.signal == 0 && !end.wiped) how = "the cell ended, nobody knows how";
  return how;
}

UnixTime TimeNow(KeepState& state) {
  const std::lock_guard lock(state.mutex);
  return state.clock.Now().value_or(UnixTime{});
}

// Whoever kills a cell, the kernel for want of memory too, says nothing about what it ran.
bool IsTheCellsOwn(const ports::CellEnd& end) {
  return end.wiped || (end.signal != 0 && end.signal != SIGKILL);
}

void NoteSetAside(KeepState& state, const ProductName& product, std::string_view why) {
  NoteEvent(state.world.journal, {product.view(), ": cells that ran its prepared form ", why,
                                  ", it is opened from the canonical package from now on"});
}

void CountAgainstPreparedForm(KeepState& state, const ProductName& product, std::uint64_t seconds) {
  const std::lock_guard lock(state.mutex);
  ProductNote& note = state.NoteOf(product);
  if (note.prepared_form_set_aside()) return;
  if (seconds >= Crashes::kWell) note.prepared_form_crashes = 0;
  ++note.prepared_form_crashes;
  if (note.prepared_form_set_aside()) NoteSetAside(state, product, "crashed again and again");
}

}  // namespace

bool WasStopped(KeepState& state, const ServingCell& serving) {
  const std::lock_guard lock(state.mutex);
  return serving.desk->stage() == CellDesk::Stage::kStopped;
}

std::uint64_t NoteCrash(KeepState& state, const LostCell& lost) {
  const ports::CellEnd end = lost.cell.HowItEnded();
  WriteDown(state.world.journal, lost.product, Error(ErrorCode::kPeerGone, HowItEnded(end)));
  const std::uint64_t now = state.world.clock.SecondsSinceStart().value_or(lost.started);
  if (lost.prepared && IsTheCellsOwn(end))
    CountAgainstPreparedForm(state, lost.product, now - std::min(now, lost.started));
  return state.crashes.Note(lost.product, lost.started, now, {TimeNow(state), end});
}

void NoteSlowForm(KeepState& state, const ProductName& product) {
  WriteDown(state.world.journal, product,
            Error(ErrorCode::kTimedOut, "the cell did not load the prepared form in time and was ended"));
  const std::lock_guard lock(state.mutex);
  ProductNote& note = state.NoteOf(product);
  if (note.prepared_form_set_aside()) return;
  ++note.prepared_form_timeouts;
  if (note.prepared_form_set_aside()) NoteSetAside(state, product, "did not load it in time again and again");
}

std::uint64_t NoteLoss(KeepState& state, const ServingCell& lost) {
  if (WasStopped(state, lost)) return 0;
  return NoteCrash(state, {lost.served.product, lost.started, lost.prepared, *lost.cell});
}

}  // namespace edgekeep::keep
