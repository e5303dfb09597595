// Anchor: the silicon root of a device, as small as it can be.
#pragma once
#include <cstdint>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/result.h"
#include "edgekeep/base/secret.h"
#include "edgekeep/ports/monotonic_counter.h"

namespace edgekeep::ports {

enum class AnchorKind : std::uint8_t { kSoftware = 1, kTpm2 = 2, kOptee = 3 };

// What the anchor's own clock shows, which nobody sets and which no machine's battery runs.
struct AnchorTime {
  std::uint64_t milliseconds = 0;  // with power, over the anchor's whole life
  std::uint32_t resets = 0;        // how often the power came back, and nothing was kept
  std::uint32_t restarts = 0;      // since the last reset: with the anchor's state kept, as who shut it down asked for
  // False after power was cut unannounced, until the clock is past every time that it may have shown before.
  bool certain = false;
};

// Classical private keys never leave it. Any number of threads; each waits as long as the silicon takes. Points are
// uncompressed P-256 (65 bytes), signatures r || s (64 bytes).
class Anchor {
 public:
  virtual ~Anchor() = default;
  virtual AnchorKind kind() const = 0;

  virtual Result<Bytes> IdentityPublicKey() = 0;
  // ECDSA P-256 over SHA-256 of `message`.
  virtual Result<Bytes> SignWithIdentity(ByteView message) = 0;

  // Keys for each salt, made from what never leaves the anchor and stored nowhere, so that whose salt is gone is gone.
  // Fail for one salt in 2^32. First: the classical half of the device's KEM key.
  virtual Result<Bytes> KemPublicKey(const SecretArray<32>& salt) = 0;
  // The raw Diffie-Hellman secret (x coordinate, 32 bytes) of that key with `peer`; kMalformed for an off-curve point.
  virtual Result<SecretBytes> KemDh(const SecretArray<32>& salt, ByteView peer) = 0;
  // And signing keys for the device's owners.
  virtual Result<Bytes> OwnerPublicKey(const SecretArray<32>& salt) = 0;
  // ECDSA P-256 over SHA-256 of `message`.
  virtual Result<Bytes> SignWithOwnerKey(const SecretArray<32>& salt, ByteView message) = 0;

  // The vault key: the same at every call until EraseVault, and nowhere else. kForbidden in a boot state that is not
  // approved, where the silicon tells boot states apart.
  virtual Result<SecretArray<32>> VaultKey() = 0;
  // Another vault key from now on: what was under the old one is gone for good, from restored disks too. After a
  // failure or a cut either of the two counts, or none until this is repeated.
  virtual Status EraseVault() = 0;
  // Ends this anchor for good: no vault key any more, and no use of identity or KEM key but the one below, at no start
  // and whatever is restored on a disk. What fails or is cut is finished when this is repeated, or at the next start
  // once is_retired() says so.
  virtual Status Retire() = 0;
  virtual bool is_retired() const = 0;
  // The one use of the identity key that is left then, for the certificate of it: kBadState while the vault key could
  // still be had, however far a Retire() that failed has come. kForbidden where the identity key is gone as well, as a
  // software anchor's is from the next start on.
  virtual Result<Bytes> SignRetirement(ByteView message) = 0;
  // Raises the security epoch and returns it: boot states approved before do not open the vault any more, but for the
  // one that runs.
  virtual Result<std::uint64_t> RaiseEpoch() = 0;

  virtual Result<AnchorTime> ReadClock() = 0;
  // The one that the state root hangs on. Lives as long as the anchor.
  virtual MonotonicCounter& counter() = 0;
};

}  // namespace edgekeep::ports
