#include "state.h"

#include <new>

#include "edgekeep/formats/labels.h"
#include "edgekeep/formats/signed_object.h"
#include "releases.h"

namespace edgekeep::keep {
namespace {

constexpr std::size_t kMaxTrust =
    formats::MaxSignedObjectSize(formats::kMaxTrustBundleSize, formats::kMaxSignatures) + core::kProtectionSize;

// A disk or an anchor that does not answer now says nothing about whose store this is.
bool MayPass(ErrorCode code) {
  return code == ErrorCode::kIo || code == ErrorCode::kBusy || code == ErrorCode::kTimedOut ||
         code == ErrorCode::kNoMemory || code == ErrorCode::kPeerGone;
}

Status LoadTrustAndDevice(KeepState& state, const Bytes& stored_trust) {
  const World& world = state.world;
  using namespace formats::label;
  Result<ByteView> stored = state.vault.CheckProtected(kStoredTrust, stored_trust.view());
  const bool under_releases = !stored;
  if (under_releases) stored = state.vault.CheckProtected(kStoredTrustUnderReleases, stored_trust.view());
  EK_TRY_ASSIGN(const ByteView bundle, stored);
  if (under_releases) EK_TRY(LoadReleases(state));
  EK_TRY_ASSIGN(core::TrustedPublisher trust, core::VerifyTrustBundle(world.provider, bundle));
  EK_TRY_ASSIGN(const Bytes secret, world.store.Read(kDeviceObject, kMaxDeviceSecret));
  EK_TRY_ASSIGN(core::Device device, core::Device::Open(world.provider, world.anchor, secret.view()));
  state.trust = std::move(trust);
  state.device.emplace(std::move(device));
  return {};
}

}  // namespace

KeepState::KeepState(const World& its_world, const Settings& its_settings, core::Vault its_vault) noexcept
    : settings(its_settings),
      vault(std::move(its_vault)),
      disk(its_world.store),
      fresh(its_world.provider, vault, its_world.store, its_world.anchor.counter()),
      world{its_world, fresh},
      clock(world.clock, fresh, vault),
      lease_clock(world.anchor, world.clock, clock),
      meter(fresh, vault),
      accounts(meter),
      releases(new(std::nothrow) Releases(vault, fresh, world.journal)),
      sessions({.sessions = its_settings.max_sessions,
                .sessions_of_one_user = its_settings.max_sessions_of_one_user,
                .products_of_one_user = its_settings.max_products_of_one_user}) {}

KeepState::~KeepState() = default;

void KeepState::KnowTime(UnixTime time) {
  if (!releases->demanded()) clock.RaiseTo(time);
}

Status LoadStanding(KeepState& state) {
  const Result<Bytes> stored_trust = state.world.store.Read("trust", kMaxTrust);
  if (!stored_trust && stored_trust.error().code() == ErrorCode::kNotFound) return {};
  const Status loaded = stored_trust ? LoadTrustAndDevice(state, *stored_trust) : stored_trust.error();
  if (!loaded && MayPass(loaded.error().code())) return loaded;
  state.standing = loaded ? Standing::kInitialised : Standing::kForeign;
  return loaded;
}

Status KeepState::CheckNotRetiring() const {
  return retiring ? Status(Error(ErrorCode::kForbidden, "this device is being retired")) : Status();
}

Status KeepState::CheckInitialised() const {
  EK_TRY(CheckNotRetiring());
  return CheckStanding();
}

Status KeepState::CheckStanding() const {
  if (standing == Standing::kInitialised) return {};
  if (standing == Standing::kForeign) return Error(ErrorCode::kDenied, "the store was made by another device");
  return Error(ErrorCode::kNotInitialised, "this device trusts nobody yet");
}

ProductNote& KeepState::NoteOf(const ProductName& product) {
  for (ProductNote& note : notes) {
    if (note.product == product) return note;
  }
  // A store holds no more products than there is room for, so a note that finds none belongs to a product that was
  // never installed: it may share the last place.
  if (!notes.PushBack({.product = product, .no_prepared_form_for = {}})) notes[notes.size() - 1] = {.product = product};
  return notes[notes.size() - 1];
}

Result<SlotTurn> SlotTurn::TakeForInstall(KeepState& state) {
  std::unique_lock lock(state.mutex);
  EK_TRY(state.CheckNotRetiring());
  if (state.installing) return Error(ErrorCode::kBusy, "another install is running");
  state.installing = true;  // no form begins to be remade from here on
  state.remade.wait(lock, [&state] { return !state.remaking; });
  return SlotTurn(state, &KeepState::installing);
}

Result<SlotTurn> SlotTurn::TakeForRemaking(KeepState& state) {
  const std::lock_guard lock(state.mutex);
  EK_TRY(state.CheckNotRetiring());
  if (state.installing || state.remaking) return Error(ErrorCode::kBusy, "an install is running");
  state.remaking = true;
  return SlotTurn(state, &KeepState::remaking);
}

SlotTurn::~SlotTurn() {
  if (state_ == nullptr) return;
  const std::lock_guard lock(state_->mutex);
  state_->*held_ = false;
  state_->remade.notify_all();
}

}  // namespace edgekeep::keep
