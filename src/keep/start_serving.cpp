#include "start_serving.h"

#include <algorithm>
#include <array>
#include <utility>

#include "edgekeep/core/operations.h"
#include "losses.h"
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
  Result<std::unique_ptr<ports::Cell>> started = state.world.cells.Start(ports::CellPurpose::kServe, size);
  const bool full = !started && started.error().code() == ErrorCode::kBusy;
  // What only lingers gives way to what is wanted now.
  if (full && state.cells.GiveUpIdle()) started = state.world.cells.Start(ports::CellPurpose::kServe, size);
  EK_TRY_ASSIGN(std::unique_ptr<ports::Cell> cell, std::move(started));
  EK_TRY_ASSIGN(const gate::CellHello hello, gate::DecodeCellHello(cell->hello()));
  const std::lock_guard lock(state.mutex);
  state.engine_key = hello.engine_key;
  state.memory_locking = hello.memory_locking;
  return StartedCell{std::move(cell), hello.engine_key};
}

// Prepared forms are the CPU's. What a policy prefers to it may not be there, which the first open shows. Requires the
// state's mutex.
bool ComputesOnTheCpu(KeepState& state, const Installation& found) {
  using enum formats::ExecutionProvider;
  return found.policy.providers[0] == kCpu || state.NoteOf(found.record().product).provider == std::to_underlying(kCpu);
}

bool IsPreparedFormUsable(KeepState& state, const Installation& found, const gate::EngineKeyText& engine_key) {
  if (!found.prepared.is_open() || !(found.record().prepared->engine_key == engine_key)) return false;
  const std::lock_guard lock(state.mutex);
  const ProductNote& note = state.NoteOf(found.record().product);
  return ComputesOnTheCpu(state, found) && !note.prepared_form_failed && !note.prepared_form_set_aside();
}

// Who finds none is served at once, from the canonical package: a form that is missing costs speed only. One that was
// set aside would only be made as it was.
void NoteDueForm(KeepState& state, const Installation& found, const gate::EngineKeyText& engine_key) {
  const std::lock_guard lock(state.mutex);
  ProductNote& note = state.NoteOf(found.record().product);
  if (!ComputesOnTheCpu(state, found) || note.no_prepared_form_for == engine_key) return;
  if (note.prepared_form_set_aside()) return;
  note.form_due = true;
  state.form_is_due.notify_all();
}

Result<gate::ServeModelAnswer> Serve(ports::Journal& journal, const Installation& found, bool prepared,
                                     std::uint32_t threads, ports::Cell& cell, const ports::Ledger& ledger) {
  const formats::CommitRecord& record = found.record();
  const formats::SlotFileRecord& file = prepared ? record.prepared->file : record.canonical;
  gate::ServeModelOrder order;
  order.file.key = prepared ? found.decision.prepared_key()->key.Clone() : found.decision.canonical_key().key.Clone();
  order.file.header_digest = file.header_digest;
  order.file.tags_digest = file.tags_digest;
  order.prepared = prepared;
  order.threads = threads;
  EK_TRY_ASSIGN(order.policy, EncodePolicy(found.policy));
  EK_TRY_ASSIGN(const SecretBytes body, EncodeOrder(order));
  const std::array descriptors = {prepared ? found.prepared.descriptor() : found.canonical.descriptor(),
                                  ledger.cell_end()};
  const Result<Bytes> answer = GiveOrder(journal, record.product, cell,
                                         {gate::Command::kServeModel, body, descriptors, OrderTimeout(file.file_size)});
  if (!answer) return BecauseOf(found, answer.error());
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

void NoteIfItCrashed(KeepState& state, const ProductName& product, bool prepared, ports::Cell& cell,
                     const Error& error) {
  if (error.code() != ErrorCode::kPeerGone || cell.alive()) return;
  NoteCrash(state, {product, state.world.clock.SecondsSinceStart().value_or(0), prepared, cell});
}

void NoteFailedLoad(KeepState& state, const ProductName& product, bool prepared, ports::Cell& cell,
                    const Error& error) {
  NoteIfItCrashed(state, product, prepared, cell, error);
  if (!prepared) return;
  // The cell is ended by who asked (isolation's SpawnedCell).
  if (error.code() == ErrorCode::kTimedOut) NoteSlowForm(state, product);
  NoteDamagedPreparedForm(state, product, error);
}

void NoteFormLoaded(KeepState& state, const ProductName& product) {
  const std::lock_guard lock(state.mutex);
  state.NoteOf(product).prepared_form_timeouts = 0;
}

ServedUnder UnderOf(const Installation& found) {
  const formats::CommitRecord& record = found.record();
  return {record.product, record.version, record.sealed_file, found.policy, found.licence, found.terms};
}

// Before there is a session: what is bounded is so from the first call on.
Status BoundCalls(const CellDesk& desk, ports::Cell& cell) {
  if (!desk.bounded()) return {};
  EK_TRY(cell.Order(static_cast<std::uint16_t>(gate::Command::kBoundCalls), SecretBytes(), {}, OrderTimeout(0)));
  return {};
}

}  // namespace

