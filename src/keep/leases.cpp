#include "leases.h"

#include "journal_words.h"

namespace edgekeep::keep {
namespace {

constexpr std::uint64_t kHourMs = 3600ULL * 1000;
// The anchor's own clock goes on without being written down; silicon bears only so many writes.
constexpr std::uint64_t kWriteIntervalMs = 24 * kHourMs;

// Where nothing is leased no silicon is asked. What fails is tried again: nothing is lost but what the floor rose, for
// the anchor goes on counting.
Status Store(KeepState& state, std::uint64_t least_ms) {
  EK_TRY_ASSIGN(const bool any, state.meter.AnyLeased());
  if (!any || state.standing != Standing::kInitialised) return {};
  EK_TRY_ASSIGN(const core::LeaseTime now, state.lease_clock.Now());
  return state.meter.Advance(now, least_ms);
}

// Each time it begins: after each start at least, for what it was before nobody knows.
Status NoticeClock(KeepState& state) {
  const bool is_behind = state.clock.Behind() > kClockTolerance;
  if (!is_behind) state.clock_is_behind = false;
  if (!is_behind || state.clock_is_behind) return {};
  EK_TRY_ASSIGN(const bool any, state.meter.AnyLeased());
  if (any) {
    EK_TRY_ASSIGN(const core::LeaseTime now, state.lease_clock.Now());
    EK_TRY(state.meter.ChargeForClock(now));
  }
  state.clock_is_behind = true;
  state.world.journal.NoteEvent("the system's clock is behind the time that this device knows");
  return {};
}

// A chip that was told to keep its state over a power cut counts that beside its resets, and only until the next one.
Status NoticeRestarts(KeepState& state) {
  EK_TRY_ASSIGN(const bool any, state.meter.AnyLeased());
  if (!any) return {};
  EK_TRY_ASSIGN(const core::LeaseTime now, state.lease_clock.Now());
  return state.meter.NoteRestarts(now);
}

}  // namespace

Result<core::LeaseStanding> LeaseOf(KeepState& state, const formats::LicenceId& licence, const formats::Lease& lease) {
  EK_TRY_ASSIGN(const core::LeaseTime now, state.lease_clock.Now());
  EK_TRY_ASSIGN(const std::uint64_t counted, state.meter.LeaseMilliseconds(licence, now));
  return core::StandingOf(lease, counted);
}

Status BeginToCount(KeepState& state, const std::optional<core::ProductBar>& bar, const formats::Licence& licence) {
  if (!licence.terms.call_budget && !licence.terms.lease) return {};
  EK_TRY_ASSIGN(const UnixTime now, state.clock.Now());
  EK_TRY_ASSIGN(const core::LeaseTime lease_time, state.lease_clock.Now());
  LicenceMeter::Known known;
  if (bar) known = {.last = bar->licence, .last_issued_at = bar->licence_issued_at, .newest = {}};
  EK_TRY_ASSIGN(known.newest, state.fresh.NewestLicence());
  return state.meter.Begin(licence, known, {now, lease_time});
}

Status RebaseLeases(KeepState& state, UnixTime floor) {
  const Result<bool> any = state.meter.AnyLeased();
  // A meter that is not authentic counts nothing, and holds up no repair.
  if (!any && any.error().code() == ErrorCode::kDenied) return {};
  if (!any) return any.error();
  if (!*any) return {};
  EK_TRY_ASSIGN(const core::LeaseTime now, state.lease_clock.Now());
  // A repair is signed some days before it arrives; a clock that is further ahead is what is being repaired.
  const UnixTime system = state.world.clock.Now().value_or(floor);
  const bool is_near = system > floor && system.value - floor.value <= FlooredClock::kMaxJump;
  return state.meter.Rebase(now, floor, is_near ? system : floor);
}

Status CheckLease(KeepState& state, const ProductName& product, const formats::Licence& licence) {
  if (!licence.terms.lease) return {};
  EK_TRY(NoticeClock(state));
  EK_TRY(NoticeRestarts(state));
  const formats::Lease& lease = *licence.terms.lease;
  if (state.clock_is_behind && lease.clock_behind == formats::ClockBehind::kDeny) {
    return Error(ErrorCode::kForbidden, "licence: not while the system's clock is behind the time this device knows");
  }
  EK_TRY_ASSIGN(const core::LeaseStanding standing, LeaseOf(state, licence.id, lease));
  if (standing.phase == core::LeasePhase::kOver) {
    return Error(ErrorCode::kExpired, "licence: its lease and its grace are over; it has to be renewed");
  }
  if (standing.phase == core::LeasePhase::kGrace) {
    NoteEvent(state.world.journal, {product.view(), ": opened in its lease's grace; the licence has to be renewed"});
  }
  return {};
}

void NoticeLeases(KeepState& state) {
  static_cast<void>(NoticeClock(state).has_value());
  static_cast<void>(NoticeRestarts(state).has_value());
  static_cast<void>(Store(state, kWriteIntervalMs).has_value());
}

void StoreLeases(KeepState& state) {
  const Status stored = Store(state, kHourMs);
  if (!stored) state.world.journal.NoteRefusal("write leases down", stored.error());
}

}  // namespace edgekeep::keep
