#include "recover.h"

#include "edgekeep/core/licence.h"
#include "records.h"

namespace edgekeep::keep {
namespace {

// A licence was issued before now, whatever a clock shows and whether it still holds or not.
void RaiseToLicencesOf(KeepState& state, const ProductName& product) {
  for (std::uint8_t slot = 0; slot < 2; ++slot) {
    const Result<Bytes> licence = ReadLicence(state.world.store, product, slot);
    if (!licence) continue;
    const Result<core::LicenceOrigin> origin = core::OriginOf(*state.device, *state.trust, product, licence->view());
    if (origin) state.KnowTime(origin->issued_at);
  }
}

void NoteBoot(KeepState& state, const ProductName& product) {
  const Result<update::Installed> installed = ReadInstalled(state.world.store, state.vault, product);
  if (!installed || installed->current() == nullptr) return;
  if (installed->current()->record().policy.start_at_boot) state.NoteOf(product).boot_due = true;
}

}  // namespace

// A product that cannot be recovered now, on a read-only disk for instance, may open all the same.
void RecoverAll(KeepState& state) {
  const World& world = state.world;
  const auto products = world.store.Products();
  if (!products) return world.journal.NoteRefusal("recover", products.error());
  for (const ProductName& product : *products) {
    const Status recovered = Recover(world.store, state.vault, product);
    if (!recovered) world.journal.NoteRefusal("recover", recovered.error());
    RaiseToLicencesOf(state, product);
    NoteBoot(state, product);
  }
  // Where a licence was stored, a time was stored before it.
  const Status& read = state.clock.stored_time_read();
  if (!read && state.clock.has_floor()) world.journal.NoteRefusal("read the stored time", read.error());
}

}  // namespace edgekeep::keep