Result<std::uint32_t> ThreadsFor(const Settings& settings, const Installation& found, std::uint32_t asked) {
  return core::ThreadsUnder(found.demands.of_product, found.policy, settings.default_threads, settings.max_threads,
                            asked);
}

Served ServedBy(const formats::CommitRecord& record, const formats::LicenceId& licence) {
  return {record.product, record.canonical.header_digest, licence};
}

Result<ServingCell> StartServing(KeepState& state, const Installation& found, std::uint32_t threads) {
  // They end from the last to the first, as in ServingCell.
  std::unique_ptr<CellDesk> desk;
  std::unique_ptr<ports::Ledger> ledger;
  EK_TRY_ASSIGN(StartedCell started, StartServingCell(state, found.record()));
  const bool prepared = IsPreparedFormUsable(state, found, started.engine_key);
  EK_TRY_ASSIGN(desk, CellDesk::Open(state, UnderOf(found)));
  EK_TRY_ASSIGN(ledger, state.world.sessions.NewLedger(*desk));
  const Result<gate::ServeModelAnswer> served =
      Serve(state.world.journal, found, prepared, threads, *started.cell, *ledger);
  ledger->HandOver();
  if (!served) {
    NoteFailedLoad(state, found.record().product, prepared, *started.cell, served.error());
    return served.error();
  }
  const formats::CommitRecord& record = found.record();
  if (prepared) NoteFormLoaded(state, record.product);
  EK_TRY(NoteHowItRuns(state, record.product, found.policy, *served));
  // One may be there that has only now turned out to be of use.
  if (!IsPreparedFormUsable(state, found, started.engine_key)) NoteDueForm(state, found, started.engine_key);
  const Status bounded = BoundCalls(*desk, *started.cell);
  if (!bounded) NoteIfItCrashed(state, record.product, prepared, *started.cell, bounded.error());
  EK_TRY(bounded);
  return ServingCell{.served = ServedBy(record, found.licence),
                     .version = record.version,
                     .model = served->model,
                     .provider = served->provider,
                     .prepared = prepared,
                     .desk = std::move(desk),
                     .ledger = std::move(ledger),
                     .cell = std::move(started.cell),
                     .threads = threads,
                     .linger_seconds = record.policy.linger_seconds,
                     .started = state.world.clock.SecondsSinceStart().value_or(0)};
}

Status AddSession(ports::Cell& cell, gate::SessionNumber number, const ports::SessionLine& line) {
  EK_TRY_ASSIGN(const SecretBytes body, EncodeOrder(gate::SessionOrder{number}));
  const std::array descriptors = {line.ring(), line.cell_end()};
  EK_TRY(cell.Order(static_cast<std::uint16_t>(gate::Command::kAddSession), body, descriptors, OrderTimeout(0)));
  return {};
}

Status EndSession(ports::Cell& cell, gate::SessionNumber number) {
  EK_TRY_ASSIGN(const SecretBytes body, EncodeOrder(gate::SessionOrder{number}));
  EK_TRY(cell.Order(static_cast<std::uint16_t>(gate::Command::kEndSession), body, {}, OrderTimeout(0)));
  return {};
}

}  // namespace edgekeep::keep
