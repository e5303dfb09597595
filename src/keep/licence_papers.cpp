// Licences without a package: installed in place of the one that a product has, asked to be renewed, given back.
#include "edgekeep/formats/licence_report.h"
#include "handlers.h"
#include "installation.h"
#include "journal_words.h"
#include "leases.h"
#include "quarantine.h"
#include "records.h"
#include "start_serving.h"

namespace edgekeep::keep {
namespace {

// A licence as it is stored for the product, rightly signed for this device; its terms may be over.
struct StoredLicence {
  Bytes bytes;
  core::LicenceOrigin origin;
  std::uint8_t slot = 0;
};

Result<StoredLicence> LicenceOf(KeepState& state, const ProductName& product) {
  EK_TRY_ASSIGN(const update::Installed installed, ReadInstalled(state.world.store, state.vault, product));
  EK_TRY_ASSIGN(const core::AuthenticRecord* const current, CurrentOf(installed));
  StoredLicence stored{.bytes = {}, .origin = {}, .slot = current->record().slot};
  EK_TRY_ASSIGN(stored.bytes, ReadLicence(state.world.store, product, stored.slot));
  EK_TRY_ASSIGN(stored.origin, core::OriginOf(*state.device, *state.trust, product, stored.bytes.view()));
  return stored;
}

// What was counted under a licence; 0 of what its terms do not bound.
struct Used {
  std::uint64_t lease_seconds = 0;
  std::uint64_t calls = 0;
};

// Fails with kDenied where the count was lost: a report that said 0 would give all back.
Result<Used> UsedOf(KeepState& state, const core::LicenceOrigin& licence) {
  Used used;
  if (licence.has_lease) {
    EK_TRY_ASSIGN(const core::LeaseTime now, state.lease_clock.Now());
    EK_TRY_ASSIGN(const std::uint64_t counted, state.meter.LeaseMilliseconds(licence.id, now));
    used.lease_seconds = counted / 1000;
  }
  if (licence.has_budget) {
    EK_TRY_ASSIGN(used.calls, state.meter.Reserved(licence.id));
  }
  return used;
}

Result<Bytes> SignReport(KeepState& state, std::string_view type, const StoredLicence& stored, const Used& used) {
  EK_TRY_ASSIGN(const Bytes request, MakeDeviceRequest(state));
  EK_TRY_ASSIGN(const UnixTime now, state.clock.Now());
  return state.device->SignLicenceReport(type, {.licence = stored.bytes.view(),
                                                .device_request = request.view(),
                                                .counted_seconds = used.lease_seconds,
                                                .calls_reserved = used.calls,
                                                .made_at = now});
}

Status End(KeepState& state, const ProductName& product, const core::LicenceOrigin& licence) {
  core::ProductBar bar;
  bar.returned = licence.id;
  bar.returned_issued_at = licence.issued_at;
  return state.fresh.RaiseBar(product, bar);
}

// Everything is checked as if it came with the package, and the key is tried: a licence that does not open takes no
// other one's place.
Result<core::VerifiedLicence> CheckForInstalled(KeepState& state, const core::AuthenticRecord& current,
                                                ByteView bytes) {
  const formats::CommitRecord& record = current.record();
  EK_TRY_ASSIGN(const UnixTime now, state.clock.Now());
  const core::LicenceUse use{record.product, record.version.sequence, now, state.Level()};
  EK_TRY_ASSIGN(core::VerifiedLicence licence, core::VerifyLicence(*state.device, *state.trust, use, bytes));
  EK_TRY_ASSIGN(const auto bar, state.fresh.BarOf(record.product));
  EK_TRY(core::CheckAgainstBar(bar, licence.licence()));
  EK_TRY(core::PolicyUnder(licence.licence().terms, record.policy));
  EK_TRY(core::DecideOpen(*state.device, current, licence));
  return licence;
}

// In this order a cut anywhere leaves the licence of before or this one, and what this one needs.
Status TakeLicence(KeepState& state, const formats::CommitRecord& record, const core::VerifiedLicence& verified,
                   ByteView bytes) {
  const formats::Licence& licence = verified.licence();
  state.KnowTime(licence.issued_at);
  EK_TRY_ASSIGN(const auto bar, state.fresh.BarOf(record.product));
  EK_TRY(BeginToCount(state, bar, licence));
  core::ProductBar raised;
  raised.licence_issued_at = licence.issued_at;
  raised.licence = licence.id;
  EK_TRY(state.fresh.RaiseBar(record.product, raised));
  return WriteLicence(state.world.store, record.product, record.slot, bytes);
}

// Cells go on under the new terms; those of another licence are succeeded as after an install.
void Renew(KeepState& state, const Served& served, const formats::Licence& licence) {
  state.cells.NoteInstalled(served);
  for (std::size_t place = 0; place < ServingCells::kMost; ++place) {
    const std::optional<CellVisit> visit = state.cells.Visit(place);
    if (!visit || !(visit->cell().served == served)) continue;
    const std::lock_guard lock(state.mutex);
    visit->cell().desk->Renew(licence.terms);
  }
}

}  // namespace

Result<ProductName> InstallLicence(KeepState& state, ByteView bytes, Attempt& attempt) {
  EK_TRY_ASSIGN(attempt.product, core::ProductNamedBy(bytes));
  {
    const std::lock_guard lock(state.mutex);
    EK_TRY(state.CheckInitialised());
  }
  EK_TRY_ASSIGN(const SlotTurn turn, SlotTurn::TakeForInstall(state));
  std::unique_lock lock(state.mutex);
  EK_TRY(CheckNotQuarantined(state));
  EK_TRY_ASSIGN(const update::Installed installed, ReadInstalled(state.world.store, state.vault, attempt.product));
  EK_TRY_ASSIGN(const core::AuthenticRecord* const current, CurrentOf(installed));
  EK_TRY_ASSIGN(const core::VerifiedLicence licence, CheckForInstalled(state, *current, bytes));
  EK_TRY(TakeLicence(state, current->record(), licence, bytes));
  NoteEvent(state.world.journal, {attempt.product.view(), ": a licence was installed"});
  lock.unlock();
  Renew(state, ServedBy(current->record(), licence.licence().id), licence.licence());
  return attempt.product;
}

Result<Bytes> RequestRenewal(KeepState& state, const ProductName& product, Attempt& attempt) {
  attempt.product = product;
  const std::lock_guard lock(state.mutex);
  EK_TRY(state.CheckInitialised());
  EK_TRY(CheckNotQuarantined(state));
  EK_TRY_ASSIGN(const StoredLicence stored, LicenceOf(state, product));
  EK_TRY_ASSIGN(const auto bar, state.fresh.BarOf(product));
  EK_TRY(core::CheckNotReturned(bar, stored.origin.id, stored.origin.issued_at));
  EK_TRY_ASSIGN(const Used used, UsedOf(state, stored.origin));
  return SignReport(state, formats::typ::kLicenceRenewal, stored, used);
}

Status EndLicence(KeepState& state, const ProductName& product) {
  EK_TRY_ASSIGN(const StoredLicence stored, LicenceOf(state, product));
  return End(state, product, stored.origin);
}

// It is over before there is a receipt, whatever is cut; asked again the receipt is signed again.
Result<Bytes> ReturnLicence(KeepState& state, const ProductName& product, Attempt& attempt) {
  attempt.product = product;
  const std::lock_guard lock(state.mutex);
  EK_TRY(state.CheckInitialised());
  EK_TRY_ASSIGN(const StoredLicence stored, LicenceOf(state, product));
  EK_TRY_ASSIGN(const Used used, UsedOf(state, stored.origin));
  EK_TRY(End(state, product, stored.origin));
  NoteEvent(state.world.journal, {product.view(), ": its licence was given back"});
  return SignReport(state, formats::typ::kLicenceReturn, stored, used);
}

}  // namespace edgekeep::keep
