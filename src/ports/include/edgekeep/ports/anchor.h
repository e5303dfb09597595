// Anchor: the silicon root of a device, as small as it can be.
#pragma once
#include <cstdint>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/result.h"
#include "edgekeep/base/secret.h"

namespace edgekeep::ports {

enum class AnchorKind : std::uint8_t { kSoftware = 1, kTpm2 = 2, kOptee = 3 };

// Classical private keys never leave it. Any number of threads; each waits as long as the silicon takes. Points are
// uncompressed P-256 (65 bytes), signatures r || s (64 bytes).
class Anchor {
 public:
  virtual ~Anchor() = default;
  virtual AnchorKind kind() const = 0;

  virtual Result<Bytes> IdentityPublicKey() = 0;
  // ECDSA P-256 over SHA-256 of `message`.
  virtual Result<Bytes> SignWithIdentity(ByteView message) = 0;

  virtual Result<Bytes> KemPublicKey() = 0;
  // The raw Diffie-Hellman secret (x coordinate, 32 bytes) of the KEM key with `peer`; kMalformed for an off-curve
  // point.
  virtual Result<SecretBytes> KemDh(ByteView peer) = 0;

  // The vault key: the same at every call until the anchor's epoch is rotated, and nowhere else.
  virtual Result<SecretArray<32>> VaultKey() = 0;
};

}  // namespace edgekeep::ports
