#include "quarantine.h"

#include "releases.h"

namespace edgekeep::keep {
namespace {

Status AskChip(KeepState& state) {
  if (state.chip) return {};
  EK_TRY_ASSIGN(state.chip, state.world.attestor->Chip());
  return {};
}

}  // namespace

Result<const formats::QuarantinedClass*> QuarantineOf(KeepState& state) {
  const formats::QuarantinedClass* none = nullptr;
  if (!state.releases->demanded()) return none;
  // Nobody else need ever ask this device anything: whoever runs it may keep courier and `status` away.
  EK_TRY(SettleWaiting(state));
  if (state.world.attestor == nullptr) return none;
  const formats::TrustPolicy& policy = state.releases->policy();
  if (policy.quarantine.empty()) return none;
  EK_TRY(AskChip(state));
  return formats::FindQuarantine(policy, state.chip->manufacturer, state.chip->firmware);
}

Result<std::optional<formats::ChipClass>> ChipOf(KeepState& state) {
  std::optional<formats::ChipClass> chip;
  if (state.world.attestor == nullptr || state.world.anchor.kind() != ports::AnchorKind::kTpm2) return chip;
  EK_TRY(AskChip(state));
  chip = formats::ChipClass{.manufacturer = state.chip->manufacturer, .firmware = state.chip->firmware};
  return chip;
}

Status CheckNotQuarantined(KeepState& state) {
  EK_TRY_ASSIGN(const formats::QuarantinedClass* const quarantine, QuarantineOf(state));
  if (quarantine == nullptr) return {};
  return Error(ErrorCode::kForbidden, "trust policy: chips of this class are quarantined, nothing is renewed here");
}

}  // namespace edgekeep::keep
