#include <algorithm>

#include "handlers.h"
#include "orders.h"

namespace edgekeep::keep {
namespace {

using Stage = CellDesk::Stage;

// A clock may be turned, and time pass faster than was thought.
constexpr std::uint64_t kLookSeconds = 60;
// A cell that does not take an order in this time is ended.
constexpr int kOrderMs = 5'000;

// The stage to enter now, if there is one.
std::optional<Stage> NextStage(KeepState& state, CellDesk& desk, UnixTime now) {
  const std::lock_guard lock(state.mutex);
  const Stage stage = desk.StageAt(now);
  if (stage == desk.stage()) return std::nullopt;
  desk.Enter(stage);
  return stage;
}

// A cell that refuses, or is too late, has been ended by who asked it.
void Order(ports::Cell& cell, gate::Command command, const SecretBytes& body) {
  static_cast<void>(cell.Order(static_cast<std::uint16_t>(command), body, {}, kOrderMs).has_value());
}

void TendCell(KeepState& state, ServingCell& serving, UnixTime now) {
  const std::optional<Stage> stage = NextStage(state, *serving.desk, now);
  if (!stage) return;
  if (*stage == Stage::kDegraded) {
    state.world.journal.NoteEvent("a licence ended in use: fewer calls from now on");
    Order(*serving.cell, gate::Command::kBoundCalls, SecretBytes());
    return;
  }
  state.world.journal.NoteEvent("a licence ended in use: its cell ends");
  const Result<SecretBytes> body = EncodeOrder(gate::StopOrder{ErrorCode::kExpired});
  if (body) Order(*serving.cell, gate::Command::kStopServing, *body);
  serving.cell->AskToEnd();
}

std::optional<UnixTime> EndOf(const CellDesk& desk) {
  const ServedUnder& served = desk.served();
  if (desk.stage() != Stage::kRunning || served.policy.licence_end == formats::LicenceEnd::kFinish) return std::nullopt;
  return served.terms.expires;
}

}  // namespace

std::optional<std::uint64_t> TendLicences(KeepState& state) {
  Result<UnixTime> now = [&] {
    const std::lock_guard lock(state.mutex);
    return state.clock.Now();
  }();
  if (!now) return kLookSeconds;
  std::optional<std::uint64_t> next;
  for (std::size_t place = 0; place < ServingCells::kMost; ++place) {
    const std::optional<CellVisit> visit = state.cells.Visit(place);
    if (!visit) continue;
    ServingCell& serving = visit->cell();
    TendCell(state, serving, *now);
    const std::optional<UnixTime> end = EndOf(*serving.desk);
    if (!end) continue;
    const std::uint64_t left = end->value > now->value ? end->value - now->value : 1;
    next = std::min({left, kLookSeconds, next.value_or(kLookSeconds)});
  }
  return next;
}

}  // namespace edgekeep::keep
