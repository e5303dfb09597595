// kShowAttestationKeys and kAttest: what this device says of itself, as its anchor's silicon stands behind it.
#include <algorithm>
#include <array>
#include <new>

#include "edgekeep/attest/evidence.h"
#include "edgekeep/formats/attestation.h"
#include "handlers.h"
#include "operations.h"
#include "owner_credential.h"
#include "records.h"

namespace edgekeep::keep {
namespace {

// The counter may rise while the chip signs.
constexpr int kMostTries = 3;

// Evidence while it is made, with what it borrows from. Large: not on a stack.
struct Draft {
  formats::Evidence evidence;
  InlineVector<ProductName, ports::kMaxStoredProducts> products;
  gate::EngineKeyText engine_key;
  ports::Measurements measurements;
  ports::SignedStatement quote, identity, counter;
};

formats::MeasuredEvent ProgramEvent(const KeepState& state) {
  return {.kind = std::to_underlying(formats::MeasuredKind::kKeep),
          .text = state.settings.program.version.view(),
          .digest = state.settings.program.digest};
}

formats::MeasuredEvent EngineEvent(const gate::EngineKeyText& engine_key) {
  return {.kind = std::to_underlying(formats::MeasuredKind::kEngine), .text = engine_key.view(), .digest = {}};
}

Status Measure(ports::Attestor& attestor, const formats::MeasuredEvent& event) {
  std::array<std::uint8_t, formats::kMaxMeasuredEventSize> bytes;
  CborWriter out(bytes);
  EK_TRY(formats::EncodeMeasuredEvent(event, out));
  return attestor.MeasureEvent(out.written());
}

Result<formats::AttestationNonce> NonceOf(KeepState& state, const formats::Activation& activation) {
  if (activation.nonce.has_value() == (state.world.attestor != nullptr))
    return Error(ErrorCode::kWrongDevice, "an activation for another kind of anchor");
  if (activation.nonce) return *activation.nonce;
  EK_TRY_ASSIGN(const SecretBytes secret,
                state.world.attestor->Activate(activation.credential->blob, activation.credential->seed));
  return attest::NonceOfActivation(state.world.provider, secret);
}

// What a challenge says, or what an activation hides.
Result<formats::AttestationNonce> NonceAskedFor(KeepState& state, ByteView bytes) {
  const Result<formats::Challenge> challenge = formats::DecodeChallenge(bytes);
  if (challenge && challenge->enrols)
    return Error(ErrorCode::kForbidden, "the secret challenge of an enrolment: it is answered by its activation");
  if (challenge) return challenge->nonce;
  const Result<formats::Activation> activation = formats::DecodeActivation(bytes);
  if (activation) return NonceOf(state, *activation);
  const ErrorCode code = challenge.error().code();
  const bool is_no_challenge = code == ErrorCode::kUnsupported || code == ErrorCode::kTooLarge;
  return is_no_challenge ? activation.error() : challenge.error();
}

Status AddPolicies(KeepState& state, formats::Evidence& evidence) {
  using enum formats::ClaimedPolicy;
  EK_TRY(evidence.policies.PushBack({std::to_underlying(kTrustBundle), 0, state.trust->fingerprint()}));
  const std::optional<TakenPolicy>& counting = state.releases->counting;
  if (!counting) return ClaimOwnerKey(state, evidence);
  EK_TRY(evidence.policies.PushBack(
      {std::to_underlying(kTrustPolicy), counting->policy.policy().version, counting->policy.fingerprint()}));
  EK_TRY_ASSIGN(const TakenOperations* const operations, OperationsInForce(state));
  if (operations != nullptr) {
    EK_TRY_ASSIGN(const Digest digest, DigestOf(state, operations->bytes.view()));
    EK_TRY(evidence.policies.PushBack({std::to_underlying(kOperationsPolicy), operations->policy.version, digest}));
  }
  return ClaimOwnerKey(state, evidence);
}

formats::ReleaseClaim ClaimOf(const ProductName& product, const formats::CommitRecord& record) {
  formats::ReleaseClaim claim{.product = product.view(),
                              .version = record.version,
                              .sealed_file = record.sealed_file,
                              .security_epoch = record.security_epoch,
                              .prepared_form = {}};
  if (record.prepared) claim.prepared_form = record.prepared->file.tags_digest;
  return claim;
}

Status AddReleases(KeepState& state, Draft& draft) {
  EK_TRY_ASSIGN(draft.products, state.world.store.Products());
  std::ranges::sort(draft.products, {}, &ProductName::view);
  for (const ProductName& product : draft.products) {
    EK_TRY_ASSIGN(const update::Installed installed, ReadInstalled(state.world.store, state.vault, product));
    if (installed.current() == nullptr) continue;
    EK_TRY(draft.evidence.releases.PushBack(ClaimOf(product, installed.current()->record())));
  }
  return {};
}

// Everything that the state's mutex guards.
Status AddClaims(KeepState& state, Asker asker, Draft& draft) {
  const std::lock_guard lock(state.mutex);
  EK_TRY(asker == Asker::kRetirement ? state.CheckStanding() : state.CheckInitialised());
  formats::Evidence& evidence = draft.evidence;
  EK_TRY_ASSIGN(evidence.issued_at, state.clock.Now());
  evidence.device = state.device->id();
  evidence.anchor = static_cast<formats::AnchorKind>(state.world.anchor.kind());
  evidence.level = state.Level();
  evidence.time_floor = state.clock.floor();
  draft.engine_key = state.engine_key;
  EK_TRY(AddPolicies(state, evidence));
  return AddReleases(state, draft);
}

// Of software: what would be measured if there were something to measure into.
Status AddUnmeasuredEvents(KeepState& state, Draft& draft) {
  if (!state.settings.program.version.empty()) EK_TRY(draft.evidence.events.PushBack(ProgramEvent(state)));
  if (draft.engine_key.empty()) return {};
  return draft.evidence.events.PushBack(EngineEvent(draft.engine_key));
}

Status AddMeasurements(KeepState& state, Draft& draft) {
  ports::Attestor& attestor = *state.world.attestor;
  // Again: a keep that could not be measured when it started does not answer as if it were the one before.
  EK_TRY(MeasureProgram(state));
  if (!draft.engine_key.empty()) EK_TRY(Measure(attestor, EngineEvent(draft.engine_key)));
  EK_TRY_ASSIGN(draft.measurements, attestor.ReadMeasurements());
  for (const ports::LoggedEvent& logged : draft.measurements.events) {
    EK_TRY_ASSIGN(const formats::MeasuredEvent event, formats::DecodeMeasuredEvent(logged.view()));
    EK_TRY(draft.evidence.events.PushBack(event));
  }
  EK_TRY_ASSIGN(const ports::ChipFacts chip, attestor.Chip());
  formats::TpmEvidence& tpm = draft.evidence.tpm.emplace();
  tpm.chip = {.manufacturer = chip.manufacturer, .firmware = chip.firmware};
  for (const ports::RegisterValue& value : draft.measurements.registers) {
    EK_TRY(tpm.pcrs.PushBack({value.index, value.value}));
  }
  return {};
}

formats::TpmStatementView ViewOf(const ports::SignedStatement& statement) {
  return {statement.statement.view(), statement.signature.view()};
}

// For the claims as they are now.
Status HaveChipSwear(KeepState& state, Draft& draft) {
  ports::Attestor& attestor = *state.world.attestor;
  EK_TRY_ASSIGN(const Digest binding, attest::EvidenceBinding(state.world.provider, draft.evidence));
  EK_TRY_ASSIGN(draft.quote, attestor.Quote(binding.view()));
  EK_TRY_ASSIGN(draft.identity, attestor.CertifyIdentity(binding.view()));
  EK_TRY_ASSIGN(draft.counter, attestor.CertifyCounter(binding.view()));
  draft.evidence.tpm->quote = ViewOf(draft.quote);
  draft.evidence.tpm->identity = ViewOf(draft.identity);
  draft.evidence.tpm->counter = ViewOf(draft.counter);
  return {};
}

Status AddCounter(KeepState& state, Draft& draft) {
  ports::MonotonicCounter& counter = state.world.anchor.counter();
  EK_TRY_ASSIGN(draft.evidence.state_counter, counter.Read());
  if (state.world.attestor == nullptr) return {};
  for (int tries = 0; tries < kMostTries; ++tries) {
    EK_TRY(HaveChipSwear(state, draft));
    EK_TRY_ASSIGN(const std::uint64_t now, counter.Read());
    if (now == draft.evidence.state_counter) return {};
    draft.evidence.state_counter = now;
  }
  return Error(ErrorCode::kBusy, "attest: the device's state changes too fast");
}

}  // namespace

Status MeasureProgram(KeepState& state) {
  if (state.world.attestor == nullptr || state.settings.program.version.empty()) return {};
  return Measure(*state.world.attestor, ProgramEvent(state));
}

Result<Bytes> ShowAttestationKeys(KeepState& state) {
  EK_TRY_ASSIGN(const Bytes request, ShowRequest(state));
  formats::AttestationKeys keys{.device_request = request.view(), .chip = {}};
  Bytes attestation, endorsement, certificate;
  if (ports::Attestor* const attestor = state.world.attestor) {
    EK_TRY_ASSIGN(attestation, attestor->AttestationKey());
    EK_TRY_ASSIGN(endorsement, attestor->EndorsementKey());
    Result<Bytes> certified = attestor->EndorsementCertificate();
    if (certified) certificate = *std::move(certified);
    keys.chip = {attestation.view(), endorsement.view(), certificate.view()};
  }
  EK_TRY_ASSIGN(Bytes bytes, Bytes::Allocate(formats::kMaxAttestationKeysSize));
  CborWriter out(bytes.mutable_view());
  EK_TRY(formats::EncodeAttestationKeys(keys, out));
  bytes.Truncate(out.written().size());
  return bytes;
}

Result<Bytes> Attest(KeepState& state, ByteView bytes) {
  EK_TRY_ASSIGN(const formats::AttestationNonce nonce, NonceAskedFor(state, bytes));
  return MakeEvidence(state, nonce);
}

Result<Bytes> MakeEvidence(KeepState& state, const formats::AttestationNonce& nonce, Asker asker) {
  LearnEngine(state);
  const std::lock_guard one_at_a_time(state.signing);
  const std::unique_ptr<Draft> draft(new (std::nothrow) Draft);
  if (!draft) return Error(ErrorCode::kNoMemory, "attest");
  draft->evidence.nonce = nonce;
  EK_TRY(AddClaims(state, asker, *draft));
  EK_TRY(state.world.attestor != nullptr ? AddMeasurements(state, *draft) : AddUnmeasuredEvents(state, *draft));
  EK_TRY(AddCounter(state, *draft));
  return state.device->SignEvidence(draft->evidence);
}

}  // namespace edgekeep::keep
