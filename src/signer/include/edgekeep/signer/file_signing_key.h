// FileSigningKey: a signature key that came out of a key file.
#pragma once
#include "edgekeep/sealing/signed_object.h"
#include "edgekeep/signer/key_file.h"

namespace edgekeep::signer {

// Holds the private key in memory, wiped at the end. Borrows the Provider.
class FileSigningKey final : public sealing::SigningKey {
 public:
  // Fails with kUnsupported when `key` is not for signing.
  static Result<FileSigningKey> Create(const crypto::Provider& provider, StoredKey key);

  crypto::AlgorithmId algorithm() const override { return key_.algorithm; }

  ByteView public_key() const override { return key_.public_key.view(); }

  Result<Bytes> Sign(ByteView message) const override;

 private:
  FileSigningKey(const crypto::Provider& provider, StoredKey key) noexcept
      : provider_(&provider), key_(std::move(key)) {}

  const crypto::Provider* provider_;
  StoredKey key_;
};

}  // namespace edgekeep::signer
