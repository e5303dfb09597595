// kProvision: a device's side of what a factory's station asks (spec/production-order.md §7). Whoever carries the
// messages decides nothing: what is stored is the station's word about this device, and others verify it.
#include <algorithm>
#include <utility>

#include "edgekeep/core/device.h"
#include "edgekeep/formats/factory_identity.h"
#include "edgekeep/formats/log_entry.h"
#include "edgekeep/formats/provisioning.h"
#include "handlers.h"

namespace edgekeep::keep {
namespace {

constexpr std::string_view kIdentityObject = "identity";

template <typename Message>
Result<Bytes> Encoded(const Message& message, Status (*encode)(const Message&, CborWriter&)) {
  EK_TRY_ASSIGN(Bytes bytes, Bytes::Allocate(formats::kMaxProvisioningMessage));
  CborWriter out(bytes.mutable_view());
  EK_TRY(encode(message, out));
  bytes.Truncate(out.written().size());
  return bytes;
}

Result<ports::Endorsement*> EndorsementOf(KeepState& state) {
  if (state.world.endorsement != nullptr) return state.world.endorsement;
  return Error(ErrorCode::kUnsupported, "a software anchor cannot show that it is a device");
}

Result<Bytes> Hello(KeepState& state) {
  EK_TRY_ASSIGN(ports::Endorsement* const endorsement, EndorsementOf(state));
  EK_TRY_ASSIGN(const Bytes certificate, endorsement->Certificate());
  EK_TRY_ASSIGN(const Bytes attestation, endorsement->AttestationKey());
  EK_TRY_ASSIGN(const Bytes identity, state.world.anchor.IdentityPublicKey());
  return Encoded<formats::ProvisioningHello>({.endorsement_certificate = certificate.view(),
                                              .attestation_key = attestation.view(),
                                              .identity_key = identity.view()},
                                             formats::EncodeProvisioningHello);
}

Result<Bytes> Prove(KeepState& state, ByteView message) {
  EK_TRY_ASSIGN(const auto challenge, formats::DecodeProvisioningChallenge(message));
  EK_TRY_ASSIGN(ports::Endorsement* const endorsement, EndorsementOf(state));
  EK_TRY_ASSIGN(const SecretBytes secret, endorsement->Activate(challenge.credential, challenge.encrypted_seed));
  EK_TRY_ASSIGN(const auto answer, formats::ActivationAnswer::From(secret.Reveal()));
  EK_TRY_ASSIGN(const ports::CertifiedKey certified, endorsement->CertifyIdentity(challenge.nonce.view()));
  state.awaits_identity = true;
  return Encoded<formats::ProvisioningProof>(
      {.answer = answer, .statement = certified.statement.view(), .signature = certified.signature.view()},
      formats::EncodeProvisioningProof);
}

// The parts of an identity that are the same whenever a station gives it: its checkpoint may be a newer one.
struct IdentityFacts {
  formats::FactoryIdentity identity;
  formats::Provisioned provisioned;
};

Result<IdentityFacts> FactsOf(ByteView bytes) {
  IdentityFacts facts;
  EK_TRY_ASSIGN(facts.identity, formats::DecodeFactoryIdentity(bytes));
  EK_TRY_ASSIGN(const formats::LogEntry entry, formats::DecodeLogEntry(facts.identity.entry));
  EK_TRY_ASSIGN(facts.provisioned, formats::DecodeProvisioned(entry.content));
  return facts;
}

// What is stored; empty where there is none, or one that is no identity any more: a station gives the same again.
Result<Bytes> StoredIdentity(KeepState& state) {
  Result<Bytes> stored = state.world.store.Read(kIdentityObject, formats::kMaxFactoryIdentitySize);
  if (stored) return FactsOf(stored->view()) ? std::move(stored) : Bytes();
  const ErrorCode code = stored.error().code();
  return code == ErrorCode::kNotFound || code == ErrorCode::kDenied || code == ErrorCode::kTooLarge ? Bytes()
                                                                                                    : std::move(stored);
}

Result<Bytes> Begin(KeepState& state) {
  EK_TRY_ASSIGN(Bytes stored, StoredIdentity(state));
  if (!stored.empty()) return stored;
  return Hello(state);
}

// X.509 is for those who verify. A certificate that is for this device's key has its point in it.
Status CheckIsOwn(KeepState& state, const formats::Provisioned& provisioned) {
  EK_TRY_ASSIGN(const DeviceId device, core::DeviceIdOf(state.world.provider, state.world.anchor));
  EK_TRY_ASSIGN(const Bytes key, state.world.anchor.IdentityPublicKey());
  const bool is_for_key = !std::ranges::search(provisioned.certificate, key.view()).empty();
  if (provisioned.device == device && is_for_key) return {};
  return Error(ErrorCode::kWrongDevice, "an identity of another device");
}

// For the device's whole life: another one is refused. Only who was shown this chip may give one, and once for that.
Result<Bytes> StoreIdentity(KeepState& state, ByteView bytes) {
  if (!std::exchange(state.awaits_identity, false)) return Error(ErrorCode::kBadState, "nobody was asked for one");
  EK_TRY_ASSIGN(const IdentityFacts given, FactsOf(bytes));
  EK_TRY(CheckIsOwn(state, given.provisioned));
  EK_TRY_ASSIGN(const Bytes stored, StoredIdentity(state));
  if (!stored.empty()) {
    EK_TRY_ASSIGN(const IdentityFacts had, FactsOf(stored.view()));
    if (!Equal(had.identity.entry, given.identity.entry)) {
      return Error(ErrorCode::kAlreadyExists, "this device has its identity");
    }
    return Bytes();
  }
  EK_TRY(state.world.store.Replace(kIdentityObject, bytes));
  state.world.journal.NoteEvent("provisioned");
  return Bytes();
}

}  // namespace

Result<Bytes> FactoryCertificate(KeepState& state) {
  EK_TRY_ASSIGN(const Bytes stored, StoredIdentity(state));
  if (stored.empty()) return Error(ErrorCode::kNotFound, "no factory gave this device an identity");
  EK_TRY_ASSIGN(const IdentityFacts facts, FactsOf(stored.view()));
  return Bytes::Copy(facts.provisioned.certificate);
}

// A store has no names that are gone: an empty one is none.
Status ForgetIdentity(KeepState& state) {
  const std::lock_guard lock(state.mutex);
  if (state.standing != Standing::kNotInitialised) {
    return Error(ErrorCode::kBadState, "this device trusts a publisher already: its identity stays");
  }
  EK_TRY(state.world.store.Replace(kIdentityObject, {}));
  state.world.journal.NoteEvent("identity forgotten");
  return {};
}

Result<Bytes> Provision(KeepState& state, ByteView message) {
  const std::lock_guard lock(state.mutex);
  EK_TRY(state.CheckNotRetiring());
  if (state.standing == Standing::kForeign) EK_TRY(state.CheckInitialised());
  if (message.empty()) return Begin(state);
  EK_TRY_ASSIGN(const formats::ProvisioningKind kind, formats::KindOfProvisioning(message));
  switch (kind) {
    case formats::ProvisioningKind::kChallenge:
      return Prove(state, message);
    case formats::ProvisioningKind::kIdentity:
      return StoreIdentity(state, message);
    default:
      return Error(ErrorCode::kUnsupported, "a message that is none for a device");
  }
}

}  // namespace edgekeep::keep
