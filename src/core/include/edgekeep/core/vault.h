// The vault: what only this device's anchor can make and open again (spec/keep-state.md §2).
#pragma once
#include <string_view>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/secret.h"
#include "edgekeep/crypto/provider.h"
#include "edgekeep/ports/anchor.h"
#include "edgekeep/sealing/keys.h"

namespace edgekeep::core {

inline constexpr std::size_t kProtectionSize = 32;
inline constexpr std::size_t kSealedSecretOverhead = crypto::kAeadNonceSize + crypto::kAeadTagSize;

// Holds the vault key while the keep runs. `label` is one of formats::label and decides the derived key: bytes that
// were protected for one purpose are never accepted for another. The provider outlives the vault.
class Vault {
 public:
  static Result<Vault> Unlock(const crypto::Provider& provider, ports::Anchor& anchor);

  // Returns `body` followed by HMAC-SHA-256 over it.
  Result<Bytes> Protect(std::string_view label, ByteView body) const;
  // Returns the body of what Protect made; the view borrows from `bytes`. Fails with kDenied.
  Result<ByteView> CheckProtected(std::string_view label, ByteView bytes) const;

  // Encrypts a small secret for this device; `binding` is what it belongs to.
  Result<Bytes> SealSecret(std::string_view label, ByteView binding, const SecretBytes& secret) const;
  // Fails with kDenied.
  Result<SecretBytes> OpenSecret(std::string_view label, ByteView binding, ByteView sealed) const;

  const sealing::VaultKey& key() const noexcept { return key_; }

 private:
  Vault(const crypto::Provider& provider, sealing::VaultKey key) noexcept
      : provider_(&provider), key_(std::move(key)) {}

  Result<SecretArray<32>> KeyFor(std::string_view label) const;
  Status Mac(std::string_view label, ByteView body, MutableByteView mac) const;

  const crypto::Provider* provider_;
  sealing::VaultKey key_;
};

}  // namespace edgekeep::core
