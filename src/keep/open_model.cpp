#include <array>

#include "edgekeep/core/open.h"
#include "edgekeep/gate/ring.h"
#include "handlers.h"
#include "open_file.h"
#include "orders.h"
#include "prepared_form.h"
#include "records.h"

namespace edgekeep::keep {
namespace {

// What may be opened, decided under the state's mutex. Files are open already: an install that commits meanwhile takes
// their names, not them.
struct Installation {
  update::Installed installed;
  core::OpenDecision decision;
  OpenFile canonical;
  OpenFile prepared;  // open when the record names one and it is there

  const formats::CommitRecord& record() const { return installed.current()->record(); }
};

Result<OpenFile> OpenSlot(ports::Store& store, const formats::CommitRecord& record, ports::SlotFile kind,
                          const formats::SlotFileRecord& expected) {
  EK_TRY_ASSIGN(const ports::FileHandle handle, store.OpenSlotFile(record.product, record.slot, kind));
  OpenFile file(store, handle);
  EK_TRY_ASSIGN(const std::uint64_t size, store.SizeOf(handle));
  if (size != expected.file_size) return Error(ErrorCode::kDenied, "slot file: not of the size it was installed with");
  return file;
}

Result<Installation> Decide(KeepState& state, const ProductName& product) {
  const std::lock_guard lock(state.mutex);
  EK_TRY(state.CheckInitialised());
  ports::Store& store = state.world.store;
  EK_TRY_ASSIGN(update::Installed installed, ReadInstalled(store, state.vault, product));
  EK_TRY_ASSIGN(const core::AuthenticRecord* const current, CurrentOf(installed));
  const formats::CommitRecord& record = current->record();
  EK_TRY_ASSIGN(const Bytes licence_bytes, ReadLicence(store, product, record.slot));
  EK_TRY_ASSIGN(const UnixTime now, state.clock.Now());
  const core::LicenceUse use{product, record.version.sequence, now, state.Level()};
  EK_TRY_ASSIGN(const core::VerifiedLicence licence,
                core::VerifyLicence(*state.device, *state.trust, use, licence_bytes.view()));
  EK_TRY_ASSIGN(core::OpenDecision decision, core::DecideOpen(*state.device, *current, licence));
  Result<OpenFile> canonical = OpenSlot(store, record, ports::SlotFile::kCanonical, record.canonical);
  if (!canonical) return AfterSecretKeys(canonical.error());
  OpenFile prepared;
  if (record.prepared) {
    Result<OpenFile> file = OpenSlot(store, record, ports::SlotFile::kPrepared, record.prepared->file);
    if (file) prepared = *std::move(file);
  }
  return Installation{std::move(installed), std::move(decision), *std::move(canonical), std::move(prepared)};
}

struct ServingCell {
  std::unique_ptr<ports::Cell> cell;
  gate::EngineKeyText engine_key;
};

Result<ServingCell> StartServingCell(KeepState& state, const formats::CommitRecord& record) {
  std::uint64_t size = record.canonical.file_size;
  if (record.prepared) size = std::max(size, record.prepared->file.file_size);
  EK_TRY_ASSIGN(std::unique_ptr<ports::Cell> cell, state.world.cells.Start(ports::CellPurpose::kServe, size));
  EK_TRY_ASSIGN(const gate::CellHello hello, gate::DecodeCellHello(cell->hello()));
  const std::lock_guard lock(state.mutex);
  state.engine_key = hello.engine_key;
  state.memory_locking = hello.memory_locking;
  return ServingCell{std::move(cell), hello.engine_key};
}

bool IsPreparedFormUsable(KeepState& state, const Installation& found, const gate::EngineKeyText& engine_key) {
  if (!found.prepared.is_open() || !(found.record().prepared->engine_key == engine_key)) return false;
  const std::lock_guard lock(state.mutex);
  return !state.NoteOf(found.record().product).prepared_form_failed;
}

bool ShouldRemakePreparedForm(KeepState& state, const ProductName& product, const gate::EngineKeyText& engine_key) {
  const std::lock_guard lock(state.mutex);
  return !(state.NoteOf(product).no_prepared_form_for == engine_key);
}

// Returns what to open: `found` itself, or what a new prepared form made of it. A form that cannot be remade costs
// speed only.
Result<Installation> WithPreparedForm(KeepState& state, Installation found, const gate::EngineKeyText& engine_key) {
  const ProductName product = found.record().product;
  if (IsPreparedFormUsable(state, found, engine_key) || !ShouldRemakePreparedForm(state, product, engine_key)) {
    return found;
  }
  const Status remade = RemakePreparedForm(state, *found.installed.current(), found.decision, engine_key);
  if (remade) return Decide(state, product);
  state.world.journal.NoteRefusal("remake a prepared form", remade.error());
  return found;
}

// What an application asks for never exceeds what the product or the device allows; a product that wants more than the
// device has gets that.
Result<std::uint32_t> ThreadsFor(const Settings& settings, const formats::ProductPolicy& policy, std::uint32_t asked) {
  if (!policy.threads) return asked == 0 ? settings.default_threads : asked;
  const std::uint32_t allowed = std::min(*policy.threads, settings.max_threads);
  if (asked > allowed) return Error(ErrorCode::kTooLarge, "open: more threads than the product's policy allows");
  return asked == 0 ? allowed : asked;
}

Result<gate::ModelInfo> Serve(const Installation& found, bool prepared, std::uint32_t threads, ports::Cell& cell,
                              const ports::SessionLine& line) {
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
  const std::array descriptors = {prepared ? found.prepared.descriptor() : found.canonical.descriptor(), line.ring(),
                                  line.cell_end()};
  EK_TRY_ASSIGN(const Bytes answer, cell.Order(static_cast<std::uint16_t>(gate::Command::kServeModel), body,
                                               descriptors, OrderTimeout(file.file_size)));
  CborReader in(answer.view());
  EK_TRY_ASSIGN(const gate::ModelInfo model, gate::DecodeModelInfo(in));
  EK_TRY(in.ExpectEnd());
  return model;
}

// What was refused although record and licence are right is damaged: the next open makes it anew.
void NoteDamagedPreparedForm(KeepState& state, const ProductName& product, const Error& error) {
  if (AfterSecretKeys(error).code() != ErrorCode::kDenied && error.code() != ErrorCode::kModelRefused) return;
  const std::lock_guard lock(state.mutex);
  state.NoteOf(product).prepared_form_failed = true;
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

Result<OpenedModel> OpenIn(KeepState& state, Installation found, const Wishes& wishes, SessionPlace place) {
  EK_TRY(ThreadsFor(state.settings, found.record().policy, wishes.threads));
  EK_TRY_ASSIGN(ServingCell serving, StartServingCell(state, found.record()));
  EK_TRY_ASSIGN(const Installation current, WithPreparedForm(state, std::move(found), serving.engine_key));
  EK_TRY_ASSIGN(std::unique_ptr<ports::SessionLine> line,
                state.world.sessions.NewLine(wishes.data_bytes, wishes.calls));
  const bool prepared = IsPreparedFormUsable(state, current, serving.engine_key);
  EK_TRY_ASSIGN(const std::uint32_t threads, ThreadsFor(state.settings, current.record().policy, wishes.threads));
  const Result<gate::ModelInfo> model = Serve(current, prepared, threads, *serving.cell, *line);
  if (!model) {
    if (prepared) NoteDamagedPreparedForm(state, current.record().product, model.error());
    return model.error();
  }
  const std::uint64_t whole = line->ring_bytes();
  std::unique_ptr<Session> session(new (std::nothrow)
                                       Session(state.sessions, place.key(), std::move(serving.cell), std::move(line)));
  if (!session) return Error(ErrorCode::kNoMemory, "session");
  place.Keep();
  return OpenedModel{{current.record().version, *model, whole}, std::move(session)};
}

}  // namespace

Result<OpenedModel> OpenModel(KeepState& state, const gate::OpenModelRequest& request, std::uint32_t user,
                              Attempt& attempt) {
  attempt.product = request.product;
  EK_TRY_ASSIGN(const Wishes wishes, WishesOf(state.settings, request));
  EK_TRY_ASSIGN(Installation found, Decide(state, request.product));
  // Not before: a name that was made up takes nobody's place.
  EK_TRY_ASSIGN(SessionPlace place, SessionPlace::Take(state.sessions, {request.product, user}));
  Result<OpenedModel> opened = OpenIn(state, std::move(found), wishes, std::move(place));
  if (!opened) return AfterSecretKeys(opened.error());
  return opened;
}

}  // namespace edgekeep::keep
