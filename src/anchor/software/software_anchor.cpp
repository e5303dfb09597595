#include "edgekeep/anchor/software/software_anchor.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <new>
#include <string_view>

#include "edgekeep/base/reader.h"
#include "edgekeep/base/writer.h"
#include "edgekeep/crypto/digest.h"
#include "edgekeep/formats/labels.h"
#include "software_numbers.h"

namespace edgekeep::anchor {
namespace {

constexpr std::string_view kObject = "software-anchor";
constexpr std::string_view kMagic = "EKSOFTA1";
constexpr std::string_view kRetiredMagic = "EKSOFTX1";
constexpr std::size_t kFileSize = 8 + 3 * 32;
constexpr crypto::AlgorithmId kIdentity = crypto::AlgorithmId::kEcdsaP256Sha256;
constexpr crypto::AlgorithmId kKem = crypto::AlgorithmId::kDhKemP256;

// A store hands out public bytes; these are none, and are wiped before they go back to the heap.
class WipedBytes {
 public:
  explicit WipedBytes(Bytes bytes) noexcept : bytes_(std::move(bytes)) {}

  WipedBytes(const WipedBytes&) = delete;
  WipedBytes& operator=(const WipedBytes&) = delete;

  ~WipedBytes() { Wipe(bytes_.mutable_view()); }

  ByteView view() const& noexcept { return bytes_.view(); }

 private:
  Bytes bytes_;
};

Status TakeKey(Reader& in, SecretArray<32>& key) {
  EK_TRY_ASSIGN(const ByteView bytes, in.ReadBytes(32));
  std::ranges::copy(bytes, key.RevealForWriting().begin());
  return {};
}

Result<SecretArray<32>> ToKey(const SecretBytes& bytes) {
  if (bytes.size() != 32) return Error(ErrorCode::kInternal, "software anchor: private key size");
  return SecretArray<32>::CopyOf(bytes.Reveal().first<32>());
}

Result<SecretArray<32>> OwnerKey(const crypto::Provider& provider, const SecretArray<32>& identity,
                                 const SecretArray<32>& salt) {
  return crypto::DeriveKey(provider, identity.Reveal(), salt.Reveal(), AsBytes(formats::label::kSoftwareOwnerKey));
}

Result<SecretArray<32>> KemKey(const crypto::Provider& provider, const SecretArray<32>& kem,
                               const SecretArray<32>& salt) {
  return crypto::DeriveKey(provider, kem.Reveal(), salt.Reveal(), AsBytes(formats::label::kSoftwareKemKey));
}

}  // namespace

struct SoftwareAnchor::Shared {
  explicit Shared(ports::Store& its_store) noexcept : store(&its_store), numbers(its_store) {}

