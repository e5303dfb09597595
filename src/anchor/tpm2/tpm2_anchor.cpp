#include "edgekeep/anchor/tpm2/tpm2_anchor.h"

#include <algorithm>
#include <new>

#include "anchor_file.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/formats/labels.h"
#include "key_templates.h"
#include "nv_index.h"
#include "primary_key.h"
#include "tpm2_parts.h"
#include "vault.h"

namespace edgekeep::anchor {
namespace {

Status Mark(Tpm& tpm) {
  const auto there = NvIndex::Open(tpm, RetiredIndex());
  if (there) return {};
  // Somebody else's, in the way of it.
  if (there.error().code() == ErrorCode::kWrongDevice) EK_TRY(NvIndex::Remove(tpm, kRetiredIndex));
  EK_TRY(NvIndex::Define(tpm, RetiredIndex()));
  return {};
}

// The mark comes first: from the overwriting on every start comes here again. The random is overwritten before its
// place is given up.
Status ForgetVault(const crypto::Provider& provider, Tpm& tpm) {
  EK_TRY(Mark(tpm));
  SecretArray<32> other;
  EK_TRY(provider.Random(other.RevealForWriting()));
  EK_TRY(NvIndex::OverwriteRandom(tpm, other));
  return NvIndex::Remove(tpm, kVaultRandomIndex);
}

Result<bool> IsMarked(Tpm& tpm) {
  const auto mark = NvIndex::Open(tpm, RetiredIndex());
  if (mark) return true;
  const ErrorCode code = mark.error().code();
  if (code == ErrorCode::kNotFound || code == ErrorCode::kWrongDevice) return false;
  return mark.error();
}

// Whoever reaches the chip can set the mark. It counts once the vault is gone as well: a device that could go on is not
// ended by it, and one whose random was overwritten has nothing to lose. Null where it counts.
Result<std::unique_ptr<TpmVault>> OpenUnlessRetired(const crypto::Provider& provider, Tpm& tpm, ports::Store& store,
                                                    std::uint32_t pcrs) {
  EK_TRY_ASSIGN(const bool is_marked, IsMarked(tpm));
  return is_marked ? TpmVault::OpenIfAlive(provider, tpm, store) : TpmVault::OpenOrMake(provider, tpm, store, pcrs);
}

Result<PrimaryKey> MakeKey(const crypto::Provider& provider, Tpm& tpm, TPM2B_PUBLIC (*key_template)(const Digest&),
                           std::string_view label) {
  EK_TRY_ASSIGN(const Digest unique, crypto::Sha256(provider, {AsBytes(label)}));
  return PrimaryKey::Make(tpm, ESYS_TR_RH_OWNER, key_template(unique));
}

// r || s.
Result<Bytes> SignWith(Tpm& tpm, const PrimaryKey& primary, const Digest& digest) {
  TPM2B_DIGEST hashed{};
  hashed.size = 32;
  std::ranges::copy(digest.view(), hashed.buffer);
  TPMT_SIG_SCHEME the_keys_own{};
  the_keys_own.scheme = TPM2_ALG_NULL;
  TPMT_TK_HASHCHECK hashed_here{};
  hashed_here.tag = TPM2_ST_HASHCHECK;
  hashed_here.hierarchy = TPM2_RH_NULL;
  EK_TRY_ASSIGN(const Loaded key, primary.Load());
  Owned<TPMT_SIGNATURE> made(tpm.calls());
  EK_TRY(tpm.Check(tpm.calls().Sign(tpm.context(), key.get(), ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, &hashed,
                                    &the_keys_own, &hashed_here, made.out()),
                   "tpm2: signing"));
  const TPMS_SIGNATURE_ECDSA& parts = made->signature.ecdsa;
  if (parts.signatureR.size > 32 || parts.signatureS.size > 32)
    return Error(ErrorCode::kIo, "tpm2: a signature's size");
  EK_TRY_ASSIGN(Bytes signature, Bytes::Allocate(64));
  FromTpmNumber(parts.signatureR, signature.mutable_view().first(32));
  FromTpmNumber(parts.signatureS, signature.mutable_view().last(32));
  return signature;
}

// Made for each use: an owner's key is used a few times a year.
Result<PrimaryKey> MakeOwnerKey(const crypto::Provider& provider, Tpm& tpm, const SecretArray<32>& salt) {
  EK_TRY_ASSIGN(const Digest unique, crypto::Sha256(provider, {AsBytes(formats::label::kTpmOwnerKey), salt.Reveal()}));
  return PrimaryKey::Make(tpm, ESYS_TR_RH_OWNER, SigningKeyTemplate(unique));
}

// Requires the mutex.
Result<const PrimaryKey*> KemKeyOf(const crypto::Provider& provider, Tpm& tpm, const SecretArray<32>& salt,
                                   std::optional<PrimaryKey>& last, Digest& last_unique) {
  EK_TRY_ASSIGN(const Digest unique, crypto::Sha256(provider, {AsBytes(formats::label::kTpmKemKey), salt.Reveal()}));
  if (!last || unique != last_unique) {
    EK_TRY_ASSIGN(PrimaryKey key, PrimaryKey::Make(tpm, ESYS_TR_RH_OWNER, AgreementKeyTemplate(unique)));
    last.emplace(std::move(key));
    last_unique = unique;
  }
  return &*last;
}

}  // namespace

Status LoadTpmLibrary() {
  EK_TRY(LoadEsys());
  return {};
}

Tpm2Anchor::Tpm2Anchor(std::unique_ptr<Parts> parts) noexcept : parts_(std::move(parts)) {}

Tpm2Anchor::~Tpm2Anchor() = default;

Result<std::unique_ptr<Tpm2Anchor>> Tpm2Anchor::OpenOrMake(const crypto::Provider& provider, ports::Store& store,
                                                           int tpm_fd, const Tpm2Settings& settings) {
  EK_TRY_ASSIGN(std::unique_ptr<Tpm> tpm, Tpm::Open(tpm_fd, settings.answer_limit, settings.lost_fd));
  {
    EK_TRY_ASSIGN(const PrimaryKey salt_key, MakeKey(provider, *tpm, SaltKeyTemplate, formats::label::kTpmSaltKey));
    EK_TRY_ASSIGN(const Loaded loaded, salt_key.Load());
    EK_TRY(tpm->StartSession(loaded.get()));
  }
  EK_TRY_ASSIGN(PrimaryKey identity, MakeKey(provider, *tpm, SigningKeyTemplate, formats::label::kTpmIdentityKey));
  EK_TRY_ASSIGN(std::unique_ptr<TpmVault> vault, OpenUnlessRetired(provider, *tpm, store, settings.pcrs));
  const bool is_retired = vault == nullptr;
  if (is_retired) EK_TRY(ForgetVault(provider, *tpm));
  EK_TRY_ASSIGN(NvIndex counter, NvIndex::OpenOrMakeCounter(*tpm, kStateCounterIndex));
  std::unique_ptr<Parts> parts(new (std::nothrow) Parts{.provider = &provider,
                                                        .store = &store,
                                                        .pcrs = settings.pcrs,
                                                        .tpm = std::move(tpm),
                                                        .identity = std::move(identity),
                                                        .kem = std::nullopt,
                                                        .kem_unique = {},
                                                        .state_counter = std::move(counter),
                                                        .vault = std::move(vault),
                                                        .retired = is_retired,
                                                        .forgotten = is_retired});
  if (!parts) return Error(ErrorCode::kNoMemory, "tpm2");
  std::unique_ptr<Tpm2Anchor> anchor(new (std::nothrow) Tpm2Anchor(std::move(parts)));
  if (!anchor) return Error(ErrorCode::kNoMemory, "tpm2");
  return anchor;
}

Result<Bytes> Tpm2Anchor::IdentityPublicKey() {
  return parts_->identity.Point();
}

Result<Bytes> Tpm2Anchor::SignWithIdentity(ByteView message) {
  EK_TRY_ASSIGN(const Digest digest, crypto::Sha256(*parts_->provider, {message}));
  EK_TRY(parts_->CheckNotRetired());
  const std::lock_guard lock(parts_->mutex);
  return SignWith(*parts_->tpm, parts_->identity, digest);
}

Result<Bytes> Tpm2Anchor::KemPublicKey(const SecretArray<32>& salt) {
  EK_TRY(parts_->CheckNotRetired());
  const std::lock_guard lock(parts_->mutex);
  EK_TRY_ASSIGN(const PrimaryKey* const key,
                KemKeyOf(*parts_->provider, *parts_->tpm, salt, parts_->kem, parts_->kem_unique));
  return key->Point();
}

Result<SecretBytes> Tpm2Anchor::KemDh(const SecretArray<32>& salt, ByteView peer) {
  EK_TRY(parts_->provider->CheckDhPublicKey(crypto::AlgorithmId::kDhKemP256, peer));
  EK_TRY(parts_->CheckNotRetired());
  TPM2B_ECC_POINT point{};
  point.point = ToTpmPoint(peer);
  const std::lock_guard lock(parts_->mutex);
  Tpm& tpm = *parts_->tpm;
  EK_TRY_ASSIGN(const PrimaryKey* const kem, KemKeyOf(*parts_->provider, tpm, salt, parts_->kem, parts_->kem_unique));
  EK_TRY_ASSIGN(const Loaded key, kem->Load());
  Owned<TPM2B_ECC_POINT> shared(tpm.calls());
  EK_TRY(tpm.Check(tpm.calls().ECDH_ZGen(tpm.context(), key.get(), tpm.Session(Secrecy::kAnswer), ESYS_TR_NONE,
                                         ESYS_TR_NONE, &point, shared.out()),
                   "tpm2: key agreement"));
  if (shared->point.x.size > 32) return Error(ErrorCode::kIo, "tpm2: a secret's size");
  EK_TRY_ASSIGN(SecretBytes secret, SecretBytes::Allocate(32));
  FromTpmNumber(shared->point.x, secret.RevealForWriting());
  return secret;
}

Result<Bytes> Tpm2Anchor::OwnerPublicKey(const SecretArray<32>& salt) {
  EK_TRY(parts_->CheckNotRetired());
  const std::lock_guard lock(parts_->mutex);
  EK_TRY_ASSIGN(const PrimaryKey key, MakeOwnerKey(*parts_->provider, *parts_->tpm, salt));
  return key.Point();
}

Result<Bytes> Tpm2Anchor::SignWithOwnerKey(const SecretArray<32>& salt, ByteView message) {
  EK_TRY(parts_->CheckNotRetired());
  EK_TRY_ASSIGN(const Digest digest, crypto::Sha256(*parts_->provider, {message}));
  const std::lock_guard lock(parts_->mutex);
  EK_TRY_ASSIGN(const PrimaryKey key, MakeOwnerKey(*parts_->provider, *parts_->tpm, salt));
  return SignWith(*parts_->tpm, key, digest);
}

Result<SecretArray<32>> Tpm2Anchor::VaultKey() {
  const std::lock_guard lock(parts_->mutex);
  EK_TRY_ASSIGN(TpmVault* const vault, parts_->Vault());
  return vault->Key();
}

bool Tpm2Anchor::is_retired() const {
  return parts_->retired;
}

Status Tpm2Anchor::Retire() {
  const std::lock_guard lock(parts_->mutex);
  // What fails below leaves it undone or marked; used is neither of them.
  parts_->retired = true;
  parts_->vault.reset();
  EK_TRY(ForgetVault(*parts_->provider, *parts_->tpm));
  parts_->forgotten = true;
  return {};
}

Result<Bytes> Tpm2Anchor::SignRetirement(ByteView message) {
  if (!parts_->forgotten) return Error(ErrorCode::kBadState, "tpm2: this anchor is not retired");
  EK_TRY_ASSIGN(const Digest digest, crypto::Sha256(*parts_->provider, {message}));
  const std::lock_guard lock(parts_->mutex);
  return SignWith(*parts_->tpm, parts_->identity, digest);
}

Status Tpm2Anchor::EraseVault() {
  const std::lock_guard lock(parts_->mutex);
  EK_TRY(parts_->CheckNotRetired());
  if (parts_->vault) {
    EK_TRY(parts_->vault->Destroy());
    parts_->vault.reset();
  }
  EK_TRY_ASSIGN(parts_->vault, TpmVault::OpenOrMake(*parts_->provider, *parts_->tpm, *parts_->store, parts_->pcrs));
  return {};
}

Result<std::uint64_t> Tpm2Anchor::RaiseEpoch() {
  const std::lock_guard lock(parts_->mutex);
  EK_TRY_ASSIGN(TpmVault* const vault, parts_->Vault());
  return vault->RaiseEpoch();
}

Status Tpm2Anchor::ApproveBootState(const Digest& state) {
  const std::lock_guard lock(parts_->mutex);
  EK_TRY_ASSIGN(TpmVault* const vault, parts_->Vault());
  return vault->ApproveState(state);
}

Result<ports::AnchorTime> Tpm2Anchor::ReadClock() {
  const std::lock_guard lock(parts_->mutex);
  Tpm& tpm = *parts_->tpm;
  Owned<TPMS_TIME_INFO> time(tpm.calls());
  EK_TRY(tpm.Check(tpm.calls().ReadClock(tpm.context(), ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, time.out()),
                   "tpm2: reading the clock"));
  return ports::AnchorTime{.milliseconds = time->clockInfo.clock,
                           .resets = time->clockInfo.resetCount,
                           .restarts = time->clockInfo.restartCount,
                           .certain = time->clockInfo.safe == TPM2_YES};
}

ports::MonotonicCounter& Tpm2Anchor::counter() {
  return parts_->counter;
}

}  // namespace edgekeep::anchor
