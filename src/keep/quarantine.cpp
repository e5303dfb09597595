#include "quarantine.h"

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

}  // namespace

Result<const QuarantinedClass*> QuarantineOf(KeepState& state) {
  const QuarantinedClass* none = nullptr;
  if (!state.releases->demanded()) return none;
  // Nobody else need ever ask this device anything: whoever runs it may keep courier and `status` away.
  EK_TRY_ASSIGN(const formats::TrustPolicy* const due, DueAllTheSame(state));
  if (state.world.attestor == nullptr) return none;
  const formats::TrustPolicy& policy = state.releases->policy();
  if (policy.quarantine.empty() && (due == nullptr || due->quarantine.empty())) return none;
  EK_TRY(AskChip(state));
  const auto in = [&](const formats::TrustPolicy& by) {
    return formats::FindQuarantine(by, state.chip->manufacturer, state.chip->firmware);
  };
  return Stricter(in(policy), due == nullptr ? nullptr : in(*due));
}

Result<std::optional<formats::ChipClass>> ChipOf(KeepState& state) {
  std::optional<formats::ChipClass> chip;
  if (state.world.attestor == nullptr || state.world.anchor.kind() != ports::AnchorKind::kTpm2) return chip;
  EK_TRY(AskChip(state));
  chip = formats::ChipClass{.manufacturer = state.chip->manufacturer, .firmware = state.chip->firmware};
  return chip;
}

Status CheckNotQuarantined(KeepState& state) {
  EK_TRY_ASSIGN(const QuarantinedClass* const quarantine, QuarantineOf(state));
  if (quarantine == nullptr) return {};
  return Error(ErrorCode::kForbidden, "trust policy: chips of this class are quarantined, nothing is renewed here");
}

}  // namespace edgekeep::keep
