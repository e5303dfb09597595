#include "edgekeep/signer/file_signing_key.h"

namespace edgekeep::signer {

Result<FileSigningKey> FileSigningKey::Create(const crypto::Provider& provider, StoredKey key) {
  EK_TRY(crypto::FindAlgorithm(key.algorithm, crypto::Kind::kSignature));
  return FileSigningKey(provider, std::move(key));
}

Result<Bytes> FileSigningKey::Sign(ByteView message) const {
  return provider_->Sign(key_.algorithm, key_.secret.Reveal(), message);
}

}  // namespace edgekeep::signer
