#include <array>

#include "edgekeep/gate/ring.h"
#include "handlers.h"
#include "installation.h"
#include "orders.h"
#include "serving_notes.h"

namespace edgekeep::keep {
namespace {

struct StartedCell {
  std::unique_ptr<ports::Cell> cell;
  gate::EngineKeyText engine_key;
};

Result<StartedCell> StartServingCell(KeepState& state, const formats::CommitRecord& record) {
  std::uint64_t size = record.canonical.file_size;
  if (record.prepared) size = std::max(size, record.prepared->file.file_size);
  EK_TRY_ASSIGN(std::unique_ptr<ports::Cell> cell, state.world.cells.Start(ports::CellPurpose::kServe, size));
  EK_TRY_ASSIGN(const gate::CellHello hello, gate::DecodeCellHello(cell->hello()));
  const std::lock_guard lock(state.mutex);
  state.engine_key = hello.engine_key;
  state.memory_locking = hello.memory_locking;
  return StartedCell{std::move(cell), hello.engine_key};
}

// Prepared forms are the CPU's. What a policy prefers to it may not be there, which the first open shows. Requires the
// state's mutex.
bool ComputesOnTheCpu(KeepState& state, const formats::CommitRecord& record) {
  using enum formats::ExecutionProvider;
  return record.policy.providers[0] == kCpu || state.NoteOf(record.product).provider == std::to_underlying(kCpu);
}

bool IsPreparedFormUsable(KeepState& state, const Installation& found, const gate::EngineKeyText& engine_key) {
  if (!found.prepared.is_open() || !(found.record().prepared->engine_key == engine_key)) return false;
  const std::lock_guard lock(state.mutex);
  return ComputesOnTheCpu(state, found.record()) && !state.NoteOf(found.record().product).prepared_form_failed;
}

// Who finds none is served at once, from the canonical package: a form that is missing costs speed only.
void NoteDueForm(KeepState& state, const formats::CommitRecord& record, const gate::EngineKeyText& engine_key) {
  const std::lock_guard lock(state.mutex);
  ProductNote& note = state.NoteOf(record.product);
  if (!ComputesOnTheCpu(state, record) || note.no_prepared_form_for == engine_key) return;
  note.form_due = true;
  state.form_is_due.notify_all();
}

// What an application asks for never exceeds what the product or the device allows; a product that wants more than the
// device has gets that.
Result<std::uint32_t> ThreadsFor(const Settings& settings, const formats::ProductPolicy& policy, std::uint32_t asked) {
  if (!policy.threads) return asked == 0 ? settings.default_threads : asked;
  const std::uint32_t allowed = std::min(*policy.threads, settings.max_threads);
  if (asked > allowed) return Error(ErrorCode::kTooLarge, "open: more threads than the product's policy allows");
  return asked == 0 ? allowed : asked;
}

Result<gate::ServeModelAnswer> Serve(const Installation& found, bool prepared, std::uint32_t threads,
                                     ports::Cell& cell) {
  const formats::CommitRecord& record = found.record();
  const formats::SlotFileRecord& file = prepared ? record.prepared->file : record.canonical;
  gate::ServeModelOrder order;
  order.file.key = prepared ? found.decision.prepared_key()->key.Clone() : found.decision.canonical_key().key.Clone();
  order.file.header_digest = file.header_digest;
  order.file.tags_digest = file.tags_digest;
  order.prepared = prepared;
  order.threads = threads;
  EK_TRY_ASSIGN(order.policy, EncodePolicy(record.policy));
  EK_TRY_ASSIGN(const SecretBytes body, EncodeOrder(order));
  const std::array descriptors = {prepared ? found.prepared.descriptor() : found.canonical.descriptor()};
  const Result<Bytes> answer = cell.Order(static_cast<std::uint16_t>(gate::Command::kServeModel), body, descriptors,
                                          OrderTimeout(file.file_size));
  if (!answer) return BecauseOf(record.policy, answer.error());
  return gate::DecodeServeModelAnswer(answer->view());
}

// What was refused although record and licence are right is damaged: it is made anew.
void NoteDamagedPreparedForm(KeepState& state, const ProductName& product, const Error& error) {
  if (AfterSecretKeys(error).code() != ErrorCode::kDenied && error.code() != ErrorCode::kModelRefused) return;
  const std::lock_guard lock(state.mutex);
  ProductNote& note = state.NoteOf(product);
  note.prepared_form_failed = true;
  note.form_due = true;
  state.form_is_due.notify_all();
}

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

Served ServedBy(const formats::CommitRecord& record) {
  return {record.product, record.canonical.header_digest};
}

// Starts the cell that `use` is the first of.
Status StartServing(KeepState& state, const Installation& found, std::uint32_t threads, CellUse& use) {
  EK_TRY_ASSIGN(StartedCell started, StartServingCell(state, found.record()));
  const bool prepared = IsPreparedFormUsable(state, found, started.engine_key);
  const Result<gate::ServeModelAnswer> served = Serve(found, prepared, threads, *started.cell);
  if (!served) {
    if (prepared) NoteDamagedPreparedForm(state, found.record().product, served.error());
    return served.error();
  }
  EK_TRY(NoteHowItRuns(state, found.record(), *served));
  // One may be there that has only now turned out to be of use.
  if (!IsPreparedFormUsable(state, found, started.engine_key)) NoteDueForm(state, found.record(), started.engine_key);
  use.Started({ServedBy(found.record()), found.record().version, served->model, std::move(started.cell)});
  return {};
}

Status AddSession(ServingCell& serving, gate::SessionNumber number, const ports::SessionLine& line) {
  EK_TRY_ASSIGN(const SecretBytes body, EncodeOrder(gate::SessionOrder{number}));
  const std::array descriptors = {line.ring(), line.cell_end()};
  EK_TRY(
      serving.cell->Order(static_cast<std::uint16_t>(gate::Command::kAddSession), body, descriptors, OrderTimeout(0)));
  return {};
}

// Joins the cell that serves this install already, whatever its number of threads, or starts one.
Result<OpenedModel> OpenIn(KeepState& state, const Installation& found, const Wishes& wishes, SessionPlace place) {
  EK_TRY_ASSIGN(const std::uint32_t threads, ThreadsFor(state.settings, found.record().policy, wishes.threads));
  EK_TRY_ASSIGN(CellUse joined, state.cells.Join(ServedBy(found.record())));
  std::unique_ptr<CellUse> use(new (std::nothrow) CellUse(std::move(joined)));
  if (!use) return Error(ErrorCode::kNoMemory, "session");
  if (use->cell() == nullptr) EK_TRY(StartServing(state, found, threads, *use));
  ServingCell& serving = *use->cell();
  EK_TRY_ASSIGN(std::unique_ptr<ports::SessionLine> line,
                state.world.sessions.NewLine(wishes.data_bytes, wishes.calls));
  EK_TRY(AddSession(serving, state.cells.NewSessionNumber(), *line));
  gate::OpenModelAnswer answer{serving.version, serving.model, line->ring_bytes()};
  std::unique_ptr<Session> session(new (std::nothrow)
                                       Session(state.sessions, place.key(), std::move(use), std::move(line)));
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
  EK_TRY_ASSIGN(SessionPlace place, SessionPlace::Take(state.sessions, {request.product, user}));
  Result<OpenedModel> opened = OpenIn(state, found, wishes, std::move(place));
  if (!opened) return AfterSecretKeys(opened.error());
  return opened;
}

}  // namespace edgekeep::keep
