#include "installation.h"

#include "device_orders.h"
#include "edgekeep/core/operations.h"
#include "leases.h"
#include "orders.h"

namespace edgekeep::keep {
namespace {

Result<OpenFile> OpenSlot(ports::Store& store, const formats::CommitRecord& record, ports::SlotFile kind,
                          const formats::SlotFileRecord& expected) {
  EK_TRY_ASSIGN(const ports::FileHandle handle, store.OpenSlotFile(record.product, record.slot, kind));
  OpenFile file(store, handle);
  EK_TRY_ASSIGN(const std::uint64_t size, store.SizeOf(handle));
  if (size != expected.file_size) return Error(ErrorCode::kDenied, "slot file: not of the size it was installed with");
  return file;
}

}  // namespace

Result<Installation> Decide(KeepState& state, const ProductName& product, OpenedFor use) {
  const std::lock_guard lock(state.mutex);
  EK_TRY(state.CheckInitialised());
  EK_TRY(CheckNotSuspended(state));
  ports::Store& store = state.world.store;
  EK_TRY_ASSIGN(update::Installed installed, ReadInstalled(store, state.vault, product));
  EK_TRY_ASSIGN(const core::AuthenticRecord* const current, CurrentOf(installed));
  const formats::CommitRecord& record = current->record();
  EK_TRY_ASSIGN(const Bytes licence_bytes, ReadLicence(store, product, record.slot));
  EK_TRY_ASSIGN(const UnixTime now, state.clock.Now());
  const core::LicenceUse wanted{product, record.version.sequence, now, state.Level()};
  EK_TRY_ASSIGN(const core::VerifiedLicence licence,
                core::VerifyLicence(*state.device, *state.trust, wanted, licence_bytes.view()));
  EK_TRY_ASSIGN(const auto bar, state.fresh.BarOf(product));
  EK_TRY(core::CheckNotReturned(bar, licence.licence().id, licence.licence().issued_at));
  const formats::LicenceTerms& terms = licence.licence().terms;
  // A count that was taken away does not begin anew.
  if (terms.call_budget) EK_TRY(state.meter.Reserved(licence.licence().id));
  EK_TRY_ASSIGN(const OpenDemands demands, DemandsOnOpening(state, product));
  EK_TRY(core::CheckFloor(demands.of_product, state.Level()));
  if (use == OpenedFor::kExport) EK_TRY(core::CheckExport(demands.of_product));
  EK_TRY_ASSIGN(const formats::ProductPolicy licensed, core::PolicyUnder(terms, record.policy));
  EK_TRY(CheckLease(state, product, licence.licence()));
  const auto decide = use == OpenedFor::kExport ? core::DecideExport : core::DecideOpen;
  EK_TRY_ASSIGN(core::OpenDecision decision, decide(*state.device, *current, licence));
  Result<OpenFile> canonical = OpenSlot(store, record, ports::SlotFile::kCanonical, record.canonical);
  if (!canonical) return AfterSecretKeys(canonical.error());
  OpenFile prepared;
  if (record.prepared) {
    Result<OpenFile> file = OpenSlot(store, record, ports::SlotFile::kPrepared, record.prepared->file);
    if (file) prepared = *std::move(file);
  }
  return Installation{std::move(installed),
                      std::move(decision),
                      *std::move(canonical),
                      std::move(prepared),
                      licence.licence().id,
                      terms,
                      core::PolicyUnder(demands.of_product, licensed),
                      demands};
}

}  // namespace edgekeep::keep