  ports::Store* store;
  std::mutex vault;
  std::atomic<bool> retired = false;
  SoftwareNumbers numbers;
};

SoftwareAnchor::SoftwareAnchor(const crypto::Provider& provider, std::unique_ptr<Shared> shared, Secrets secrets,
                               Bytes identity_key) noexcept
    : provider_(&provider),
      shared_(std::move(shared)),
      secrets_(std::move(secrets)),
      identity_key_(std::move(identity_key)) {}

SoftwareAnchor::SoftwareAnchor(SoftwareAnchor&&) noexcept = default;

SoftwareAnchor::~SoftwareAnchor() = default;

Result<SoftwareAnchor::Secrets> SoftwareAnchor::MakeSecrets(const crypto::Provider& provider) {
  Secrets secrets;
  EK_TRY_ASSIGN(const crypto::KeyPair identity, provider.GenerateSigningKey(kIdentity));
  EK_TRY_ASSIGN(secrets.identity, ToKey(identity.private_key));
  EK_TRY(provider.Random(secrets.kem.RevealForWriting()));
  EK_TRY(provider.Random(secrets.vault_random.RevealForWriting()));
  return secrets;
}

Result<SoftwareAnchor::Secrets> SoftwareAnchor::Decode(ByteView stored) {
  Reader in(stored);
  EK_TRY_ASSIGN(const ByteView magic, in.ReadBytes(kMagic.size()));
  if (AsText(magic) != kMagic) return Error(ErrorCode::kMalformed, "software anchor");
  Secrets secrets;
  EK_TRY(TakeKey(in, secrets.identity));
  EK_TRY(TakeKey(in, secrets.kem));
  EK_TRY(TakeKey(in, secrets.vault_random));
  EK_TRY(in.ExpectEnd());
  return secrets;
}

Status SoftwareAnchor::Save(const Secrets& secrets, ports::Store& store) {
  SecretArray<kFileSize> file;
  Writer out(file.RevealForWriting());
  EK_TRY(out.WriteBytes(AsBytes(kMagic)));
  EK_TRY(out.WriteBytes(secrets.identity.Reveal()));
  EK_TRY(out.WriteBytes(secrets.kem.Reveal()));
  EK_TRY(out.WriteBytes(secrets.vault_random.Reveal()));
  return store.Replace(kObject, file.Reveal());
}

Result<SoftwareAnchor> SoftwareAnchor::OpenOrMake(const crypto::Provider& provider, ports::Store& store) {
  Secrets secrets;
  Result<Bytes> stored = store.Read(kObject, kFileSize);
  if (stored) {
    const WipedBytes bytes(*std::move(stored));
    if (AsText(bytes.view()) == kRetiredMagic) return Retired(provider, store);
    EK_TRY_ASSIGN(secrets, Decode(bytes.view()));
  } else {
    if (stored.error().code() != ErrorCode::kNotFound) return stored.error();
    EK_TRY_ASSIGN(secrets, MakeSecrets(provider));
    EK_TRY(Save(secrets, store));
  }
  EK_TRY_ASSIGN(Bytes identity_key, provider.PublicKeyOf(kIdentity, secrets.identity.Reveal()));
  std::unique_ptr<Shared> shared(new (std::nothrow) Shared(store));
  if (!shared) return Error(ErrorCode::kNoMemory, "software anchor");
  return SoftwareAnchor(provider, std::move(shared), std::move(secrets), std::move(identity_key));
}

Result<SoftwareAnchor> SoftwareAnchor::Retired(const crypto::Provider& provider, ports::Store& store) {
  std::unique_ptr<Shared> shared(new (std::nothrow) Shared(store));
  if (!shared) return Error(ErrorCode::kNoMemory, "software anchor");
  shared->retired = true;
  return SoftwareAnchor(provider, std::move(shared), Secrets(), Bytes());
}

Status SoftwareAnchor::CheckNotRetired() const {
  return shared_->retired ? Status(Error(ErrorCode::kForbidden, "software anchor: retired")) : Status();
}

bool SoftwareAnchor::is_retired() const {
  return shared_->retired;
}

// The file is the keys: without it there are none.
Status SoftwareAnchor::Retire() {
  const std::lock_guard lock(shared_->vault);
  EK_TRY(shared_->store->Replace(kObject, AsBytes(kRetiredMagic)));
  shared_->retired = true;
  return {};
}

// By what this process still remembers of the key.
Result<Bytes> SoftwareAnchor::SignRetirement(ByteView message) {
  if (!shared_->retired) return Error(ErrorCode::kBadState, "software anchor: not retired");
  if (identity_key_.empty()) return Error(ErrorCode::kForbidden, "software anchor: its keys are gone");
  return provider_->Sign(kIdentity, secrets_.identity.Reveal(), message);
}

Result<Bytes> SoftwareAnchor::IdentityPublicKey() {
  return Bytes::Copy(identity_key_.view());
}

Result<Bytes> SoftwareAnchor::SignWithIdentity(ByteView message) {
  EK_TRY(CheckNotRetired());
  return provider_->Sign(kIdentity, secrets_.identity.Reveal(), message);
}

Result<Bytes> SoftwareAnchor::KemPublicKey(const SecretArray<32>& salt) {
  EK_TRY(CheckNotRetired());
  EK_TRY_ASSIGN(const SecretArray<32> key, KemKey(*provider_, secrets_.kem, salt));
  return provider_->PublicKeyOf(kKem, key.Reveal());
}

Result<SecretBytes> SoftwareAnchor::KemDh(const SecretArray<32>& salt, ByteView peer) {
  EK_TRY(CheckNotRetired());
  EK_TRY_ASSIGN(const SecretArray<32> key, KemKey(*provider_, secrets_.kem, salt));
  return provider_->Dh(kKem, key.Reveal(), peer);
}

Result<Bytes> SoftwareAnchor::OwnerPublicKey(const SecretArray<32>& salt) {
  EK_TRY(CheckNotRetired());
  EK_TRY_ASSIGN(const SecretArray<32> key, OwnerKey(*provider_, secrets_.identity, salt));
  return provider_->PublicKeyOf(kIdentity, key.Reveal());
}

Result<Bytes> SoftwareAnchor::SignWithOwnerKey(const SecretArray<32>& salt, ByteView message) {
  EK_TRY(CheckNotRetired());
  EK_TRY_ASSIGN(const SecretArray<32> key, OwnerKey(*provider_, secrets_.identity, salt));
  return provider_->Sign(kIdentity, key.Reveal(), message);
}

Result<SecretArray<32>> SoftwareAnchor::VaultKey() {
  const std::lock_guard lock(shared_->vault);
  EK_TRY(CheckNotRetired());
  return crypto::DeriveKey(*provider_, secrets_.vault_random.Reveal(), {}, AsBytes(formats::label::kSoftwareVault));
}

Status SoftwareAnchor::EraseVault() {
  const std::lock_guard lock(shared_->vault);
  EK_TRY(CheckNotRetired());
  Secrets next{.identity = secrets_.identity.Clone(), .kem = secrets_.kem.Clone(), .vault_random = {}};
  EK_TRY(provider_->Random(next.vault_random.RevealForWriting()));
  EK_TRY(Save(next, *shared_->store));
  secrets_.vault_random = std::move(next.vault_random);
  return {};
}

Result<std::uint64_t> SoftwareAnchor::RaiseEpoch() {
  return shared_->numbers.RaiseEpoch();
}

Result<ports::AnchorTime> SoftwareAnchor::ReadClock() {
  return shared_->numbers.ReadClock();
}

ports::MonotonicCounter& SoftwareAnchor::counter() {
  return shared_->numbers;
}

}  // namespace edgekeep::anchor
