#include "edgekeep/formats/labels.h"
#include "handlers.h"

namespace edgekeep::keep {
namespace {

constexpr std::size_t kMaxDeviceSecret = 1024;

gate::InitialiseAnswer AnswerOf(const KeepState& state) {
  return {.device = state.device->id(),
          .anchor = static_cast<std::uint8_t>(state.world.anchor.kind()),
          .publisher = InlineString<63>::Truncated(state.trust->bundle().publisher),
          .trust_fingerprint = state.trust->fingerprint()};
}

// A device secret without a trust bundle is what an initialisation left that was cut; nothing hangs on it yet, so one
// that does not open is replaced.
Result<core::Device> MakeDevice(const World& world) {
  if (const Result<Bytes> left = world.store.Read("device", kMaxDeviceSecret)) {
    Result<core::Device> device = core::Device::Open(world.provider, world.anchor, left->view());
    if (device) return device;
  }
  EK_TRY_ASSIGN(const Bytes secret, core::MakeDeviceSecret(world.provider, world.anchor));
  EK_TRY(world.store.Replace("device", secret.view()));
  return core::Device::Open(world.provider, world.anchor, secret.view());
}

}  // namespace

Result<gate::InitialiseAnswer> Initialise(KeepState& state, ByteView bundle) {
  const std::lock_guard lock(state.mutex);
  if (state.standing == Standing::kForeign) EK_TRY(state.CheckInitialised());
  const World& world = state.world;
  EK_TRY_ASSIGN(core::TrustedPublisher trust, core::VerifyTrustBundle(world.provider, bundle));
  if (state.standing == Standing::kInitialised) {
    // Asking for what is there already is how somebody finds out that it was done.
    if (trust.fingerprint() == state.trust->fingerprint()) return AnswerOf(state);
    return Error(ErrorCode::kAlreadyExists, "this device trusts another publisher already");
  }
  EK_TRY_ASSIGN(core::Device device, MakeDevice(world));
  EK_TRY_ASSIGN(const Bytes protected_trust, state.vault.Protect(formats::label::kStoredTrust, bundle));
  EK_TRY(world.store.Replace("trust", protected_trust.view()));
  state.trust = std::move(trust);
  state.device.emplace(std::move(device));
  state.standing = Standing::kInitialised;
  world.journal.NoteEvent("initialised");
  return AnswerOf(state);
}

Result<Bytes> ShowRequest(KeepState& state) {
  const std::lock_guard lock(state.mutex);
  EK_TRY(state.CheckInitialised());
  return state.device->MakeRequest();
}

}  // namespace edgekeep::keep
