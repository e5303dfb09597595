// kOrder and kShowOrderAuthority: orders that people give to this device, by the authority that its trust policy gives
// them (spec/orders.md).
#include "device_orders.h"

#include <algorithm>
#include <utility>

#include "edgekeep/release/order.h"
#include "handlers.h"
#include "journal_words.h"
#include "owner_credential.h"
#include "quarantine.h"
#include "release_files.h"
#include "retire.h"

namespace edgekeep::keep {
namespace {

using enum formats::OrderAction;

std::uint64_t& SequenceOf(Ordered& ordered, formats::OrderAction action) {
  return ordered.sequences[std::to_underlying(formats::KindOf(action)) - 1U];
}

// What is public about an order, once it is known whose it is.
Status CheckIsForThis(KeepState& state, const formats::Order& order) {
  if (std::ranges::find(order.devices, state.device->id()) == order.devices.end())
    return Error(ErrorCode::kWrongDevice, "order: for other devices");
  EK_TRY_ASSIGN(const UnixTime now, state.clock.Now());
  // Else the longest time of an order would bound nothing: one that is issued in a hundred years is good until then.
  if (now < order.issued_at)
    return Error(ErrorCode::kNotYetValid, "order: issued later than it is by this device's time");
  if (now > order.not_after) return Error(ErrorCode::kExpired, "order: its time is over");
  Ordered ordered = state.releases->marks.ordered;
  const std::uint64_t last = SequenceOf(ordered, order.action);
  if (order.sequence <= last)
    return Error(ErrorCode::kWrongVersion, "order: this one or a later one was obeyed before");
  if (order.sequence - last > formats::kMaxOrderStep)
    return Error(ErrorCode::kWrongVersion, "order: too far ahead of the last one of its kind");
  return {};
}

void Change(Ordered& ordered, const formats::Order& order) {
  SequenceOf(ordered, order.action) = order.sequence;
  if (order.action == kBoundSessions) ordered.sessions = order.sessions.value_or(0);
  if (order.action == kHoldInstalls || order.action == kAllowInstalls)
    ordered.installs_held = order.action == kHoldInstalls;
  if (order.action == kSuspend || order.action == kResume) ordered.suspended = order.action == kSuspend;
  // The key is newer than by either order, and licensors who saw the later time take no request with another one.
  if (order.action == kRekey) ordered.rekeyed_at = std::max(ordered.rekeyed_at, order.issued_at);
}

// Cut before the number is stored, it is given once more, and another key is made. One of which the anchor makes
// nothing takes no other one's place.
Status MakeKemAnew(KeepState& state, UnixTime ordered_at) {
  EK_TRY(CheckRekeyIsOfUse(state, ordered_at));
  const World& world = state.world;
  EK_TRY_ASSIGN(const Bytes secret, core::MakeDeviceSecret(world.provider, world.anchor));
  EK_TRY_ASSIGN(core::Device with_it, core::Device::Open(world.provider, world.anchor, secret.view()));
  state.kem_in_doubt = true;
  EK_TRY(world.store.Replace(kDeviceObject, secret.view()));
  state.device->TakeKem(std::move(with_it));
  state.kem_in_doubt = false;
  return {};
}

// Effect and number are stored together, or the effect can be had again: an order that was cut is given once more.
Status Obey(KeepState& state, const release::VerifiedOrder& verified) {
  Releases& releases = *state.releases;
  const formats::Order& order = verified.order();
  if (order.action == kDisown) {
    EK_TRY_ASSIGN(const Digest by, DigestOf(state, verified.payload()));
    EK_TRY(FreeFromOwner(state, *order.ownership, by));
  }
  if (order.action == kEndLicence) EK_TRY(EndLicence(state, *order.product));
  if (order.action == kRekey) EK_TRY(MakeKemAnew(state, order.issued_at));
  StoredPolicies next = releases.stored(state.clock.certain());
  Change(next.marks.ordered, order);
  EK_TRY(StorePolicies(state, next));
  releases.marks = next.marks;
  NoteEvent(state.world.journal, {"obeyed an order: ", formats::NameOf(order.action)});
  if (order.action != kResume) return {};
  // What did not start at boot may now.
  for (ProductNote& note : state.notes) note.boot_due = note.boot_due || std::exchange(note.boot_failed, false);
  return {};
}

bool IsTo(formats::OrderAction action, ByteView bytes) {
  const auto object = formats::DecodeSignedObject(formats::typ::kOrder, bytes);
  if (!object) return false;
  const auto order = formats::DecodeOrder(object->payload);
  return order && order->action == action;
}

// Whoever took over the root and rotated it orders nothing dangerous before the rightful people had the policy's delay
// to notice it: until then it takes those of the root before as well, as a change of the policy does.
Result<release::VerifiedOrder> VerifyGiven(KeepState& state, ByteView object) {
  const crypto::Provider& provider = state.world.provider;
  Releases& releases = *state.releases;
  EK_TRY_ASSIGN(const Bytes root, CurrentRoot(releases));
  EK_TRY_ASSIGN(const release::VerifiedOrder verified,
                release::VerifyOrder(provider, releases.policy(), root.view(), object));
  const bool is_settled = std::ranges::equal(root.view(), releases.root_before());
  if (!is_settled && formats::IsDangerous(formats::KindOf(verified.order().action)))
    EK_TRY(release::VerifyOrder(provider, releases.policy(), releases.root_before(), object));
  return verified;
}

// One that may be obeyed now. Requires the state's mutex.
Result<release::VerifiedOrder> Check(KeepState& state, ByteView object, Attempt& attempt) {
  EK_TRY(CheckDemanded(state));
  EK_TRY(SettlePolicies(state));
  EK_TRY_ASSIGN(const release::VerifiedOrder verified, VerifyGiven(state, object));
  if (verified.order().product) attempt.product = *verified.order().product;
  EK_TRY(CheckIsForThis(state, verified.order()));
  return verified;
}

// The effect of an order to report is its answer: one that cannot be made uses up no number.
Result<Bytes> Report(KeepState& state, ByteView object, Attempt& attempt) {
  const auto nonce = [&]() -> Result<formats::AttestationNonce> {
    const std::lock_guard lock(state.mutex);
    EK_TRY_ASSIGN(const release::VerifiedOrder verified, Check(state, object, attempt));
    return release::OrderNonce(state.world.provider, verified.payload());
  }();
  EK_TRY(nonce);
  EK_TRY_ASSIGN(Bytes evidence, MakeEvidence(state, *nonce));
  const std::lock_guard lock(state.mutex);
  EK_TRY_ASSIGN(const release::VerifiedOrder verified, Check(state, object, attempt));
  EK_TRY(Obey(state, verified));
  return evidence;
}

// What is being installed ends first; nothing is afterwards.
Result<Bytes> Retire(KeepState& state, ByteView object, Attempt& attempt) {
  EK_TRY_ASSIGN(const SlotTurn turn, SlotTurn::TakeForInstall(state));
  {
    const std::lock_guard lock(state.mutex);
    EK_TRY(Check(state, object, attempt));
    EK_TRY(BeginRetirement(state, object));
  }
  return FinishRetirement(state, object);
}

}  // namespace

bool IsSuspended(const KeepState& state) noexcept {
  return state.releases->demanded() && state.releases->marks.ordered.suspended;
}

Status CheckNotSuspended(const KeepState& state) {
  EK_TRY(state.CheckNotRetiring());
  if (!IsSuspended(state)) return {};
  return Error(ErrorCode::kForbidden, "this device was suspended by an order");
}

Status CheckInstallsAllowed(const KeepState& state) {
  if (!state.releases->demanded() || !state.releases->marks.ordered.installs_held) return {};
  return Error(ErrorCode::kForbidden, "installs are held by an order");
}

Result<Bytes> TakeOrder(KeepState& state, ByteView object, Attempt& attempt) {
  if (IsTo(kRetire, object)) return Retire(state, object, attempt);
  if (IsTo(kReport, object)) return Report(state, object, attempt);
  // No package is being installed while the key goes that its licence is wrapped to.
  std::optional<SlotTurn> turn;
  if (IsTo(kRekey, object)) {
    EK_TRY_ASSIGN(SlotTurn taken, SlotTurn::TakeForInstall(state));
    turn.emplace(std::move(taken));
  }
  const std::lock_guard lock(state.mutex);
  EK_TRY_ASSIGN(const release::VerifiedOrder verified, Check(state, object, attempt));
  EK_TRY(Obey(state, verified));
  return Bytes();
}

Result<Bytes> ShowOrderAuthority(KeepState& state, ByteView kind_name) {
  const std::optional<formats::OrderKind> kind = formats::FindOrderKind(AsText(kind_name));
  if (!kind) return Error(ErrorCode::kUnsupported, "no kind of orders");
  const std::lock_guard lock(state.mutex);
  EK_TRY(CheckDemanded(state));
  EK_TRY(SettlePolicies(state));
  EK_TRY_ASSIGN(const Bytes root, CurrentRoot(*state.releases));
  const formats::TrustPolicy& policy = state.releases->policy();
  EK_TRY_ASSIGN(const release::OrderPeople people,
                release::OrderPeople::Read(state.world.provider, policy, root.view(), *kind));
  const std::unique_ptr<formats::OrderAuthority> authority(new (std::nothrow) formats::OrderAuthority);
  if (!authority) return Error(ErrorCode::kNoMemory, "authority");
  authority->kind = *kind;
  authority->classes = policy.required_classes;
  EK_TRY(people.Tell(state.world.provider, *authority));
  EK_TRY_ASSIGN(Bytes bytes, Bytes::Allocate(formats::kMaxOrderAuthoritySize));
  CborWriter out(bytes.mutable_view());
  EK_TRY(formats::EncodeOrderAuthority(*authority, out));
  bytes.Truncate(out.written().size());
  return bytes;
}

}  // namespace edgekeep::keep
