#include "losses.h"

#include <array>

#include "edgekeep/base/writer.h"

namespace edgekeep::keep {
namespace {

void WriteDown(ports::Journal& journal, const ProductName& product, const ports::CellEnd& end) {
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
  journal.NoteRefusal(write() ? AsText(what.written()) : "serve", Error(ErrorCode::kPeerGone, how));
}

UnixTime TimeNow(KeepState& state) {
  const std::lock_guard lock(state.mutex);
  return state.clock.Now().value_or(UnixTime{});
}

}  // namespace

bool WasStopped(KeepState& state, const ServingCell& serving) {
  const std::lock_guard lock(state.mutex);
  return serving.desk->stage() == CellDesk::Stage::kStopped;
}

std::uint64_t NoteCrash(KeepState& state, const ProductName& product, std::uint64_t started, ports::Cell& cell) {
  const ports::CellEnd end = cell.HowItEnded();
  WriteDown(state.world.journal, product, end);
  const std::uint64_t now = state.world.clock.SecondsSinceStart().value_or(started);
  return state.crashes.Note(product, started, now, {TimeNow(state), end});
}

std::uint64_t NoteLoss(KeepState& state, const ServingCell& lost) {
  if (WasStopped(state, lost)) return 0;
  return NoteCrash(state, lost.served.product, lost.started, *lost.cell);
}

}  // namespace edgekeep::keep
