// SoftwareAnchor: an anchor for development. Whoever copies its file has the device; every output says so.
#pragma once
#include <memory>

#include "edgekeep/crypto/provider.h"
#include "edgekeep/ports/anchor.h"
#include "edgekeep/ports/store.h"

namespace edgekeep::anchor {

// Keys are made once and kept as the object "software-anchor" in a store of its own, apart from the keep's, so that a
// copy of the keep's directory alone is worth as little as it is with silicon (spec/keep-state.md §4). The
// provider and the store outlive it.
class SoftwareAnchor final : public ports::Anchor {
 public:
  // Fails with kMalformed when the stored object is damaged: then nothing the device keeps can be opened any more.
  static Result<SoftwareAnchor> OpenOrMake(const crypto::Provider& provider, ports::Store& store);

  SoftwareAnchor(SoftwareAnchor&& other) noexcept;
  ~SoftwareAnchor() override;

  ports::AnchorKind kind() const override { return ports::AnchorKind::kSoftware; }

  Result<Bytes> IdentityPublicKey() override;
  Result<Bytes> SignWithIdentity(ByteView message) override;
  Result<Bytes> KemPublicKey(const SecretArray<32>& salt) override;
  Result<SecretBytes> KemDh(const SecretArray<32>& salt, ByteView peer) override;
  Result<Bytes> OwnerPublicKey(const SecretArray<32>& salt) override;
  Result<Bytes> SignWithOwnerKey(const SecretArray<32>& salt, ByteView message) override;
  Result<SecretArray<32>> VaultKey() override;
  Status EraseVault() override;
  Status Retire() override;
  Result<Bytes> SignRetirement(ByteView message) override;
  bool is_retired() const override;
  Result<std::uint64_t> RaiseEpoch() override;
  Result<ports::AnchorTime> ReadClock() override;
  ports::MonotonicCounter& counter() override;

 private:
  // What the file holds.
  struct Secrets {
    SecretArray<32> identity;      // P-256 scalar
    SecretArray<32> kem;           // what the KEM keys are derived from
    SecretArray<32> vault_random;  // what the vault key is derived from
  };

  // What stays where it is when the anchor is moved.
  struct Shared;

  SoftwareAnchor(const crypto::Provider& provider, std::unique_ptr<Shared> shared, Secrets secrets,
                 Bytes identity_key) noexcept;

  static Result<Secrets> MakeSecrets(const crypto::Provider& provider);
  static Result<Secrets> Decode(ByteView stored);
  static Result<SoftwareAnchor> Retired(const crypto::Provider& provider, ports::Store& store);
  Status CheckNotRetired() const;
  static Status Save(const Secrets& secrets, ports::Store& store);

  const crypto::Provider* provider_;
  std::unique_ptr<Shared> shared_;
  Secrets secrets_;
  Bytes identity_key_;
};

}  // namespace edgekeep::anchor
