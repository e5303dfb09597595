#include "quarantine.h"

#include "releases.h"

namespace edgekeep::keep {

Result<const formats::QuarantinedClass*> QuarantineOf(KeepState& state) {
  const formats::QuarantinedClass* none = nullptr;
  if (!state.releases->demanded()) return none;
  // Nobody else need ever ask this device anything: whoever runs it may keep courier and `status` away.
  EK_TRY(SettleWaiting(state));
  if (state.world.attestor == nullptr) return none;
  const formats::TrustPolicy& policy = state.releases->policy();
  if (policy.quarantine.empty()) return none;
  if (!state.chip) {
    EK_TRY_ASSIGN(state.chip, state.world.attestor->Chip());
  }
  return formats::FindQuarantine(policy, state.chip->manufacturer, state.chip->firmware);
}

Status CheckNotQuarantined(KeepState& state) {
  EK_TRY_ASSIGN(const formats::QuarantinedClass* const quarantine, QuarantineOf(state));
  if (quarantine == nullptr) return {};
  return Error(ErrorCode::kForbidden, "trust policy: chips of this class are quarantined, nothing is renewed here");
}

}  // namespace edgekeep::keep
