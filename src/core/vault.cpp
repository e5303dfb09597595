#include "edgekeep/core/vault.h"

#include <algorithm>
#include <array>

#include "edgekeep/crypto/digest.h"

namespace edgekeep::core {

Result<Vault> Vault::Unlock(const crypto::Provider& provider, ports::Anchor& anchor) {
  EK_TRY_ASSIGN(SecretArray<32> key, anchor.VaultKey());
  return Vault(provider, sealing::VaultKey{std::move(key)});
}

Result<SecretArray<32>> Vault::KeyFor(std::string_view label) const {
  return crypto::DeriveKey(*provider_, key_.key.Reveal(), {}, AsBytes(label));
}

Status Vault::Mac(std::string_view label, ByteView body, MutableByteView mac) const {
  EK_TRY_ASSIGN(const SecretArray<32> key, KeyFor(label));
  EK_TRY_ASSIGN(const auto hmac, provider_->NewHmac(crypto::AlgorithmId::kSha256, key.Reveal()));
  EK_TRY(hmac->Update(body));
  return hmac->Finish(mac);
}

Result<Bytes> Vault::Protect(std::string_view label, ByteView body) const {
  EK_TRY_ASSIGN(Bytes bytes, Bytes::Allocate(body.size() + kProtectionSize));
  std::ranges::copy(body, bytes.mutable_view().begin());
  EK_TRY(Mac(label, body, bytes.mutable_view().subspan(body.size())));
  return bytes;
}

Result<ByteView> Vault::CheckProtected(std::string_view label, ByteView bytes) const {
  if (bytes.size() < kProtectionSize) return Error(ErrorCode::kDenied, "protected object: too short");
  const ByteView body = bytes.first(bytes.size() - kProtectionSize);
  std::array<std::uint8_t, kProtectionSize> mac;
  EK_TRY(Mac(label, body, mac));
  if (!EqualInConstantTime(mac, bytes.last(kProtectionSize))) {
    return Error(ErrorCode::kDenied, "protected object: changed, or made by another device");
  }
  return body;
}

Result<Bytes> Vault::SealSecret(std::string_view label, ByteView binding, const SecretBytes& secret) const {
  EK_TRY_ASSIGN(const SecretArray<32> key, KeyFor(label));
  EK_TRY_ASSIGN(const auto aead, provider_->NewAead(crypto::AlgorithmId::kAes256Gcm, key.Reveal()));
  EK_TRY_ASSIGN(Bytes sealed, Bytes::Allocate(secret.size() + kSealedSecretOverhead));
  const MutableByteView nonce = sealed.mutable_view().first(crypto::kAeadNonceSize);
  EK_TRY(provider_->Random(nonce));
  EK_TRY(aead->Seal(nonce, binding, secret.Reveal(), sealed.mutable_view().subspan(crypto::kAeadNonceSize)));
  return sealed;
}

Result<SecretBytes> Vault::OpenSecret(std::string_view label, ByteView binding, ByteView sealed) const {
  if (sealed.size() <= kSealedSecretOverhead) return Error(ErrorCode::kDenied, "sealed secret: too short");
  EK_TRY_ASSIGN(const SecretArray<32> key, KeyFor(label));
  EK_TRY_ASSIGN(const auto aead, provider_->NewAead(crypto::AlgorithmId::kAes256Gcm, key.Reveal()));
  EK_TRY_ASSIGN(SecretBytes secret, SecretBytes::Allocate(sealed.size() - kSealedSecretOverhead));
  EK_TRY(aead->Open(sealed.first(crypto::kAeadNonceSize), binding, sealed.subspan(crypto::kAeadNonceSize),
                    secret.RevealForWriting()));
  return secret;
}

}  // namespace edgekeep::core
