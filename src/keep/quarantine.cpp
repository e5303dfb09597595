#include "quarantine.h"

#include <algorithm>
#include <array>

#include "releases.h"

namespace edgekeep::keep {
namespace {

using formats::QuarantinedClass;

Status AskChip(KeepState& state) {
  if (state.chip) return {};
  EK_TRY_ASSIGN(state.chip, state.world.attestor->Chip());
  return {};
}

// What has waited for its time, where the disk takes nothing and it cannot count: nobody fills a disk to escape it, and
// a disk that is full by itself stops nothing else.
Result<const formats::TrustPolicy*> DueAllTheSame(KeepState& state) {
  const formats::TrustPolicy* none = nullptr;
  const Releases& releases = *state.releases;
  if (SettleWaiting(state) || state.clock.certain() < releases.waits_until()) return none;
  const Status fits = CheckWaiting(state);
  if (!fits && fits.error().code() == ErrorCode::kNoMemory) return fits.error();
  return fits ? &releases.waiting->policy.policy() : none;
}

const QuarantinedClass* Stricter(const QuarantinedClass* one, const QuarantinedClass* other) {
  if (one == nullptr || other == nullptr) return one == nullptr ? other : one;
  return one->floor < other->floor ? other : one;
}

// Policies whose quarantine holds now, where this device has a chip that they may be about: the one that counts, and
// one that is due all the same.
Result<std::array<const formats::TrustPolicy*, 2>> HoldingPolicies(KeepState& state) {
  std::array<const formats::TrustPolicy*, 2> holding{};
  if (!state.releases->demanded()) return holding;
  // Nobody else need ever ask this device anything: whoever runs it may keep courier and `status` away.
  EK_TRY_ASSIGN(const formats::TrustPolicy* const due, DueAllTheSame(state));
  if (state.world.attestor == nullptr) return holding;
  if (!state.releases->policy().quarantine.empty()) holding[0] = &state.releases->policy();
  if (due != nullptr && !due->quarantine.empty()) holding[1] = due;
  if (holding[0] != nullptr || holding[1] != nullptr) EK_TRY(AskChip(state));
  return holding;
}

std::optional<UnixTime> RekeyedAt(const KeepState& state) {
  const UnixTime at = state.releases->marks.ordered.rekeyed_at;
  return at == UnixTime{} ? std::nullopt : std::optional(at);
}

Result<bool> IsKeptFromLicences(KeepState& state, const std::optional<UnixTime>& rekeyed_at) {
  EK_TRY_ASSIGN(const auto holding, HoldingPolicies(state));
  for (const formats::TrustPolicy* const policy : holding) {
    if (policy == nullptr) continue;
    if (formats::KeepsFromLicences(*policy, state.chip->manufacturer, state.chip->firmware, rekeyed_at)) return true;
  }
  return false;
}

// Nothing is wrapped to a key that the next start does not know.
Status SettleKem(KeepState& state) {
  if (!state.kem_in_doubt) return {};
  const World& world = state.world;
  EK_TRY_ASSIGN(const Bytes secret, world.store.Read(kDeviceObject, kMaxDeviceSecret));
  EK_TRY_ASSIGN(core::Device counting, core::Device::Open(world.provider, world.anchor, secret.view()));
  state.device->TakeKem(std::move(counting));
  state.kem_in_doubt = false;
  return {};
}

}  // namespace

Result<const QuarantinedClass*> QuarantineOf(KeepState& state) {
  EK_TRY_ASSIGN(const auto holding, HoldingPolicies(state));
  const QuarantinedClass* strictest = nullptr;
  for (const formats::TrustPolicy* const policy : holding) {
    if (policy == nullptr) continue;
    strictest = Stricter(strictest, formats::FindQuarantine(*policy, state.chip->manufacturer, state.chip->firmware));
  }
  return strictest;
}

Result<Bytes> MakeDeviceRequest(KeepState& state, const std::optional<formats::Ownership>& ownership) {
  EK_TRY(SettleKem(state));
  core::SaidInRequest said{.chip = {}, .rekeyed_at = RekeyedAt(state), .ownership = ownership};
  if (state.world.attestor != nullptr && state.world.anchor.kind() == ports::AnchorKind::kTpm2) {
    EK_TRY(AskChip(state));
    said.chip = formats::ChipClass{.manufacturer = state.chip->manufacturer, .firmware = state.chip->firmware};
  }
  return state.device->MakeRequest(said);
}

Status CheckNotQuarantined(KeepState& state) {
  EK_TRY_ASSIGN(const bool is_kept, IsKeptFromLicences(state, RekeyedAt(state)));
  if (!is_kept) return {};
  return Error(ErrorCode::kForbidden, "trust policy: chips of this class are quarantined, nothing is renewed here");
}

Status CheckRekeyIsOfUse(KeepState& state, UnixTime ordered_at) {
  EK_TRY_ASSIGN(const bool is_kept,
                IsKeptFromLicences(state, std::max(ordered_at, state.releases->marks.ordered.rekeyed_at)));
  if (!is_kept) return {};
  return Error(ErrorCode::kForbidden, "trust policy: a quarantine of this chip's class that this order does not end");
}

}  // namespace edgekeep::keep
