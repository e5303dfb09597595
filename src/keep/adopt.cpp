// kAdopt: a trust policy or a repair of time, as the root's people signed it.
#include "edgekeep/formats/signed_object.h"
#include "handlers.h"
#include "release_files.h"

namespace edgekeep::keep {
namespace {

Result<gate::AdoptAnswer> AdoptPolicy(KeepState& state, ByteView object) {
  Releases& releases = *state.releases;
  const crypto::Provider& provider = state.world.provider;
  EK_TRY_ASSIGN(Bytes root, CurrentRoot(releases));
  EK_TRY_ASSIGN(release::VerifiedTrustPolicy verified,
                release::VerifyPolicyChange(provider, releases.counting->policy, releases.counting->root.view(),
                                            root.view(), object));
  const std::uint64_t version = verified.policy().version;
  if (releases.waiting && version < releases.waiting->policy.policy().version)
    return Error(ErrorCode::kWrongVersion, "trust policy: a newer one waits already");
  // Handed in again it does not begin to wait anew.
  const bool waits = releases.waiting && releases.waiting->policy.fingerprint() == verified.fingerprint();
  if (!waits) {
    releases.waiting = TakenPolicy{std::move(verified), std::move(root)};
    releases.waiting_since = state.clock.floor();
    EK_TRY(StorePolicies(state));
  }
  const UnixTime from = releases.waits_until();
  EK_TRY(SettlePolicies(state));
  return gate::AdoptAnswer{gate::AdoptedKind::kTrustPolicy, version, from, !releases.waiting.has_value()};
}

Result<gate::AdoptAnswer> AdoptRepair(KeepState& state, ByteView object) {
  Releases& releases = *state.releases;
  EK_TRY_ASSIGN(const Bytes root, CurrentRoot(releases));
  EK_TRY_ASSIGN(const formats::TimeRepair repair,
                release::VerifyTimeRepair(state.world.provider, releases.counting->policy, root.view(), object));
  if (repair.number <= releases.repairs) return Error(ErrorCode::kWrongVersion, "repair of time: taken before");
  // In this order a cut between them leaves a repair that can be taken again, to the same end.
  EK_TRY(state.clock.Repair(repair.time));
  releases.repairs = repair.number;
  EK_TRY(StorePolicies(state));
  return gate::AdoptAnswer{gate::AdoptedKind::kTimeRepair, repair.number, repair.time, true};
}

}  // namespace

Result<gate::AdoptAnswer> Adopt(KeepState& state, std::span<const int> descriptors) {
  EK_TRY_ASSIGN(const Bytes object, ReadWhole(state.world.files, descriptors, formats::kMaxSignedTrustPolicy));
  const std::lock_guard lock(state.mutex);
  EK_TRY(CheckDemanded(state));
  EK_TRY(SettlePolicies(state));
  if (formats::DecodeSignedObject(formats::typ::kTimeRepair, object.view())) return AdoptRepair(state, object.view());
  return AdoptPolicy(state, object.view());
}

}  // namespace edgekeep::keep
