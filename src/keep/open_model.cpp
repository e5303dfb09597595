#include <array>

#include "edgekeep/gate/ring.h"
#include "handlers.h"
#include "orders.h"
#include "retire.h"
#include "start_serving.h"

namespace edgekeep::keep {
namespace {

// What the application asked for, with defaults filled in where they are not the policy's.
struct Wishes {
  std::uint32_t threads = 0;  // 0: whatever the policy says
  std::uint32_t calls = 0;
  std::uint64_t data_bytes = 0;  // for all calls together
};

Result<Wishes> WishesOf(const Settings& settings, const gate::OpenModelRequest& request) {
  if (request.threads > settings.max_threads) return Error(ErrorCode::kTooLarge, "open: threads");
  const std::uint32_t calls = request.calls == 0 ? 1 : request.calls;
  if (calls > gate::kMaxSlots) return Error(ErrorCode::kTooLarge, "open: calls at a time");
  const std::uint64_t room = request.ring_bytes == 0 ? gate::kDefaultRingBytes : request.ring_bytes;
  if (room > gate::kMaxRingBytes / calls) return Error(ErrorCode::kTooLarge, "open: ring bytes");
  return Wishes{request.threads, calls, calls == 1 ? room : (room + 63) / 64 * 64 * calls};
}

// Joins the cell that serves this install already, whatever its number of threads, or starts one.
Result<OpenedModel> OpenIn(KeepState& state, const Installation& found, const Wishes& wishes, SessionPlace place) {
  EK_TRY_ASSIGN(const std::uint32_t threads, ThreadsFor(state.settings, found, wishes.threads));
  EK_TRY_ASSIGN(const std::uint64_t now, state.world.clock.SecondsSinceStart());
  EK_TRY(state.crashes.CheckMayStart(found.record().product, now));
  EK_TRY_ASSIGN(CellUse joined, state.cells.Join(ServedBy(found.record(), found.licence)));
  std::unique_ptr<CellUse> use(new (std::nothrow) CellUse(std::move(joined)));
  if (!use) return Error(ErrorCode::kNoMemory, "session");
  if (use->cell() == nullptr) {
    EK_TRY_ASSIGN(ServingCell started, StartServing(state, found, threads));
    use->Started(std::move(started));
    EK_TRY(EndCellsIfRetiring(state));
  }
  ServingCell& serving = *use->cell();
  EK_TRY_ASSIGN(std::unique_ptr<ports::SessionLine> line,
                state.world.sessions.NewLine(wishes.data_bytes, wishes.calls));
  const gate::SessionNumber number = state.cells.NewSessionNumber();
  EK_TRY(AddSession(*serving.cell, number, *line));
  gate::OpenModelAnswer answer{serving.version, serving.model, line->ring_bytes(), serving.provider,
                               found.terms.features};
  EK_TRY(use->Sit({.number = number, .user = place.key().user, .since = now}, std::move(line)));
  std::unique_ptr<Session> session(new (std::nothrow) Session(state.sessions, place.key(), std::move(use)));
  if (!session) return Error(ErrorCode::kNoMemory, "session");
  place.Keep();
  return OpenedModel{std::move(answer), std::move(session)};
}

}  // namespace

Result<OpenedModel> OpenModel(KeepState& state, const gate::OpenModelRequest& request, std::uint32_t user,
                              Attempt& attempt) {
  attempt.product = request.product;
  EK_TRY_ASSIGN(const Wishes wishes, WishesOf(state.settings, request));
  EK_TRY_ASSIGN(const Installation found, Decide(state, request.product));
  // Not before: a name that was made up takes nobody's place.
  EK_TRY_ASSIGN(SessionPlace place,
                SessionPlace::Take(state.sessions, {request.product, user}, found.demands.sessions));
  Result<OpenedModel> opened = OpenIn(state, found, wishes, std::move(place));
  if (!opened) return AfterSecretKeys(opened.error());
  return opened;
}

}  // namespace edgekeep::keep
