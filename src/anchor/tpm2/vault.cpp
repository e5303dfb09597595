#include "vault.h"

#include <algorithm>
#include <array>
#include <new>

#include "edgekeep/crypto/digest.h"
#include "edgekeep/formats/labels.h"
#include "key_templates.h"

namespace edgekeep::anchor {
namespace {

constexpr std::size_t kNonceSize = 12;

Result<SecretArray<32>> AuthoritySealingKey(const crypto::Provider& provider, const SecretArray<32>& vault_key) {
  return crypto::DeriveKey(provider, vault_key.Reveal(), {}, AsBytes(formats::label::kTpmAuthorityKey));
}

Result<PrimaryKey> MakeVaultKey(const crypto::Provider& provider, Tpm& tpm, const Digest& policy) {
  EK_TRY_ASSIGN(const Digest unique, crypto::Sha256(provider, {AsBytes(formats::label::kTpmVaultKey)}));
  return PrimaryKey::Make(tpm, ESYS_TR_RH_OWNER, VaultKeyTemplate(unique, policy));
}

Result<Digest> PolicyOf(const crypto::Provider& provider, Tpm& tpm, ByteView authority) {
  EK_TRY_ASSIGN(const TPM2B_NAME name, NameOfAuthority(tpm, authority));
  return VaultPolicy(provider, name);
}

// HMAC(the chip's key, label || random), the key free for this one use.
Result<SecretArray<32>> ComputeKey(Tpm& tpm, ESYS_TR key, ESYS_TR policy_session, const SecretArray<32>& random) {
  constexpr std::string_view kLabel = formats::label::kTpmVault;
  TPM2B_MAX_BUFFER message{};
  message.size = kLabel.size() + 32;
  std::ranges::copy(random.Reveal(), std::ranges::copy(kLabel, message.buffer).out);
  Owned<TPM2B_DIGEST> made(tpm.calls());
  const Status status = tpm.Check(tpm.calls().HMAC(tpm.context(), key, policy_session, tpm.Session(Secrecy::kBoth),
                                                   ESYS_TR_NONE, &message, TPM2_ALG_SHA256, made.out()),
                                  "tpm2: deriving the vault key");
  Wipe({message.buffer, sizeof message.buffer});
  if (!status) return status.error();
  if (made->size != 32) return Error(ErrorCode::kIo, "tpm2: the vault key's size");
  return SecretArray<32>::CopyOf(std::span<const std::uint8_t, 32>(made->buffer, 32));
}

// About a vault: neither that it is there nor that it is gone.
bool SaysNothing(const Error& error) {
  using enum ErrorCode;
  constexpr std::array kThese = {kIo, kBusy, kTimedOut, kNoMemory, kPeerGone, kForbidden};
  return std::ranges::find(kThese, error.code()) != kThese.end();
}

}  // namespace

Result<std::unique_ptr<TpmVault>> TpmVault::OpenOrMake(const crypto::Provider& provider, Tpm& tpm, ports::Store& store,
                                                       std::uint32_t pcrs) {
  EK_TRY_ASSIGN(const StoredAnchor stored, ReadAnchorFile(store));
  if (stored.standing == AnchorStanding::kMade) return Open(provider, tpm, store, stored.file);
  if (stored.standing == AnchorStanding::kNew) {
    EK_TRY_ASSIGN(const bool used, NvIndex::Exists(tpm, kVaultRandomIndex));
    // A disk that is not there yet must not cost the device its vault.
    if (used) return Error(ErrorCode::kBadState, "tpm2: this TPM holds a vault, and the anchor's file is missing");
    EK_TRY(StoreMaking(store));
  }
  return Make(provider, tpm, store, pcrs);
}

Result<std::unique_ptr<TpmVault>> TpmVault::OpenIfAlive(const crypto::Provider& provider, Tpm& tpm,
                                                        ports::Store& store) {
  EK_TRY_ASSIGN(const bool is_there, NvIndex::Exists(tpm, kVaultRandomIndex));
  if (!is_there) return std::unique_ptr<TpmVault>();
  const Result<StoredAnchor> stored = ReadAnchorFile(store);
  if (!stored && SaysNothing(stored.error())) return stored.error();
  if (!stored || stored->standing != AnchorStanding::kMade) return std::unique_ptr<TpmVault>();
  Result<std::unique_ptr<TpmVault>> vault = Open(provider, tpm, store, stored->file);
  if (!vault && SaysNothing(vault.error())) return vault;
  if (!vault) return std::unique_ptr<TpmVault>();
  const Result<SecretBytes> authority = (*vault)->OpenAuthority();
  if (!authority && SaysNothing(authority.error())) return authority.error();
  if (!authority) return std::unique_ptr<TpmVault>();
  return vault;
}

Result<std::unique_ptr<TpmVault>> TpmVault::Open(const crypto::Provider& provider, Tpm& tpm, ports::Store& store,
                                                 const AnchorFile& file) {
  EK_TRY_ASSIGN(const Digest policy, PolicyOf(provider, tpm, file.authority));
  Result<NvIndex> random = NvIndex::Open(tpm, VaultRandomIndex(policy));
  if (!random && random.error().code() == ErrorCode::kNotFound) {
    return Error(ErrorCode::kWrongDevice, "tpm2: not the TPM that made this anchor, or it was cleared");
  }
  if (!random) return random.error();
  EK_TRY_ASSIGN(NvIndex epoch, NvIndex::OpenOrMakeCounter(tpm, kEpochIndex));
  EK_TRY_ASSIGN(PrimaryKey key, MakeVaultKey(provider, tpm, policy));
  InChip in_chip{.random = *std::move(random), .epoch = std::move(epoch), .key = std::move(key)};
  std::unique_ptr<TpmVault> vault(new (std::nothrow) TpmVault(provider, tpm, store, file, std::move(in_chip)));
  if (!vault) return Error(ErrorCode::kNoMemory, "tpm2");
  return vault;
}

Result<std::unique_ptr<TpmVault>> TpmVault::Make(const crypto::Provider& provider, Tpm& tpm, ports::Store& store,
                                                 std::uint32_t pcrs) {
  EK_TRY_ASSIGN(const Digest state, ReadBootState(provider, tpm, pcrs));
  EK_TRY_ASSIGN(const crypto::KeyPair authority, provider.GenerateSigningKey(crypto::AlgorithmId::kEcdsaP256Sha256));
  AnchorFile file{.pcrs = pcrs};
  std::ranges::copy(authority.public_key.view(), file.authority.begin());
  EK_TRY_ASSIGN(const Digest policy, PolicyOf(provider, tpm, file.authority));
  EK_TRY(NvIndex::Remove(tpm, kVaultRandomIndex));
  {
    EK_TRY_ASSIGN(NvIndex random, NvIndex::Define(tpm, VaultRandomIndex(policy)));
    SecretArray<32> value;
    EK_TRY(provider.Random(value.RevealForWriting()));
    EK_TRY(random.Write(value));
  }
  EK_TRY_ASSIGN(std::unique_ptr<TpmVault> vault, Open(provider, tpm, store, file));
  EK_TRY_ASSIGN(const std::uint64_t epoch, vault->epoch_.ReadCounter());
  EK_TRY_ASSIGN(const BootApproval approval, vault->Approve(authority.private_key, state, epoch));
  EK_TRY(vault->file_.approvals.PushBack(approval));
  EK_TRY(vault->SealAuthority(authority.private_key));
  EK_TRY(StoreMade(store, vault->file_));
  return vault;
}

Result<SecretArray<32>> TpmVault::Key() {
  EK_TRY_ASSIGN(const Digest state, ReadBootState(*provider_, *tpm_, file_.pcrs));
  // The newest first: an older one of the same state is for an earlier epoch.
  for (std::size_t i = file_.approvals.size(); i > 0; --i) {
    if (file_.approvals[i - 1].state == state) return KeyUnder(file_.approvals[i - 1]);
  }
  return Error(ErrorCode::kForbidden, "tpm2: nobody approved this boot state");
}

Result<SecretArray<32>> TpmVault::KeyUnder(const BootApproval& approval) {
  const BootSession boot{.pcrs = file_.pcrs, .authority = file_.authority, .epoch_index = epoch_.get()};
  SecretArray<32> random;
  {
    EK_TRY_ASSIGN(const Loaded session, OpenBootSession(*provider_, *tpm_, boot, approval));
    EK_TRY_ASSIGN(random, random_.Read(session.get()));
  }
  EK_TRY_ASSIGN(const Loaded session, OpenBootSession(*provider_, *tpm_, boot, approval));
  EK_TRY_ASSIGN(const Loaded key, key_.Load());
  return ComputeKey(*tpm_, key.get(), session.get(), random);
}

Status TpmVault::Destroy() {
  SecretArray<32> other;
  EK_TRY(provider_->Random(other.RevealForWriting()));
  EK_TRY(random_.Write(other));
  return StoreMaking(*store_);
}

Result<std::uint64_t> TpmVault::RaiseEpoch() {
  EK_TRY_ASSIGN(const SecretBytes authority_key, OpenAuthority());
  EK_TRY_ASSIGN(const Digest state, ReadBootState(*provider_, *tpm_, file_.pcrs));
  EK_TRY_ASSIGN(const std::uint64_t epoch, epoch_.ReadCounter());
  EK_TRY_ASSIGN(const BootApproval approval, Approve(authority_key, state, epoch + 1));
  AnchorFile next = file_;
  next.approvals = {};
  EK_TRY(next.approvals.PushBack(approval));
  EK_TRY(StoreMade(*store_, next));
  file_ = next;
  EK_TRY(epoch_.Increment());
  return epoch_.ReadCounter();
}

Status TpmVault::ApproveState(const Digest& state) {
  EK_TRY_ASSIGN(const SecretBytes authority_key, OpenAuthority());
  EK_TRY_ASSIGN(const Digest running, ReadBootState(*provider_, *tpm_, file_.pcrs));
  EK_TRY_ASSIGN(const std::uint64_t epoch, epoch_.ReadCounter());
  EK_TRY_ASSIGN(const BootApproval approval, Approve(authority_key, state, epoch));
  AnchorFile next = file_;
  next.approvals = {};
  // Whatever else there is no room for: the state that runs must come up again.
  bool one_too_many = file_.approvals.size() == kMaxApprovals;
  for (const BootApproval& kept : file_.approvals) {
    if (one_too_many && kept.state != running) {
      one_too_many = false;
    } else {
      EK_TRY(next.approvals.PushBack(kept));
    }
  }
  EK_TRY(next.approvals.PushBack(approval));
  EK_TRY(StoreMade(*store_, next));
  file_ = next;
  return {};
}

Result<BootApproval> TpmVault::Approve(const SecretBytes& authority_key, const Digest& state,
                                       std::uint64_t epoch_limit) {
  EK_TRY_ASSIGN(const TPM2B_NAME epoch_name, epoch_.Name());
  return anchor::Approve(*provider_, authority_key, {.pcrs = file_.pcrs, .state = state, .epoch_limit = epoch_limit},
                         epoch_name);
}

Status TpmVault::SealAuthority(const SecretBytes& authority_key) {
  EK_TRY_ASSIGN(const SecretArray<32> vault_key, Key());
  EK_TRY_ASSIGN(const SecretArray<32> key, AuthoritySealingKey(*provider_, vault_key));
  EK_TRY_ASSIGN(const auto aead, provider_->NewAead(crypto::AlgorithmId::kAes256Gcm, key.Reveal()));
  const MutableByteView sealed = file_.sealed_authority;
  EK_TRY(provider_->Random(sealed.first(kNonceSize)));
  return aead->Seal(sealed.first(kNonceSize), file_.authority, authority_key.Reveal(), sealed.subspan(kNonceSize));
}

Result<SecretBytes> TpmVault::OpenAuthority() {
  EK_TRY_ASSIGN(const SecretArray<32> vault_key, Key());
  EK_TRY_ASSIGN(const SecretArray<32> key, AuthoritySealingKey(*provider_, vault_key));
  EK_TRY_ASSIGN(const auto aead, provider_->NewAead(crypto::AlgorithmId::kAes256Gcm, key.Reveal()));
  EK_TRY_ASSIGN(SecretBytes authority_key, SecretBytes::Allocate(32));
  const ByteView sealed = file_.sealed_authority;
  EK_TRY(aead->Open(sealed.first(kNonceSize), file_.authority, sealed.subspan(kNonceSize),
                    authority_key.RevealForWriting()));
  return authority_key;
}

}  // namespace edgekeep::anchor
