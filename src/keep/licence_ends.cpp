#include <algorithm>

#include "device_orders.h"
#include "handlers.h"
#include "leases.h"
#include "orders.h"

namespace edgekeep::keep {
namespace {

using Stage = CellDesk::Stage;

// A clock may be turned, and time pass faster than was thought.
constexpr std::uint64_t kLookSeconds = 60;
// A cell that does not take an order in this time is ended. It is looked at each second until then.
constexpr std::uint64_t kOrderSeconds = 5;
constexpr std::uint64_t kOrderLookSeconds = 1;

// Seconds until lease and grace are over. One whose count was taken away is over; while disk or anchor do not answer
// none is: opening anew tells. Requires the state's mutex.
std::optional<std::uint64_t> LeaseLeft(KeepState& state, const ServedUnder& served) {
  if (!served.terms.lease) return std::nullopt;
  const Result<core::LeaseStanding> standing = LeaseOf(state, served.licence, *served.terms.lease);
  if (!standing && standing.error().code() == ErrorCode::kDenied) return 0;
  return standing ? std::optional(standing->grace_left_seconds) : std::nullopt;
}

// What was given back ends at once, whatever the policy says.
bool WasReturned(KeepState& state, const ServedUnder& served) {
  const auto bar = state.fresh.BarOf(served.product);
  if (!bar || !*bar || (*bar)->returned_issued_at == UnixTime{}) return false;
  // With the last one those before it ended, which may be served after a fall-back.
  return (*bar)->returned == served.licence || (*bar)->returned_issued_at >= (*bar)->licence_issued_at;
}

// The stage to enter now, if there is one.
std::optional<Stage> NextStage(KeepState& state, CellDesk& desk, UnixTime now) {
  const std::lock_guard lock(state.mutex);
  const ServedUnder& served = desk.served();
  const bool must_end = IsSuspended(state) || WasReturned(state, served);
  const Stage stage = must_end ? Stage::kStopped : desk.StageAt(now, LeaseLeft(state, served) == 0U);
  if (stage == desk.stage()) return std::nullopt;
  desk.Enter(stage);
  return stage;
}

std::string_view WhatBegins(KeepState& state, bool degraded) {
  if (degraded) return "a licence ended in use: fewer calls from now on";
  const std::lock_guard lock(state.mutex);
  return IsSuspended(state) ? "the device was suspended: a cell ends" : "a licence ended in use: its cell ends";
}

void Begin(KeepState& state, ServingCell& serving, Stage stage, std::uint64_t seconds) {
  const bool degraded = stage == Stage::kDegraded;
  state.world.journal.NoteEvent(WhatBegins(state, degraded));
  serving.licence_order = {.command = degraded ? gate::Command::kBoundCalls : gate::Command::kStopServing,
                           .due = seconds + kOrderSeconds};
}

Status Post(ServingCell& serving) {
  const gate::Command command = *serving.licence_order.command;
  const auto number = static_cast<std::uint16_t>(command);
  if (command == gate::Command::kBoundCalls) return serving.cell->Post(number, SecretBytes());
  EK_TRY_ASSIGN(const SecretBytes body, EncodeOrder(gate::StopOrder{ErrorCode::kExpired}));
  EK_TRY(serving.cell->Post(number, body));
  serving.cell->AskToEnd();
  return {};
}

// Whatever it answers: one that refuses to be stopped is hung up on.
bool WasTaken(ServingCell& serving) {
  LicenceOrder& order = serving.licence_order;
  if (!serving.cell->alive()) return true;
  order.posted = order.posted || Post(serving);
  if (!order.posted) return false;
  if (*order.command == gate::Command::kStopServing) return !serving.cell->alive();
  const Status taken = serving.cell->TakePosted();
  return taken || taken.error().code() != ErrorCode::kBusy;
}

// True while an order is under way. Waits for nothing: a cell that is stuck holds up no other one, and nobody's call.
bool TendCell(KeepState& state, ServingCell& serving, UnixTime now) {
  const std::uint64_t seconds = state.world.clock.SecondsSinceStart().value_or(UINT64_MAX);
  const std::optional<Stage> stage = NextStage(state, *serving.desk, now);
  if (stage) Begin(state, serving, *stage, seconds);
  LicenceOrder& order = serving.licence_order;
  if (!order.command) return false;
  const bool taken = WasTaken(serving);
  if (!taken && seconds < order.due) return true;
  order = {};
  if (taken) return false;
  state.world.journal.NoteEvent("a cell did not take its licence's end: it is ended");
  serving.cell->Kill();
  return false;
}

// Seconds until something ends that the policy does something about; at least 1.
std::optional<std::uint64_t> SecondsToEnd(KeepState& state, const CellDesk& desk, UnixTime now) {
  const ServedUnder& served = desk.served();
  if (desk.stage() != Stage::kRunning || served.policy.licence_end == formats::LicenceEnd::kFinish) return std::nullopt;
  std::optional<std::uint64_t> left;
  if (served.terms.expires) left = served.terms.expires->value - std::min(served.terms.expires->value, now.value);
  const std::lock_guard lock(state.mutex);
  const std::optional<std::uint64_t> lease = LeaseLeft(state, served);
  if (lease) left = std::min(*lease, left.value_or(*lease));
  return left ? std::optional(std::max<std::uint64_t>(*left, 1)) : std::nullopt;
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
    if (TendCell(state, serving, *now)) next = kOrderLookSeconds;
    const std::optional<std::uint64_t> left = SecondsToEnd(state, *serving.desk, *now);
    if (left) next = std::min({*left, kLookSeconds, next.value_or(kLookSeconds)});
  }
  return next;
}

}  // namespace edgekeep::keep
