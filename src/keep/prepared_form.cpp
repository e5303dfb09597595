#include "prepared_form.h"

#include <algorithm>
#include <array>

#include "installation.h"
#include "orders.h"

namespace edgekeep::keep {
namespace {

// What the prepare cell works with, once no record that counts names the old form.
struct Workplace {
  update::Installed bare;  // what is installed, without a prepared form
  sealing::SlotKey key;
  OpenFile canonical;
  OpenFile prepared;
};

// Commits `record` in place of what `before` says counts, for the same slot.
Status Exchange(KeepState& state, const update::Installed& before, const formats::CommitRecord& current,
                ByteView record) {
  ports::Store& store = state.world.store;
  EK_TRY(Commit(store, before, current.product, record));
  FinishCommit(store, before, current.product, record, current.slot, state.world.journal);
  return {};
}

// A record that names a form which is about to be overwritten must not count any more.
Status DropPreparedForm(KeepState& state, const core::AuthenticRecord& expected) {
  const ProductName& product = expected.record().product;
  EK_TRY_ASSIGN(const update::Installed before, ReadInstalled(state.world.store, state.vault, product));
  EK_TRY_ASSIGN(const core::AuthenticRecord* const current, CurrentOf(before));
  if (!Equal(current->bytes(), expected.bytes())) {
    return Error(ErrorCode::kBusy, "another package was installed meanwhile");
  }
  if (!current->record().prepared) return {};
  EK_TRY_ASSIGN(const Bytes bare, core::MakeRecordWithoutPrepared(state.vault, *current));
  return Exchange(state, before, current->record(), bare.view());
}

Result<Workplace> MakeWorkplace(KeepState& state, const core::AuthenticRecord& record) {
  const std::lock_guard lock(state.mutex);
  EK_TRY(DropPreparedForm(state, record));
  ports::Store& store = state.world.store;
  const ProductName& product = record.record().product;
  const std::uint8_t slot = record.record().slot;
  EK_TRY_ASSIGN(update::Installed bare, ReadInstalled(store, state.vault, product));
  EK_TRY_ASSIGN(const ports::FileHandle canonical, store.OpenSlotFile(product, slot, ports::SlotFile::kCanonical));
  OpenFile canonical_file(store, canonical);
  EK_TRY_ASSIGN(const ports::FileHandle prepared, store.CreateSlotFile(product, slot, ports::SlotFile::kPrepared));
  OpenFile prepared_file(store, prepared);
  EK_TRY_ASSIGN(core::SlotKeys keys, core::NewSlotKeys(state.world.provider));
  return Workplace{std::move(bare), std::move(keys.prepared), std::move(canonical_file), std::move(prepared_file)};
}

// Runs without the state's mutex.
Result<gate::PreparedAnswer> RunPrepareCell(ports::Journal& journal, ports::Cell& cell,
                                            const formats::CommitRecord& record, const core::OpenDecision& decision,
                                            const Workplace& workplace) {
  gate::PreparePackageOrder order;
  order.canonical.key = decision.canonical_key().key.Clone();
  order.canonical.header_digest = record.canonical.header_digest;
  order.canonical.tags_digest = record.canonical.tags_digest;
  order.prepared_key = workplace.key.key.Clone();
  order.seal_suite = core::kSlotSealSuite;
  EK_TRY_ASSIGN(const SecretBytes body, EncodeOrder(order));
  const std::array descriptors = {workplace.canonical.descriptor(), workplace.prepared.descriptor()};
  EK_TRY_ASSIGN(const Bytes answer, GiveOrder(journal, record.product, cell,
                                              {gate::Command::kPreparePackage, body, descriptors,
                                               OrderTimeout(4 * record.canonical.file_size)}));
  return gate::DecodePreparedAnswer(answer.view());
}

Status CommitPreparedForm(KeepState& state, const core::OpenDecision& decision, const Workplace& workplace,
                          const gate::PreparedAnswer& written) {
  const std::lock_guard lock(state.mutex);
  ports::Store& store = state.world.store;
  EK_TRY_ASSIGN(const core::AuthenticRecord* const current, CurrentOf(workplace.bare));
  EK_TRY_ASSIGN(const std::uint64_t size, store.SizeOf(workplace.prepared.handle()));
  if (size != written.prepared->file_size) {
    return Error(ErrorCode::kIo, "prepared form: not of the size the cell named");
  }
  EK_TRY(store.SyncSlot(current->record().product, current->record().slot));
  const gate::WrittenSlotFile& file = *written.prepared;
  const core::PreparedFacts facts{{file.header_digest, file.tags_digest, file.file_size}, written.engine_key};
  EK_TRY_ASSIGN(const Bytes record, core::MakeRecordWithPrepared(state.world.provider, state.vault,
                                                                 decision.epoch_key(), *current, workplace.key, facts));
  EK_TRY(Exchange(state, workplace.bare, current->record(), record.view()));
  state.NoteOf(current->record().product).BeginFormAnew();
  return {};
}

void NoteNoPreparedForm(KeepState& state, const ProductName& product, const gate::EngineKeyText& engine_key) {
  const std::lock_guard lock(state.mutex);
  state.NoteOf(product).no_prepared_form_for = engine_key;
}

// At every instant the record that counts names only complete files.
Status Remake(KeepState& state, const Installation& found, const gate::EngineKeyText& engine_key) {
  EK_TRY_ASSIGN(const SlotTurn turn, SlotTurn::TakeForRemaking(state));
  const core::AuthenticRecord& record = *found.installed.current();
  const ProductName& product = record.record().product;
  // Before anything is given up for it: without a cell the old form stays as it is, and the next open asks again.
  EK_TRY_ASSIGN(const std::unique_ptr<ports::Cell> cell,
                state.world.cells.Start(ports::CellPurpose::kInstall, 2 * record.record().canonical.file_size));
  // Noted first: a form that cannot be made is tried once in a keep's life, not at every open.
  NoteNoPreparedForm(state, product, engine_key);
  EK_TRY_ASSIGN(const Workplace workplace, MakeWorkplace(state, record));
  EK_TRY_ASSIGN(const gate::PreparedAnswer written,
                RunPrepareCell(state.world.journal, *cell, record.record(), found.decision, workplace));
  if (!written.prepared) return Error(ErrorCode::kModelRefused, "the engine has no prepared form for this model");
  EK_TRY(CommitPreparedForm(state, found.decision, workplace, written));
  NoteNoPreparedForm(state, product, {});
  return {};
}

struct DueForm {
  ProductName product;
  gate::EngineKeyText engine_key;
};

ProductNote* FindDue(KeepState& state) {
  const auto found = std::ranges::find(state.notes, true, &ProductNote::form_due);
  return found == state.notes.end() ? nullptr : found;
}

std::optional<DueForm> TakeDue(KeepState& state) {
  const std::lock_guard lock(state.mutex);
  ProductNote* const note = FindDue(state);
  if (note == nullptr) return std::nullopt;
  note->form_due = false;
  return DueForm{note->product, state.engine_key};
}

// Who opened while a form was being made may have asked for it once more.
bool HasGoodForm(KeepState& state, const Installation& found, const DueForm& due) {
  const formats::CommitRecord& record = found.record();
  if (!found.prepared.is_open() || !(record.prepared->engine_key == due.engine_key)) return false;
  const std::lock_guard lock(state.mutex);
  return !state.NoteOf(due.product).prepared_form_failed;
}

Status RemakeFormOf(KeepState& state, const DueForm& due) {
  EK_TRY_ASSIGN(const Installation found, Decide(state, due.product));
  if (HasGoodForm(state, found, due)) return {};
  return Remake(state, found, due.engine_key);
}

}  // namespace

bool AwaitDueForm(KeepState& state) {
  std::unique_lock lock(state.mutex);
  state.form_is_due.wait(lock, [&state] { return state.ending || FindDue(state) != nullptr; });
  return !state.ending;
}

void RemakeDueForms(KeepState& state) {
  while (const std::optional<DueForm> due = TakeDue(state)) {
    const Status remade = RemakeFormOf(state, *due);
    if (!remade) state.world.journal.NoteRefusal("remake a prepared form", remade.error());
  }
}

}  // namespace edgekeep::keep
