#include "edgekeep/formats/labels.h"
#include "handlers.h"
#include "owner_credential.h"
#include "quarantine.h"
#include "release_files.h"

namespace edgekeep::keep {
namespace {

gate::InitialiseAnswer AnswerOf(const KeepState& state) {
  return {.device = state.device->id(),
          .anchor = static_cast<std::uint8_t>(state.world.anchor.kind()),
          .publisher = InlineString<63>::Truncated(state.trust->bundle().publisher),
          .trust_fingerprint = state.trust->fingerprint()};
}

// A device secret without a trust bundle is what an initialisation left that was cut; nothing hangs on it yet, so one
// that does not open is replaced.
Result<core::Device> MakeDevice(const World& world) {
  if (const Result<Bytes> left = world.store.Read(kDeviceObject, kMaxDeviceSecret)) {
    Result<core::Device> device = core::Device::Open(world.provider, world.anchor, left->view());
    if (device) return device;
  }
  EK_TRY_ASSIGN(const Bytes secret, core::MakeDeviceSecret(world.provider, world.anchor));
  EK_TRY(world.store.Replace(kDeviceObject, secret.view()));
  return core::Device::Open(world.provider, world.anchor, secret.view());
}

// What puts a device under releases.
struct FirstTrust {
  Bytes root;
  Bytes policy;
};

Result<std::optional<FirstTrust>> ReadFirstTrust(KeepState& state, std::span<const int> descriptors) {
  if (descriptors.empty()) return std::optional<FirstTrust>();
  FirstTrust first;
  if (descriptors.size() != 2)
    return Error(ErrorCode::kBadArgument, "two descriptors, of a root and of a trust policy");
  EK_TRY_ASSIGN(first.root, ReadWhole(state.world.files, descriptors.first(1), release::kDeviceLimits.root_bytes));
  EK_TRY_ASSIGN(first.policy, ReadWhole(state.world.files, descriptors.last(1), formats::kMaxSignedTrustPolicy));
  return std::optional<FirstTrust>(std::move(first));
}

// Asking for what is there already is how somebody finds out that it was done.
Status CheckSame(const KeepState& state, const core::TrustedPublisher& trust, const std::optional<TakenPolicy>& first) {
  if (trust.fingerprint() != state.trust->fingerprint())
    return Error(ErrorCode::kAlreadyExists, "this device trusts another publisher already");
  const std::optional<TakenPolicy>& counting = state.releases->counting;
  if (first.has_value() == counting.has_value() &&
      (!first || first->policy.fingerprint() == counting->policy.fingerprint()))
    return {};
  return Error(ErrorCode::kAlreadyExists, "this device was initialised with other demands already");
}

Status StoreFirst(KeepState& state, TakenPolicy first) {
  Releases& releases = *state.releases;
  EK_TRY(releases.metadata.Replace("root.json", first.root.view()));
  state.clock.RaiseTo(first.policy.policy().issued_at);
  releases.counting = std::move(first);
  const StoredPolicies all = releases.stored(state.clock.certain());
  EK_TRY(StorePolicies(state, all));
  releases.marks = all.marks;
  return {};
}

Status StoreAll(KeepState& state, ByteView bundle, std::optional<TakenPolicy> first) {
  using namespace formats::label;
  const std::string_view label = first ? kStoredTrustUnderReleases : kStoredTrust;
  if (first) EK_TRY(StoreFirst(state, *std::move(first)));
  EK_TRY_ASSIGN(core::Device device, MakeDevice(state.world));
  EK_TRY_ASSIGN(const Bytes protected_trust, state.vault.Protect(label, bundle));
  EK_TRY(state.world.store.Replace("trust", protected_trust.view()));
  state.device.emplace(std::move(device));
  return {};
}

}  // namespace

Result<gate::InitialiseAnswer> Initialise(KeepState& state, ByteView bundle, std::span<const int> descriptors) {
  EK_TRY_ASSIGN(const std::optional<FirstTrust> files, ReadFirstTrust(state, descriptors));
  const std::lock_guard lock(state.mutex);
  EK_TRY(state.CheckNotRetiring());
  if (state.standing == Standing::kForeign) EK_TRY(state.CheckInitialised());
  const World& world = state.world;
  EK_TRY_ASSIGN(core::TrustedPublisher trust, core::VerifyTrustBundle(world.provider, bundle));
  std::optional<TakenPolicy> first;
  if (files) {
    EK_TRY_ASSIGN(first, TakeFirstPolicy(state, files->root.view(), files->policy.view(), trust.bundle().publisher));
  }
  if (state.standing == Standing::kInitialised) {
    EK_TRY(CheckSame(state, trust, first));
    return AnswerOf(state);
  }
  const Status stored = StoreAll(state, bundle, std::move(first));
  if (!stored) {
    state.releases->counting.reset();
    return stored.error();
  }
  state.trust = std::move(trust);
  state.standing = Standing::kInitialised;
  world.journal.NoteEvent("initialised");
  return AnswerOf(state);
}

Result<Bytes> ShowRequest(KeepState& state) {
  const std::lock_guard lock(state.mutex);
  EK_TRY(state.CheckInitialised());
  return MakeDeviceRequest(state);
}

Result<Bytes> ShowOwnership(KeepState& state) {
  const std::lock_guard lock(state.mutex);
  EK_TRY(state.CheckInitialised());
  EK_TRY_ASSIGN(const std::optional<formats::Ownership> ownership, OwnershipOf(state));
  if (!ownership) return Error(ErrorCode::kNotFound, "this device has no owner");
  return MakeDeviceRequest(state, ownership);
}

}  // namespace edgekeep::keep
