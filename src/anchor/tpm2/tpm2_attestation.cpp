#include "edgekeep/anchor/tpm2/tpm2_attestation.h"

#include <algorithm>
#include <new>
#include <optional>

#include "edgekeep/crypto/digest.h"
#include "edgekeep/formats/evidence.h"
#include "edgekeep/formats/labels.h"
#include "event_log.h"
#include "key_templates.h"
#include "tpm2_parts.h"

namespace edgekeep::anchor {
namespace {

// Where TCG's profile puts the certificate of the P-256 endorsement key.
constexpr TPM2_HANDLE kCertificateIndex = 0x01c0000a;
constexpr std::uint32_t kFirstForeignPcr = 16;
constexpr std::uint8_t kNumPcrs = 24;
constexpr const char* kDataSize = "tpm2: size of qualifying data";

Result<TPM2B_DATA> QualifyingData(ByteView nonce) {
  if (nonce.empty() || nonce.size() > Tpm2Attestation::kMaxQualifyingData)
    return Error(ErrorCode::kBadArgument, kDataSize);
  TPM2B_DATA data{};
  data.size = static_cast<UINT16>(nonce.size());
  std::ranges::copy(nonce, data.buffer);
  return data;
}

TPMT_SIG_SCHEME TheKeysOwnScheme() {
  TPMT_SIG_SCHEME scheme{};
  scheme.scheme = TPM2_ALG_NULL;
  return scheme;
}

Result<ports::SignedStatement> StatementOf(const TPM2B_ATTEST& attested, const TPMT_SIGNATURE& signature) {
  const TPMS_SIGNATURE_ECDSA& numbers = signature.signature.ecdsa;
  if (attested.size > sizeof attested.attestationData || numbers.signatureR.size > 32 || numbers.signatureS.size > 32) {
    return Error(ErrorCode::kIo, "tpm2: a statement's size");
  }
  ports::SignedStatement made;
  EK_TRY_ASSIGN(made.statement, Bytes::Copy({attested.attestationData, attested.size}));
  EK_TRY_ASSIGN(made.signature, Bytes::Allocate(64));
  FromTpmNumber(numbers.signatureR, made.signature.mutable_view().first(32));
  FromTpmNumber(numbers.signatureS, made.signature.mutable_view().last(32));
  return made;
}

// A policy session that has proved the endorsement hierarchy's (empty) password.
Result<Loaded> EndorsementSession(Tpm& tpm) {
  EK_TRY_ASSIGN(Loaded session, StartPolicySession(tpm));
  const TPM2B_NONCE none{};
  const TPM2B_DIGEST nothing{};
  Owned<TPM2B_TIMEOUT> timeout(tpm.calls());
  Owned<TPMT_TK_AUTH> ticket(tpm.calls());
  EK_TRY(tpm.Check(
      tpm.calls().PolicySecret(tpm.context(), ESYS_TR_RH_ENDORSEMENT, session.get(), ESYS_TR_PASSWORD, ESYS_TR_NONE,
                               ESYS_TR_NONE, &none, &nothing, &none, 0, timeout.out(), ticket.out()),
      "tpm2: the endorsement hierarchy (has it a password?)"));
  return session;
}

Result<std::uint32_t> Property(Tpm& tpm, TPM2_PT property) {
  TPMI_YES_NO more = 0;
  Owned<TPMS_CAPABILITY_DATA> data(tpm.calls());
  EK_TRY(tpm.Check(tpm.calls().GetCapability(tpm.context(), ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
                                             TPM2_CAP_TPM_PROPERTIES, property, 1, &more, data.out()),
                   "tpm2: what kind of chip this is"));
  const TPML_TAGGED_TPM_PROPERTY& found = data->data.tpmProperties;
  if (found.count != 1 || found.tpmProperty[0].property != property) {
    return Error(ErrorCode::kUnsupported, "tpm2: the chip does not say what kind it is");
  }
  return found.tpmProperty[0].value;
}

Result<Digest> ReadPcr(Tpm& tpm, std::uint32_t pcr) {
  const TPML_PCR_SELECTION selection = SelectPcrs(std::uint32_t{1} << pcr);
  UINT32 counter = 0;
  Owned<TPML_PCR_SELECTION> selected(tpm.calls());
  Owned<TPML_DIGEST> values(tpm.calls());
  EK_TRY(tpm.Check(tpm.calls().PCR_Read(tpm.context(), ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &selection, &counter,
                                        selected.out(), values.out()),
                   "tpm2: reading a PCR"));
  if (values->count != 1) return Error(ErrorCode::kUnsupported, "tpm2: the chip has no SHA-256 bank");
  return Digest::From({values->digests[0].buffer, std::min<std::size_t>(values->digests[0].size, 64)});
}

template <typename T, std::size_t N>
Status Put(T& sized, BYTE (&bytes)[N], ByteView from) {
  if (from.empty() || from.size() > N) return Error(ErrorCode::kMalformed, "tpm2: a credential's size");
  sized.size = static_cast<UINT16>(from.size());
  std::ranges::copy(from, bytes);
  return {};
}

}  // namespace

struct Tpm2Attestation::Keys {
  PrimaryKey attestation;
  std::optional<PrimaryKey> endorsement;  // made when it is first asked for
};

Tpm2Attestation::Tpm2Attestation(Tpm2Anchor::Parts& anchor, std::unique_ptr<Keys> keys) noexcept
    : anchor_(&anchor), keys_(std::move(keys)) {}

Tpm2Attestation::Tpm2Attestation(Tpm2Attestation&&) noexcept = default;

Tpm2Attestation::~Tpm2Attestation() = default;

Result<Tpm2Attestation> Tpm2Attestation::Create(Tpm2Anchor& anchor) {
  Tpm2Anchor::Parts& parts = *anchor.parts_;
  EK_TRY_ASSIGN(const Digest unique, crypto::Sha256(*parts.provider, {AsBytes(formats::label::kTpmAttestationKey)}));
  const std::lock_guard lock(parts.mutex);
  EK_TRY_ASSIGN(PrimaryKey key, PrimaryKey::Make(*parts.tpm, ESYS_TR_RH_ENDORSEMENT, AttestationKeyTemplate(unique)));
  std::unique_ptr<Keys> keys(new (std::nothrow) Keys{std::move(key), std::nullopt});
  if (!keys) return Error(ErrorCode::kNoMemory, "tpm2");
  return Tpm2Attestation(parts, std::move(keys));
}

Result<Bytes> Tpm2Attestation::AttestationKey() {
  return keys_->attestation.Point();
}

Result<Bytes> Tpm2Attestation::Name() const {
  const std::lock_guard lock(anchor_->mutex);
  Tpm& tpm = *anchor_->tpm;
  EK_TRY_ASSIGN(const Loaded key, keys_->attestation.Load());
  Owned<TPM2B_NAME> name(tpm.calls());
  EK_TRY(tpm.Check(tpm.calls().TR_GetName(tpm.context(), key.get(), name.out()), "tpm2: the name of a key"));
  return Bytes::Copy({name->name, std::min<std::size_t>(name->size, sizeof name->name)});
}

Status Tpm2Attestation::MakeEndorsementKey() {
  if (keys_->endorsement) return {};
  EK_TRY_ASSIGN(PrimaryKey key, PrimaryKey::Make(*anchor_->tpm, ESYS_TR_RH_ENDORSEMENT, EndorsementKeyTemplate()));
  keys_->endorsement.emplace(std::move(key));
  return {};
}

Result<Bytes> Tpm2Attestation::EndorsementKey() {
  const std::lock_guard lock(anchor_->mutex);
  EK_TRY(MakeEndorsementKey());
  return keys_->endorsement->Point();
}

Result<Bytes> Tpm2Attestation::EndorsementCertificate() {
  const std::lock_guard lock(anchor_->mutex);
  return NvIndex::ReadAnybodys(*anchor_->tpm, kCertificateIndex);
}

Result<SecretBytes> Tpm2Attestation::Activate(ByteView credential, ByteView encrypted_seed) {
  TPM2B_ID_OBJECT blob{};
  EK_TRY(Put(blob, blob.credential, credential));
  TPM2B_ENCRYPTED_SECRET seed{};
  EK_TRY(Put(seed, seed.secret, encrypted_seed));
  const std::lock_guard lock(anchor_->mutex);
  Tpm& tpm = *anchor_->tpm;
  EK_TRY(MakeEndorsementKey());
  EK_TRY_ASSIGN(const Loaded session, EndorsementSession(tpm));
  EK_TRY_ASSIGN(const Loaded endorsement, keys_->endorsement->Load());
  EK_TRY_ASSIGN(const Loaded attestation, keys_->attestation.Load());
  Owned<TPM2B_DIGEST> secret(tpm.calls());
  const Status opened = tpm.Check(
      tpm.calls().ActivateCredential(tpm.context(), attestation.get(), endorsement.get(), ESYS_TR_PASSWORD,
                                     session.get(), tpm.Session(Secrecy::kAnswer), &blob, &seed, secret.out()),
      "tpm2: activation");
  if (!opened && opened.error().code() == ErrorCode::kTimedOut) return opened.error();
  // After the first use of a secret key only this.
  if (!opened) return Error(ErrorCode::kDenied, "tpm2: a credential for another key or TPM, or changed");
  return SecretBytes::CopyOf({secret->buffer, std::min<std::size_t>(secret->size, sizeof secret->buffer)});
}

Status Tpm2Attestation::Measure(std::uint32_t pcr, const Digest& digest) {
  const std::lock_guard lock(anchor_->mutex);
  EK_TRY_ASSIGN(const TpmVault* const vault, anchor_->Vault());
  if (pcr >= kFirstForeignPcr || (vault->pcrs() >> pcr & 1) != 0) {
    return Error(ErrorCode::kBadArgument, "tpm2: not a PCR to measure into");
  }
  return ExtendPcr(pcr, digest);
}

Status Tpm2Attestation::ExtendPcr(std::uint32_t pcr, const Digest& digest) {
  TPML_DIGEST_VALUES values{};
  values.count = 1;
  values.digests[0].hashAlg = TPM2_ALG_SHA256;
  std::ranges::copy(digest.view(), values.digests[0].digest.sha256);
  Tpm& tpm = *anchor_->tpm;
  return tpm.Check(
      tpm.calls().PCR_Extend(tpm.context(), ESYS_TR_PCR0 + pcr, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, &values),
      "tpm2: measuring");
}

// Of the vault: those that tell boot states apart. Events have a PCR of their own, or none: the vault would close.
Result<std::uint32_t> Tpm2Attestation::BootPcrs() {
  EK_TRY_ASSIGN(const TpmVault* const vault, anchor_->Vault());
  if ((vault->pcrs() >> formats::kMeasuredPcr & 1) == 0) return vault->pcrs();
  return Error(ErrorCode::kUnsupported, "tpm2: PCR 13 tells boot states apart, so nothing can be measured");
}

Result<ports::ChipFacts> Tpm2Attestation::Chip() {
  const std::lock_guard lock(anchor_->mutex);
  Tpm& tpm = *anchor_->tpm;
  EK_TRY_ASSIGN(const std::uint32_t manufacturer, Property(tpm, TPM2_PT_MANUFACTURER));
  EK_TRY_ASSIGN(const std::uint32_t high, Property(tpm, TPM2_PT_FIRMWARE_VERSION_1));
  EK_TRY_ASSIGN(const std::uint32_t low, Property(tpm, TPM2_PT_FIRMWARE_VERSION_2));
  return ports::ChipFacts{.manufacturer = manufacturer, .firmware = std::uint64_t{high} << 32 | low};
}

Status Tpm2Attestation::MeasureEvent(ByteView event) {
  EK_TRY(formats::DecodeMeasuredEvent(event));
  const std::lock_guard lock(anchor_->mutex);
  EK_TRY(BootPcrs());
  EK_TRY_ASSIGN(const Digest value, ReadPcr(*anchor_->tpm, formats::kMeasuredPcr));
  ports::EventLog log = LoadEventLog(*anchor_->store);
  EK_TRY(BringUpToDate(*anchor_->provider, value, log));
  if (IsLastOfItsKind(log, event) || IsFull(log)) return {};
  EK_TRY_ASSIGN(const Digest digest, AppendEventOrMore(*anchor_->provider, log, event));
  // First the log: an event in it that was never extended is found out, one that is not in it could not be.
  EK_TRY(StoreEventLog(*anchor_->store, log));
  return ExtendPcr(formats::kMeasuredPcr, digest);
}

Result<ports::Measurements> Tpm2Attestation::ReadMeasurements() {
  const std::lock_guard lock(anchor_->mutex);
  EK_TRY_ASSIGN(const std::uint32_t boot_pcrs, BootPcrs());
  ports::Measurements found;
  Digest value;
  for (std::uint8_t pcr = 0; pcr < kNumPcrs; ++pcr) {
    if (pcr != formats::kMeasuredPcr && (boot_pcrs >> pcr & 1) == 0) continue;
    EK_TRY_ASSIGN(const Digest read, ReadPcr(*anchor_->tpm, pcr));
    EK_TRY(found.registers.PushBack({pcr, read}));
    if (pcr == formats::kMeasuredPcr) value = read;
  }
  found.events = LoadEventLog(*anchor_->store);
  EK_TRY(BringUpToDate(*anchor_->provider, value, found.events));
  return found;
}

Result<ports::SignedStatement> Tpm2Attestation::Quote(ByteView qualifying_data) {
  std::uint32_t pcrs = 0;
  {
    const std::lock_guard lock(anchor_->mutex);
    EK_TRY_ASSIGN(pcrs, BootPcrs());
    pcrs |= std::uint32_t{1} << formats::kMeasuredPcr;
  }
  return QuotePcrs(pcrs, qualifying_data);
}

Result<ports::SignedStatement> Tpm2Attestation::QuotePcrs(std::uint32_t pcrs, ByteView nonce) {
  EK_TRY_ASSIGN(const TPM2B_DATA data, QualifyingData(nonce));
  const TPML_PCR_SELECTION selection = SelectPcrs(pcrs);
  const TPMT_SIG_SCHEME scheme = TheKeysOwnScheme();
  const std::lock_guard lock(anchor_->mutex);
  Tpm& tpm = *anchor_->tpm;
  EK_TRY_ASSIGN(const Loaded key, keys_->attestation.Load());
  Owned<TPM2B_ATTEST> attested(tpm.calls());
  Owned<TPMT_SIGNATURE> signature(tpm.calls());
  EK_TRY(tpm.Check(tpm.calls().Quote(tpm.context(), key.get(), ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, &data,
                                     &scheme, &selection, attested.out(), signature.out()),
                   "tpm2: a quote"));
  return StatementOf(*attested, *signature);
}

Result<ports::SignedStatement> Tpm2Attestation::CertifyKey(AttestedKey which, ByteView nonce) {
  EK_TRY_ASSIGN(const TPM2B_DATA data, QualifyingData(nonce));
  const TPMT_SIG_SCHEME scheme = TheKeysOwnScheme();
  const std::lock_guard lock(anchor_->mutex);
  Tpm& tpm = *anchor_->tpm;
  if (which == AttestedKey::kKem && !anchor_->kem) return Error(ErrorCode::kBadState, "tpm2: no KEM key was asked for");
  EK_TRY_ASSIGN(const Loaded subject, (which == AttestedKey::kKem ? *anchor_->kem : anchor_->identity).Load());
  EK_TRY_ASSIGN(const Loaded key, keys_->attestation.Load());
  Owned<TPM2B_ATTEST> attested(tpm.calls());
  Owned<TPMT_SIGNATURE> signature(tpm.calls());
  EK_TRY(tpm.Check(tpm.calls().Certify(tpm.context(), subject.get(), key.get(), ESYS_TR_PASSWORD, ESYS_TR_PASSWORD,
                                       ESYS_TR_NONE, &data, &scheme, attested.out(), signature.out()),
                   "tpm2: certifying a key"));
  return StatementOf(*attested, *signature);
}

Result<ports::SignedStatement> Tpm2Attestation::CertifyCounter(ByteView nonce) {
  EK_TRY_ASSIGN(const TPM2B_DATA data, QualifyingData(nonce));
  const TPMT_SIG_SCHEME scheme = TheKeysOwnScheme();
  const std::lock_guard lock(anchor_->mutex);
  Tpm& tpm = *anchor_->tpm;
  EK_TRY_ASSIGN(const Loaded key, keys_->attestation.Load());
  const ESYS_TR counter = anchor_->state_counter.get();
  Owned<TPM2B_ATTEST> attested(tpm.calls());
  Owned<TPMT_SIGNATURE> signature(tpm.calls());
  EK_TRY(
      tpm.Check(tpm.calls().NV_Certify(tpm.context(), key.get(), counter, counter, ESYS_TR_PASSWORD, ESYS_TR_PASSWORD,
                                       ESYS_TR_NONE, &data, &scheme, 8, 0, attested.out(), signature.out()),
                "tpm2: certifying the counter"));
  return StatementOf(*attested, *signature);
}

}  // namespace edgekeep::anchor
