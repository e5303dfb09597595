// kAdopt: a trust policy or a repair of time, as the root's people signed it; an operations policy, as it was released.
#include <algorithm>

#include "edgekeep/formats/signed_object.h"
#include "handlers.h"
#include "leases.h"
#include "operations.h"
#include "release_files.h"

namespace edgekeep::keep {
namespace {

Result<gate::AdoptAnswer> AdoptPolicy(KeepState& state, ByteView object) {
  Releases& releases = *state.releases;
  const crypto::Provider& provider = state.world.provider;
  EK_TRY_ASSIGN(Bytes root, CurrentRoot(releases));
  EK_TRY_ASSIGN(
      release::VerifiedTrustPolicy verified,
      release::VerifyPolicyChange(provider, releases.counting->policy, releases.root_before(), root.view(), object));
  const std::uint64_t version = verified.policy().version;
  // One that the root of now would stop, once it is due, is in nobody's way.
  const bool fits = releases.waiting && CheckWaiting(state);
  // Handed in again it does not begin to wait anew.
  const bool waits = fits && releases.waiting->policy.fingerprint() == verified.fingerprint();
  if (fits && !waits && version <= releases.waiting->policy.policy().version)
    return Error(ErrorCode::kWrongVersion, "trust policy: a newer one waits already");
  if (!waits) {
    StoredPolicies next = releases.stored(state.clock.certain());
    next.waiting = verified.bytes();
    next.waiting_root = root.view();
    next.marks.waiting_since = state.clock.certain();
    EK_TRY(StorePolicies(state, next));
    releases.waiting = TakenPolicy{std::move(verified), std::move(root)};
    releases.marks = next.marks;
  }
  const UnixTime from = CountsFrom(state);
  EK_TRY(SettlePolicies(state));
  return gate::AdoptAnswer{gate::AdoptedKind::kTrustPolicy, version, from, !releases.waiting.has_value()};
}

// What waits, waits its whole delay from the repair on: neither a floor that is set ahead shortens it, nor one that is
// set back makes it endless.
Status RepairTime(KeepState& state, const formats::TimeRepair& repair) {
  Releases& releases = *state.releases;
  StoredPolicies next = releases.stored(std::min(state.clock.certain(), repair.time));
  PolicyMarks& marks = next.marks;
  marks.waiting_since = std::max(marks.waiting_since, repair.time);
  marks.root_since = std::max(marks.root_since, repair.time);
  // In this order a cut anywhere leaves a repair that can be taken again, to the same end, and no delay that is over.
  EK_TRY(StorePolicies(state, next));
  releases.marks = next.marks;
  const bool sets_back = repair.time < state.clock.floor();
  if (!sets_back) EK_TRY(RebaseLeases(state, repair.time));
  EK_TRY(state.clock.Repair(repair.time));
  if (sets_back) EK_TRY(RebaseLeases(state, repair.time));
  marks.certain = marks.waiting_since = marks.root_since = repair.time;
  marks.repairs = repair.number;
  EK_TRY(StorePolicies(state, next));
  releases.marks = next.marks;
  return {};
}

// Used up all the same: the floor gets to where it would fit by itself, in time.
Status PassOver(KeepState& state, const formats::TimeRepair& repair) {
  Releases& releases = *state.releases;
  StoredPolicies next = releases.stored(state.clock.certain());
  next.marks.repairs = repair.number;
  EK_TRY(StorePolicies(state, next));
  releases.marks = next.marks;
  return {};
}

Result<gate::AdoptAnswer> AdoptRepair(KeepState& state, ByteView object) {
  Releases& releases = *state.releases;
  EK_TRY_ASSIGN(const Bytes root, CurrentRoot(releases));
  EK_TRY_ASSIGN(const formats::TimeRepair repair,
                release::VerifyTimeRepair(state.world.provider, releases.counting->policy, root.view(), object));
  if (repair.number <= releases.marks.repairs) return Error(ErrorCode::kWrongVersion, "repair of time: seen before");
  const UnixTime floor = state.clock.floor();
  const bool is_needed = repair.ahead_from ? floor >= *repair.ahead_from : floor < repair.time;
  EK_TRY(is_needed ? RepairTime(state, repair) : PassOver(state, repair));
  return gate::AdoptAnswer{gate::AdoptedKind::kTimeRepair, repair.number, is_needed ? repair.time : floor, is_needed};
}

}  // namespace

Result<gate::AdoptAnswer> Adopt(KeepState& state, std::span<const int> descriptors) {
  EK_TRY_ASSIGN(const Bytes object, ReadWhole(state.world.files, descriptors, formats::kMaxSignedTrustPolicy));
  const std::lock_guard lock(state.mutex);
  EK_TRY(CheckDemanded(state));
  EK_TRY(SettlePolicies(state));
  if (formats::IsOperationsPolicy(object.view())) return AdoptOperations(state, object.view());
  if (formats::DecodeSignedObject(formats::typ::kTimeRepair, object.view())) return AdoptRepair(state, object.view());
  return AdoptPolicy(state, object.view());
}

}  // namespace edgekeep::keep
