// NoteSigner: a key that signs checkpoints under a name.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "edgekeep/release/log/checkpoint.h"
#include "edgekeep/release/log/merkle.h"
#include "edgekeep/sealing/signed_object.h"

namespace edgekeep::log {

// Borrows the key.
class NoteSigner {
 public:
  // Fails with kUnsupported where the key's algorithm is not the type's.
  static Result<NoteSigner> Create(const crypto::Provider& provider, std::string_view name,
                                   release::log::SignatureType type, const sealing::SigningKey& key);

  const release::log::VerifierKey& verifier() const noexcept { return verifier_; }

  // One signature line with its end, verified before it is handed out. Keys of type kEd25519 sign no time.
  Result<std::string> Sign(const crypto::Provider& provider, const release::log::Checkpoint& checkpoint,
                           UnixTime time) const;

 private:
  NoteSigner(const sealing::SigningKey& key, const release::log::VerifierKey& verifier) noexcept
      : key_(&key), verifier_(verifier) {}

  const sealing::SigningKey* key_;
  release::log::VerifierKey verifier_;
};

std::string ToVkey(const release::log::VerifierKey& key);
std::string ToBase64(ByteView bytes);
std::string CheckpointText(std::string_view origin, const release::log::TreeHead& head);
// Text, an empty line, and a line by each signer.
Result<std::string> SignCheckpoint(const crypto::Provider& provider, const std::string& text,
                                   std::span<const NoteSigner> signers, UnixTime time);

}  // namespace edgekeep::log
