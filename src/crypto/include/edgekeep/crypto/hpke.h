// HPKE base mode (RFC 9180), with the hybrid KEM 0x0050 MLKEM768-P256 (draft-ietf-hpke-pq).
#pragma once
#include <cstdint>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/result.h"
#include "edgekeep/base/secret.h"
#include "edgekeep/crypto/provider.h"
#include "edgekeep/crypto/suite.h"

namespace edgekeep::crypto {

// The recipient's private side. The classical Diffie-Hellman step is a call, so that an anchor can do it without the
// key leaving the silicon; the ML-KEM half is a seed the caller holds.
class HpkeRecipient {
 public:
  virtual ~HpkeRecipient() = default;
  // The encoded public key: classical point, ML-KEM key, or ML-KEM key || P-256 point for the hybrid.
  virtual ByteView public_key() const = 0;
  // The raw shared secret of the classical half with `peer`, an encoded point.
  virtual Result<SecretBytes> Dh(ByteView peer) const = 0;
  // The ML-KEM shared secret; kUnsupported for a classical recipient.
  virtual Result<SecretBytes> DecapsulateMlKem(ByteView ciphertext) const = 0;
};

// One sealed message: the encapsulated key and one AEAD ciphertext (sequence number 0).
struct HpkeMessage {
  Bytes enc;
  Bytes ciphertext;
};

// RFC 9180 §6.1 SealBase. `public_key` as HpkeRecipient::public_key has it; one that is no key fails with kMalformed.
Result<HpkeMessage> HpkeSeal(const Provider& provider, const HpkeSuite& suite, ByteView public_key, ByteView info,
                             ByteView aad, ByteView plaintext);

// RFC 9180 §6.1 OpenBase. Everything that fails after public-key checks is kDenied.
Result<SecretBytes> HpkeOpen(const Provider& provider, const HpkeSuite& suite, const HpkeRecipient& recipient,
                             ByteView enc, ByteView info, ByteView aad, ByteView ciphertext);

// The private key of a KEM that lives in memory: for publishers, for tests, and for the software anchor.
// kDhKemP256: scalar; kMlKem768P256: ML-KEM seed (64) || P-256 scalar (32).
class SoftwareHpkeRecipient final : public HpkeRecipient {
 public:
  static Result<SoftwareHpkeRecipient> Generate(const Provider& provider, AlgorithmId kem);
  // Fails with kMalformed when the length does not fit `kem`.
  static Result<SoftwareHpkeRecipient> FromPrivateKey(const Provider& provider, AlgorithmId kem,
                                                      SecretBytes private_key);

  ByteView public_key() const override { return public_key_.view(); }

  Result<SecretBytes> Dh(ByteView peer) const override;
  Result<SecretBytes> DecapsulateMlKem(ByteView ciphertext) const override;

  const SecretBytes& private_key() const { return private_key_; }

 private:
  SoftwareHpkeRecipient(const Provider& provider, AlgorithmId kem, SecretBytes private_key, Bytes public_key) noexcept
      : provider_(&provider), kem_(kem), private_key_(std::move(private_key)), public_key_(std::move(public_key)) {}

  const Provider* provider_;
  AlgorithmId kem_;
  SecretBytes private_key_;
  Bytes public_key_;
};

}  // namespace edgekeep::crypto
